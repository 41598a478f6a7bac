import { describe, expect, it } from "vitest";
import { asksLocalFirst, freeTable, waysIn } from "../../../src/doctor/ways.js";
import { LINKS, RULES } from "./snapshot.js";

const on = (address: string, prefixLength: number, link = 2) => ({ address, prefixLength, link });
const source = (addresses: readonly ReturnType<typeof on>[], family: "ipv4" | "ipv6" = "ipv4", clients = new Map()) =>
  waysIn(family, LINKS, addresses, clients).map((way) => way.source);

describe("the ways in", () => {
  it("are the interfaces that work, but lo", () => {
    const links = [
      ...LINKS,
      { ...LINKS[1]!, index: 3, name: "eth1", up: false },
      { ...LINKS[1]!, index: 4, name: "eth2", carrier: false },
    ];
    expect(waysIn("ipv4", links, [], new Map()).map(({ link }) => link.name)).toEqual(["eth0"]);
  });

  it("have a source that the kernel accepts there", () => {
    expect(source([on("10.0.0.161", 24)])).toEqual(["10.0.0.1"]);
    expect(source([on("10.0.0.1", 24)])).toEqual(["10.0.0.2"]);
    expect(source([on("10.0.0.5", 30)])).toEqual(["10.0.0.6"]);
    expect(source([on("10.0.0.4", 31)])).toEqual(["10.0.0.5"]);
    expect(source([on("10.0.0.1", 32)])).toEqual(["192.0.2.1"]);
    expect(source([on("10.0.5.1", 16), on("10.0.5.2", 16)])).toEqual(["10.0.5.3"]);
    expect(source([on("fd00::161", 64)], "ipv6")).toEqual(["fd00::101"]);
    expect(source([on("10.0.0.161", 24)], "ipv6")).toEqual(["2001:db8::1"]);
    expect(source([on("10.9.0.1", 24, 3)])).toEqual(["192.0.2.1"]);
    const clients = new Map([
      ["198.51.100.1", 3],
      ["fd00::8", 2],
      ["198.51.100.2", 2],
    ]);
    expect(source([on("10.0.0.161", 24)], "ipv4", clients)).toEqual(["198.51.100.2"]);
  });
});

it("the table local comes first, unless there is a rule before it", () => {
  expect(asksLocalFirst(RULES, "ipv4")).toBe(true);
  expect(asksLocalFirst([{ ...RULES[0]!, input: "eth0", table: 9 }, ...RULES], "ipv4")).toBe(false);
  expect(asksLocalFirst([{ ...RULES[0]!, input: "eth0", table: 9 }, ...RULES], "ipv6")).toBe(true);
});

it("the first table from 100 on that no rule asks", () => {
  expect(freeTable(RULES)).toBe(100);
  expect(freeTable([100, 101, 103].map((table) => ({ ...RULES[0]!, table })))).toBe(102);
});
