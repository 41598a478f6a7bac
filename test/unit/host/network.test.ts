import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/errors.js";
import { HostError } from "../../../src/host/host.js";
import { readAddresses, readLinks, readNeighbours, readRoutes } from "../../../src/host/network.js";
import { readRoutingRules } from "../../../src/host/routing-rules.js";
import type { Answer, RtNetlink } from "../../../src/host/rtnetlink.js";

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

/** A kernel that answers with these payloads, and keeps the questions. */
function kernel(...answers: Answer[]) {
  const asked: { type: number; question: string }[] = [];
  const netlink = {
    dump: async (type: number, question: Uint8Array) => {
      asked.push({ type, question: Buffer.from(question).toString("hex") });
      return answers;
    },
    ask: async (type: number, questions: readonly Uint8Array[]) => {
      for (const question of questions) asked.push({ type, question: Buffer.from(question).toString("hex") });
      return answers;
    },
  } as unknown as RtNetlink;
  return { netlink, asked };
}

/** Payloads as Linux 6.1 on x86 sends them. */
const ROUTE_VIA_IPV6 = hex(
  "02200000 fe000001 00020000 08000f00fe000000 080001000a370001 08000400 02000000 080007000a0000a1 16001200 0a00 fd000000000000000000000000000042 0000",
);
const ROUTE_WITH_MTU = hex(
  "02200000 fe000001 00020000 08000f00fe000000 080001000a350001 08000400 02000000 080007000a0000a1 080005000a00002a 0c000800 08000200 78050000",
);
const LOCAL = hex("02200000 fe000002 00020080 08000f00fe000000 080001000a000064 08000400 01000000 080007000a000064");

/** The rest of the header: the flag that asks for the table. */
const FLAGS = `${"00".repeat(4)}00100000`;

describe("routes", () => {
  it("are asked for with all bits of the address, and the mark", async () => {
    const { netlink, asked } = kernel(LOCAL, LOCAL);
    await readRoutes(netlink, [{ address: "10.0.0.100" }, { address: "fd00::1", mark: 7 }]);
    expect(asked).toEqual([
      { type: 26, question: `02200000${FLAGS}080001000a000064` },
      { type: 26, question: `0a800000${FLAGS}14000100fd000000000000000000000000000001${"0800100007000000"}` },
    ]);
  });

  it("of packets that come in are asked for with source and interface", async () => {
    const { netlink, asked } = kernel(LOCAL);
    await readRoutes(netlink, [{ address: "10.0.0.100", input: 3, source: "10.0.0.8" }]);
    expect(asked[0]!.question).toBe(`02202000${FLAGS}080001000a000064080002000a0000080800030003000000`);
  });

  it.each([22, 18])("of packets that come in are refused with errno %i", async (errno) => {
    const question = { address: "10.0.0.1", input: 3, source: "10.0.0.8" };
    expect(await readRoutes(kernel({ errno }).netlink, [question])).toEqual([{ type: "refused" }]);
  });

  it("are local, have gateways of either family, and an mtu of their own", async () => {
    const { netlink } = kernel(LOCAL, ROUTE_WITH_MTU, ROUTE_VIA_IPV6);
    const address = "10.0.0.100";
    expect(await readRoutes(netlink, [{ address }, { address }, { address }])).toEqual([
      { type: "local", link: 1, source: "10.0.0.100", table: 254 },
      { type: "unicast", link: 2, source: "10.0.0.161", gateway: "10.0.0.42", mtu: 1400, table: 254 },
      { type: "unicast", link: 2, source: "10.0.0.161", gateway: "fd00::42", table: 254 },
    ]);
  });

  it.each([
    [101, "none"],
    [113, "unreachable"],
    [13, "prohibit"],
    [22, "blackhole"],
  ])("lead nowhere with errno %i", async (errno, type) => {
    expect(await readRoutes(kernel({ errno }).netlink, [{ address: "10.0.0.1" }])).toEqual([{ type }]);
  });

  it("are an error with another one, or when the answer is cut", async () => {
    await expect(readRoutes(kernel({ errno: 1 }).netlink, [{ address: "10.0.0.1" }])).rejects.toThrow(HostError);
    for (const length of [0, 11, 14, LOCAL.length - 1]) {
      await expect(readRoutes(kernel(LOCAL.subarray(0, length)).netlink, [{ address: "10.0.0.1" }])).rejects.toThrow(
        DecodeError,
      );
    }
  });
});

describe("routing rules", () => {
  /** `ip rule add iif eth0 fwmark 7/0xff from 10.0.0.0/8 lookup 300`, and what every host has, as Linux 6.1 sends them. */
  const marked = hex(
    "02000800 00000001 00000000 080002000a000000 0900030065746830 00000000 0800060005000000 08000a0007000000 08001000ff000000 08000f002c010000",
  );
  const local = hex("02000000 ff000001 00000000 08000f00ff000000");

  it("are read", async () => {
    const { netlink, asked } = kernel(local, marked);
    expect(await readRoutingRules(netlink)).toEqual([
      { family: "ipv4", priority: 0, inverted: false, table: 255 },
      {
        family: "ipv4",
        priority: 5,
        mark: { value: 7, mask: 0xff },
        source: "10.0.0.0/8",
        input: "eth0",
        inverted: false,
        table: 300,
      },
    ]);
    expect(asked).toEqual([{ type: 34, question: "00".repeat(12) }]);
  });

  it("may be inverted, lead nowhere, or belong to another family", async () => {
    const inverted = hex("0a000000 00000006 02000000 08000a0007000000");
    const multicast = hex("80000000 fd000001 00000000 08000f00fd000000");
    expect(await readRoutingRules(kernel(inverted, multicast).netlink)).toEqual([
      { family: "ipv6", priority: 0, mark: { value: 7, mask: 0xffffffff }, inverted: true },
    ]);
    await expect(readRoutingRules(kernel(hex("02000000 ff00")).netlink)).rejects.toThrow(DecodeError);
  });
});

describe("links, addresses and neighbours", () => {
  it("are read", async () => {
    const eth0 = hex("00000100 02000000 43100100 00000000 0900030065746830 00000000 08000400dc050000");
    expect(await readLinks(kernel(eth0).netlink)).toEqual([
      { index: 2, name: "eth0", mtu: 1500, up: true, carrier: true, multicast: true, arp: true },
    ]);
    const address = hex("02188000 03000000 080001000a010001 080002000a010002");
    expect(await readAddresses(kernel(address).netlink)).toEqual([{ address: "10.1.0.2", prefixLength: 24, link: 3 }]);
    const neighbour = hex("02000000 03000000 20000001 080001000a01004d");
    expect(await readNeighbours(kernel(neighbour).netlink)).toEqual([
      { address: "10.1.0.77", link: 3, state: "failed" },
    ]);
  });

  it("of other families are passed over", async () => {
    expect(await readNeighbours(kernel(hex("07000000 03000000 02000001 08000100aabbccdd")).netlink)).toEqual([]);
  });

  it("of another shape are an error", async () => {
    await expect(readLinks(kernel(hex("00000100 02000000 43100100 00000000")).netlink)).rejects.toThrow("IFLA_IFNAME");
    await expect(readAddresses(kernel(hex("02188000 03000000 0700010061626300")).netlink)).rejects.toThrow(
      "an address of 3 bytes",
    );
  });
});
