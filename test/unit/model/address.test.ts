import fc from "fast-check";
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
