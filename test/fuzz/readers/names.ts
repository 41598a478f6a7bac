import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import fc from "fast-check";
import { parseIpv4 } from "../../../src/model/address.js";
import { lookupAddresses, lookupHosts } from "../../../src/names/dns.js";
import { completeNames, parseHosts, parseSearchList, parseServices } from "../../../src/names/files.js";
import { reader } from "../reader.js";
import { corrupted, texts } from "../text.js";

const HOSTS = "127.0.0.1 localhost\n192.0.2.1 web.example web # the service\n::1 ip6-localhost\n\n";
const RESOLV = "# home\nnameserver 192.0.2.53\nsearch a.example b.example\noptions ndots:2 timeout:1\n";
const SERVICES = "http 80/tcp www # web\ndomain\t53/tcp\ndomain 53/udp\nsip 5060/sctp\n";

/** Names may be shown on terminals as they are. */
function printable(names: Iterable<string>): void {
  for (const name of names) if (!/^[\x21-\x7e]+$/.test(name)) throw new Error(`the name ${JSON.stringify(name)}`);
}

/** What names stand for are IPv4 addresses. */
function addresses(found: Iterable<string>): void {
  for (const address of found) if (parseIpv4(address) !== address) throw new Error(`the address ${address}`);
}

/** A PTR record behind the question, which the made-up server repeats. */
const answers = corrupted(
  fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 15 }), { minLength: 1, maxLength: 4 }).map((labels) => {
    const name = labels
      .map((label) => Buffer.from(label, "latin1"))
      .map((label) => Buffer.concat([Buffer.of(label.length), label]));
    const data = Buffer.concat([...name, Buffer.of(0)]);
    const record = Buffer.from("c00c000c0001000000000000", "hex");
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  }),
);

let server: Promise<Socket> | undefined;
let answer: Buffer = Buffer.alloc(0);

/** A name server that repeats the question and puts the present answer behind it. */
async function nameServer(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const head = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([head, answer]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  socket.unref();
  return socket;
}

async function ask(bytes: Buffer): Promise<void> {
  server ??= nameServer();
  const { port } = (await server).address();
  answer = bytes;
  const asking = { wait: 50, servers: [`127.0.0.1:${port}`] };
  await lookupAddresses(["192.0.2.1"], asking, (_address, name) => printable([name]));
  await lookupHosts(
    ["web"],
    asking,
    (host) => [host],
    (_host, address) => addresses([address]),
  );
}

export const NAME_READERS = [
  reader({
    name: "hosts",
    inputs: texts([HOSTS]),
    read: (text) => {
      const hosts = parseHosts(text);
      printable(hosts.names.values());
      addresses(hosts.addresses.values());
    },
  }),
  reader({
    name: "resolv.conf",
    inputs: texts([RESOLV], ["search", "domain", "options", "ndots:15"]),
    read: (text) => void completeNames("web", parseSearchList(text, "director.example")),
  }),
  reader({
    name: "services",
    inputs: texts([SERVICES], ["80/tcp", "http"]),
    read: (text) => printable(parseServices(text).names.values()),
  }),
  reader({ name: "dns", inputs: answers, read: ask, share: 0.002 }),
];
