import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import {
  addressBytes,
  addressFromBytes,
  compareAddresses,
  formatEndpoint,
  parseIpv4,
  parseIpv6,
} from "../../../src/model/address.js";

describe("parseIpv6 gives the text of inet_ntop for what inet_pton takes", () => {
  it.each([
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["::192.0.2.1", "::192.0.2.1"],
    ["::1:80", "::0.1.0.128"],
    ["::80", "::80"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ])("%s -> %s", (text, canonical) => {
    expect(parseIpv6(text)).toBe(canonical);
  });

  it.each([
    "",
    ":",
    ":::",
    "1::2::3",
    "12345::",
    "::1%lo",
    "[::1]",
    "1.2.3.4",
    "::1.2.3",
    "::01.2.3.4",
    "::1.2.3.256",
    "::g",
    " ::1",
  ])("refuses %j", (text) => {
    expect(parseIpv6(text)).toBeUndefined();
  });
});

describe("parseIpv4", () => {
  it.each(["0.0.0.0", "10.0.0.1", "255.255.255.255"])("takes %s", (text) => {
    expect(parseIpv4(text)).toBe(text);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.",
    ".1.2.3",
    "1..2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4 ",
    "0x1.2.3.4",
    "1.2.3.-4",
  ])("refuses %j", (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });
});

describe("any text", () => {
  const part = fc.constantFrom(
    ":",
    ":",
    ":",
    "::",
    ".",
    "0",
    "1",
    "ff",
    "ABCD",
    "12345",
    "g",
    "255",
    "256",
    "01",
    "1.2.3.4",
    " ",
  );
  const text = fc.array(part, { maxLength: 17 }).map((parts) => parts.join(""));

  it("is an address exactly when inet_pton says so, in Node.js's copy of it", () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(parseIpv6(text) !== undefined).toBe(isIPv6(text));
        expect(parseIpv4(text) !== undefined).toBe(isIPv4(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it("has the bytes that ipaddr.js reads", () => {
    const group = fc.constantFrom("0", "0", "0", "1", "20", "ABC", "ffff", "0d0d");
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, fc.nat(7), fc.nat(8), (groups, start, length) => {
        const end = Math.min(start + length, 8);
        const left = groups.slice(0, start).join(":");
        const text = end > start ? `${left}::${groups.slice(end).join(":")}` : groups.join(":");
        const address = parseIpv6(text)!;
        expect([...addressBytes(address)]).toEqual(ipaddr.IPv6.parse(text).toByteArray());
      }),
      { numRuns: 2000 },
    );
  });
});

describe("bytes", () => {
  /** Zeros are what makes IPv6 texts differ. */
  const zeros = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));

  it("addressBytes(addressFromBytes(x)) = x", () => {
    fc.assert(
      fc.property(fc.array(zeros, { minLength: 16, maxLength: 16 }), (list) => {
        const bytes = Uint8Array.from(list);
        expect(addressBytes(addressFromBytes("ipv6", bytes))).toEqual(bytes);
        expect(addressBytes(addressFromBytes("ipv4", bytes))).toEqual(bytes.slice(0, 4));
      }),
      { numRuns: 2000 },
    );
  });

  it("a canonical text parses to itself", () => {
    fc.assert(
      fc.property(fc.array(zeros, { minLength: 16, maxLength: 16 }), (list) => {
        const address = addressFromBytes("ipv6", Uint8Array.from(list));
        expect(parseIpv6(address)).toBe(address);
      }),
      { numRuns: 2000 },
    );
  });
});

it("compares as unsigned numbers, IPv4 first", () => {
  const sorted = [
    "1.1.1.1",
    "9.0.0.0",
    "10.0.0.1",
    "128.0.0.1",
    "255.1.1.1",
    "::1",
    "2001:db8::1",
    "fe80::1",
    "ff02::1",
  ];
  expect([...sorted].reverse().sort(compareAddresses)).toEqual(sorted);
});

it("puts IPv6 into brackets", () => {
  expect([formatEndpoint("192.0.2.1", 80), formatEndpoint("::1", 0)]).toEqual(["192.0.2.1:80", "[::1]:0"]);
});
