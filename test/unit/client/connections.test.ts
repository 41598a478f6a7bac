import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readConnections } from "../../../src/client/connections.js";
import { DecodeError, TransportError } from "../../../src/errors.js";
import { addressBytes, addressFromBytes } from "../../../src/model/address.js";
import type { Connection, Endpoint } from "../../../src/model/connection.js";

const folder = mkdtempSync(join(tmpdir(), "ipvsadm-connections-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "ip_vs_conn");
const TITLE = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n";

async function read(text: string): Promise<Connection[]> {
  writeFileSync(path, text, "latin1");
  const connections: Connection[] = [];
  for await (const batch of readConnections(path)) connections.push(...batch);
  return connections;
}

describe("what the kernel writes", () => {
  test("a connection", async () => {
    const line = "TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED     899\n";
    expect(await read(TITLE + line)).toEqual([
      {
        protocol: "TCP",
        client: { address: "10.9.0.2", port: 40002 },
        virtual: { address: "10.9.0.1", port: 80 },
        destination: { address: "10.8.0.2", port: 8080 },
        state: "ESTABLISHED",
        expires: 899,
      },
    ]);
  });

  test("a template of an IPv6 firewall mark, with the kernel's odd address", async () => {
    const line =
      "IP  2001:0db8:0008:0000:0000:0000:0000:0001 0000 0000:0008:0000:0000:0000:0000:0000:0000 0000 " +
      "2001:0db8:0008:0000:0000:0000:0000:0003 0000 NONE            119\n";
    expect(await read(TITLE + line)).toEqual([
      {
        protocol: "IP",
        client: { address: "2001:db8:8::1", port: 0 },
        virtual: { address: "0:8::", port: 0 },
        destination: { address: "2001:db8:8::3", port: 0 },
        state: "NONE",
        expires: 119,
      },
    ]);
  });

  test("an IPv6 server of an IPv4 service", async () => {
    const line = "TCP 0A000001 0050 0A000002 0051 2001:0db8:0008:0000:0000:0000:0000:0003 0052 NONE 2678400\n";
    expect(await read(TITLE + line)).toMatchObject([
      { client: { address: "10.0.0.1" }, destination: { address: "2001:db8:8::3", port: 82 }, expires: 2678400 },
    ]);
  });

  test("data of a persistence engine, however long and whatever its bytes", async () => {
    const data = `B\xc3\xff${"B".repeat(5000)}`;
    const line = "UDP 0A090002 0000 0A090001 13C4 0A080002 13C4 ASSURED         290 sip ";
    const connections = await read(`${TITLE}${line}${data}\n${line}next\n`);
    expect(connections.map(({ persistence }) => persistence)).toEqual([
      { engine: "sip", data },
      { engine: "sip", data: "next" },
    ]);
  });

  test("no connection", async () => {
    expect(await read(TITLE)).toEqual([]);
  });

  test("a last line without its end", async () => {
    expect(await read(`${TITLE}TCP 0A000001 0050 0A000002 0051 0A000003 0052 NONE 1`)).toHaveLength(1);
  });
});

/** What the kernel's seq_printf makes of a connection. */
function kernelLine({ protocol, client, virtual, destination, state, expires, persistence }: Connection): string {
  const endpoint = ({ address, port }: Endpoint) => {
    const hex = Buffer.from(addressBytes(address)).toString("hex");
    const text = hex.length === 8 ? hex.toUpperCase() : hex.match(/..../g)!.join(":");
    return `${text} ${port.toString(16).toUpperCase().padStart(4, "0")}`;
  };
  const pe = persistence ? ` ${persistence.engine} ${persistence.data}` : "";
  const ends = `${endpoint(client)} ${endpoint(virtual)} ${endpoint(destination)}`;
  return `${protocol.padEnd(3)} ${ends} ${state.padEnd(11)} ${String(expires).padStart(7)}${pe}\n`;
}

const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => addressFromBytes("ipv4", bytes)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => addressFromBytes("ipv6", bytes)),
);
const endpoint = fc.record({ address, port: fc.nat(65535) });
const word = fc.stringMatching(/^[!-~\xc0-\xff]{1,250}$/);
const connection: fc.Arbitrary<Connection> = fc.record(
  {
    protocol: fc.constantFrom("TCP", "UDP", "SCTP", "IP", "IP_51"),
    client: endpoint,
    virtual: endpoint,
    destination: endpoint,
    state: fc.constantFrom("NONE", "ESTABLISHED", "SYN_RECV", "ASSURED"),
    expires: fc.nat(2678400),
    persistence: fc.record({ engine: fc.constantFrom("sip", "other"), data: word }),
  },
  { requiredKeys: ["protocol", "client", "virtual", "destination", "state", "expires"] },
);

test("every connection is read back from its line", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(connection, { maxLength: 50 }), async (connections) => {
      expect(await read(TITLE + connections.map(kernelLine).join(""))).toEqual(connections);
    }),
  );
});

test("many connections come in batches of bounded size, none lost where the file is cut", async () => {
  const [sample] = fc.sample(connection, 1);
  const all = Array.from({ length: 5000 }, (_, index) => ({ ...sample!, expires: index }));
  writeFileSync(path, TITLE + all.map(kernelLine).join(""), "latin1");
  const sizes: number[] = [];
  const connections: Connection[] = [];
  for await (const batch of readConnections(path)) {
    sizes.push(batch.length);
    connections.push(...batch);
  }
  expect(connections).toEqual(all);
  expect(Math.max(...sizes)).toBeLessThan(2000);
});

describe("what is wrong", () => {
  test("no file", async () => {
    const missing = join(folder, "missing");
    const error = await readConnections(missing)
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ message: `cannot open file ${missing}`, code: "ENOENT" });
  });

  test("a file that cannot be read", async () => {
    const error = await readConnections(folder)
      .next()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ message: `cannot read file ${folder}`, code: "EISDIR" });
  });

  test("an empty file", async () => {
    const error = await read("").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message: `unexpected input from ${path}` });
  });

  test.each([
    ["an empty line", ""],
    ["blanks", "   "],
    ["too few fields", "TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED"],
    ["a short address", "TCP A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED 899"],
    ["a long address", "TCP 00A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED 899"],
    ["a long port", "TCP 0A090002 19C42 0A090001 0050 0A080002 1F90 ESTABLISHED 899"],
    ["no number of seconds", "TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED soon"],
    ["seconds with something after", "TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED 899s"],
    ["seven groups", "TCP 1:2 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED 899"],
  ])("%s", async (_, line) => {
    const good = "TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED     899";
    const error = await read(`${TITLE}${good}\n${line}\n${good}\n`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message: `unexpected input from ${path}, line 3: not a connection` });
  });

  test("a line that does not end", async () => {
    const error = await read(`${TITLE}${"x".repeat(1_000_000)}`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({ message: expect.stringContaining("line too long") });
  });
});

test("a reader that stops early closes the file", async () => {
  const line = "TCP 0A000001 0050 0A000002 0051 0A000003 0052 NONE 1\n";
  writeFileSync(path, TITLE + line.repeat(10_000));
  const open = () => readdirSync("/proc/self/fd").map((fd) => linkOf(`/proc/self/fd/${fd}`));
  for await (const batch of readConnections(path)) {
    expect(batch.length).toBeLessThan(10_000);
    expect(open()).toContain(path);
    break;
  }
  expect(open()).not.toContain(path);
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
