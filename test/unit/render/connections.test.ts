import { expect, test } from "vitest";
import { ConnectionParser } from "../../../src/client/connection-line.js";
import type { Address } from "../../../src/model/address.js";
import type { Connection } from "../../../src/model/connection.js";
import type { Names } from "../../../src/names/names.js";
import type { ListConnections } from "../../../src/options/command.js";
import { renderConnections } from "../../../src/render/connections.js";

// Lines of a kernel and what ipvsadm 1.31 makes of them.
const KERNEL = `
TCP 0A090000 0000 0A090001 0000 0A080002 0000 NONE            299
IP  2001:0db8:0008:0000:0000:0000:0000:0001 0000 0000:0008:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0008:0000:0000:0000:0000:0003 0000 NONE            119
TCP 0A080001 9C4B 0A08004D 0050 0A080003 0050 ESTABLISHED     899
UDP 0A090002 9C46 0A090001 0035 0A080002 0035 UDP             299
UDP 0A090002 0000 0A090001 13C4 0A080002 13C4 ASSURED         299 sip 0123456789abcdef@example.test
UDP 2001:0db8:0008:0000:0000:0000:0000:0001 9C4C 2001:0db8:0008:0000:0000:0000:0000:0077 0035 2001:0db8:0008:0000:0000:0000:0000:0003 0035 UDP             299
IP  0A080001 0000 00000007 0000 0A080003 0000 ASSURED         119
TCP 0A090002 9C43 0A090001 0050 0A080003 1F90 CLOSE_WAIT       59
TCP 2001:0db8:0009:0000:0000:0000:0000:0002 9C48 2001:0db8:0009:0000:0000:0000:0000:0001 0050 2001:0db8:0008:0000:0000:0000:0000:0002 1F90 ESTABLISHED     899
TCP 0A090002 9C4A 0A090001 1F91 0A080002 1F91 CLOSE             9
TCP 0A090002 9C45 0A090001 0051 0A080063 0051 SYN_RECV         59
UDP 2001:0db8:0009:0000:0000:0000:0000:0000 0000 2001:0db8:0009:0000:0000:0000:0000:0001 0035 2001:0db8:0008:0000:0000:0000:0000:0003 0035 NONE            299
SCTP 0A000001 0050 0A000002 0051 0A000003 0052 ESTABLISHED 6000
UDP C0A864C8 FFFF C0A864C9 FFFF C0A864CA FFFF UDP 300
TCP 0A000001 0050 0A000002 0051 2001:0db8:0008:0000:0000:0000:0000:0003 0052 ESTABLISHED 2678400 sip cid`;

const TITLE = "IPVS connection entries\npro expire state       source             virtual            destination";
const NUMERIC = `
TCP 04:59  NONE        10.9.0.0:0         10.9.0.1:0         10.8.0.2:0
IP  01:59  NONE        [2001:db8:8::1]:0  [0:8::]:0          [2001:db8:8::3]:0
TCP 14:59  ESTABLISHED 10.8.0.1:40011     10.8.0.77:80       10.8.0.3:80
UDP 04:59  UDP         10.9.0.2:40006     10.9.0.1:53        10.8.0.2:53
UDP 04:59  ASSURED     10.9.0.2:0         10.9.0.1:5060      10.8.0.2:5060
UDP 04:59  UDP         [2001:db8:8::1]:40012 [2001:db8:8::77]:53 [2001:db8:8::3]:53
IP  01:59  ASSURED     10.8.0.1:0         0.0.0.7:0          10.8.0.3:0
TCP 00:59  CLOSE_WAIT  10.9.0.2:40003     10.9.0.1:80        10.8.0.3:8080
TCP 14:59  ESTABLISHED [2001:db8:9::2]:40008 [2001:db8:9::1]:80 [2001:db8:8::2]:8080
TCP 00:09  CLOSE       10.9.0.2:40010     10.9.0.1:8081      10.8.0.2:8081
TCP 00:59  SYN_RECV    10.9.0.2:40005     10.9.0.1:81        10.8.0.99:81
UDP 04:59  NONE        [2001:db8:9::]:0   [2001:db8:9::1]:53 [2001:db8:8::3]:53
SCTP 100:00 ESTABLISHED 10.0.0.1:80        10.0.0.2:81        10.0.0.3:82
UDP 05:00  UDP         192.168.100.200:65535 192.168.100.201:65535 192.168.100.202:65535
TCP 44640:00 ESTABLISHED 10.0.0.1:80        10.0.0.2:81        [2001:db8:8::3]:82
`;

function parsed(lines: string): Connection[] {
  const parser = new ConnectionParser();
  return lines
    .trim()
    .split("\n")
    .map((line) => Buffer.from(line, "latin1"))
    .map((line) => parser.parse(line, 0, line.length));
}

async function text(batches: Connection[][], options: Partial<ListConnections> = {}, names?: Names): Promise<string> {
  async function* source() {
    yield* batches;
  }
  const list = {
    kind: "list",
    show: "connections",
    numeric: true,
    persistenceEngine: false,
    wide: false,
    json: false,
    ...options,
  } as const;
  let all = "";
  for await (const piece of renderConnections(list, source(), names)) all += Buffer.from(piece).toString("latin1");
  return all;
}

test("numeric, in whatever batches it comes", async () => {
  const connections = parsed(KERNEL);
  expect(await text([connections])).toBe(TITLE + NUMERIC);
  expect(await text([[], connections.slice(0, 4), connections.slice(4)])).toBe(TITLE + NUMERIC);
});

test("--persistent-conn adds two columns where there is something to show", async () => {
  expect(await text([parsed(KERNEL)], { persistenceEngine: true })).toBe(
    `${TITLE}        pe name          pe_data${NUMERIC.replace(
      "10.9.0.1:5060      10.8.0.2:5060\n",
      "10.9.0.1:5060      10.8.0.2:5060    sip                0123456789abcdef@example.test\n",
    ).replace("[2001:db8:8::3]:82\n", "[2001:db8:8::3]:82 sip                cid\n")}`,
  );
});

test("no connection: the titles alone", async () => {
  expect(await text([])).toBe(`${TITLE}\n`);
  expect(await text([[]], { persistenceEngine: true })).toBe(`${TITLE}        pe name          pe_data\n`);
});

test("the bytes of a persistence engine's data come out as they are", async () => {
  const connections = parsed("UDP 0A090002 0000 0A090001 13C4 0A080002 13C4 ASSURED 299 sip caf\xc3\xa9\xff");
  expect(await text([connections], { persistenceEngine: true })).toMatch(/ sip {16}caf\xc3\xa9\xff\n$/);
});

test("nothing is printed when nothing could be read", async () => {
  async function* failing(): AsyncGenerator<Connection[]> {
    yield* [];
    throw new Error("cannot open");
  }
  const list = {
    kind: "list",
    show: "connections",
    numeric: true,
    persistenceEngine: false,
    wide: false,
    json: false,
  } as const;
  await expect(renderConnections(list, failing()).next()).rejects.toThrow("cannot open");
});

const PORTS = new Map([
  ["tcp 80", "http"],
  ["udp 53", "domain"],
  ["sctp 80", "web"],
]);

/** Knows names only after `load`, and remembers what was asked together. */
class SlowNames implements Names {
  readonly loads: Address[][] = [];
  readonly #known = new Map<Address, string | undefined>();
  readonly #wanted = new Set<Address>();
  constructor(readonly hosts: Readonly<Record<Address, string>>) {}
  hostOf(address: Address) {
    if (!this.#known.has(address)) this.#wanted.add(address);
    return this.#known.get(address);
  }
  serviceOf(port: number, protocol: unknown) {
    return PORTS.get(`${protocol} ${port}`);
  }
  addressOf() {
    return undefined;
  }
  portOf() {
    return undefined;
  }
  get pending() {
    return this.#wanted.size > 0;
  }
  async load() {
    this.loads.push([...this.#wanted]);
    for (const address of this.#wanted) this.#known.set(address, this.hosts[address]);
    this.#wanted.clear();
  }
}

test("names: looked up once for each batch, ports in the connection's protocol", async () => {
  const names = new SlowNames({
    "10.0.0.1": "vip.example.test",
    "0.0.0.7": "seven",
    "10.0.1.10": "an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test",
  });
  const connections = parsed(`
TCP 0A00010A 0050 0A000001 0050 0A080002 0050 ESTABLISHED     899
UDP 0A000001 0035 0A000001 0050 0A000001 0035 UDP     899 sip a
SCTP 0A000001 0050 0A000001 0050 0A000001 0B59 ESTABLISHED       0
IP  0A00010A 0050 00000007 0000 0A000001 0050 NONE     59`);
  expect(
    await text([connections.slice(0, 3), connections.slice(3)], { numeric: false, persistenceEngine: true }, names),
  ).toBe(`${TITLE}        pe name          pe_data
TCP 14:59  ESTABLISHED an-extremely-long-real-server-name-used-to-find-the-sixty-b vip.example.test:http 10.8.0.2:http
UDP 14:59  UDP         vip.example.test:domain vip.example.test:80 vip.example.test:domain sip                a
SCTP 00:00  ESTABLISHED vip.example.test:web vip.example.test:web vip.example.test:2905
IP  00:59  NONE        an-extremely-long-real-server-name-used-to-find-the-sixty-b seven:0            vip.example.test:80
`);
  expect(names.loads).toEqual([["10.0.1.10", "10.0.0.1", "10.8.0.2"], ["0.0.0.7"]]);
});

test("--wide: columns as wide as their longest text, whatever batches it comes in", async () => {
  const names = new SlowNames({
    "10.0.0.1": "vip.example.test",
    "10.0.1.10": "an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test",
  });
  const connections = parsed(`
TCP 0A00010A 0050 0A000001 0050 0A080002 0050 ESTABLISHED     899
UDP 0A000001 0035 0A000001 0050 0A000001 0035 UDP     899 sip a
SCTP 0A000001 0050 0A000001 0050 0A00010A 0B59 ESTABLISHED       0`);
  const blanks = (count: number) => " ".repeat(count);
  const batches = [[], connections.slice(0, 1), connections.slice(1)];
  expect(await text(batches, { numeric: false, wide: true, persistenceEngine: true }, names)).toBe(
    `IPVS connection entries
pro  expire state       source${blanks(81)}virtual${blanks(15)}destination${blanks(76)}pe name          pe_data
TCP  14:59  ESTABLISHED an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test:http vip.example.test:http 10.8.0.2:http
UDP  14:59  UDP         vip.example.test:domain${blanks(64)}vip.example.test:80   vip.example.test:domain${blanks(64)}sip              a
SCTP 00:00  ESTABLISHED vip.example.test:web${blanks(67)}vip.example.test:web  an-extremely-long-real-server-name-used-to-find-the-sixty-byte-limit.example.test:2905
`,
  );
  expect(names.loads).toHaveLength(1);
});

test("--wide: a million connections need no more memory than some, and later columns only grow", async () => {
  const [one] = parsed("TCP 0A000001 0050 0A000002 0050 0A000003 0050 ESTABLISHED 899");
  const [long] = parsed(
    "TCP 20010db8111122223333444455556666 0050 0A000002 0050 0A000003 0050 ESTABLISHED 899".replace(
      "20010db8111122223333444455556666",
      "2001:0db8:1111:2222:3333:4444:5555:6666",
    ),
  );
  let taken = 0;
  async function* source() {
    for (let batch = 0; batch < 100; batch++) {
      taken++;
      yield batch === 50 ? [long!] : Array.from({ length: 1000 }, () => one!);
    }
  }
  const list = { kind: "list", show: "connections", numeric: true, persistenceEngine: false, wide: true, json: false };
  const listed = renderConnections(list as ListConnections, source());
  const first = Buffer.from((await listed.next()).value!).toString();
  expect(first).toContain("source             virtual");
  expect(taken).toBeLessThan(20);
  let last = "";
  for await (const piece of listed) last = Buffer.from(piece).toString();
  expect(last).toContain(
    "10.0.0.1:80".padEnd("[2001:db8:1111:2222:3333:4444:5555:6666]:80".length + 1).concat("10.0.0.2:80"),
  );
});
