import { describe, expect, it } from "vitest";
import { cutBytes, parseInetAton, parseIpv6Netmask, parseNumber } from "../../../src/options/values.js";

describe("numbers, as strtol(3)", () => {
  it.each([
    ["0", 0],
    ["-0", 0],
    ["010", 10],
    [" 5", 5],
    ["\t\n\v\f\r 5", 5],
    ["+5", 5],
    ["-5", -5],
    ["99", 99],
  ])("%j", (text, value) => expect(Object.is(parseNumber(text, -99, 99), value)).toBe(true));

  it.each([
    "",
    " ",
    "+",
    "-",
    "+-5",
    "- 5",
    "5 ",
    "5.0",
    "0x10",
    "1e1",
    "５",
    "\u00a05",
    "-100",
    "100",
    "9".repeat(400),
  ])("not %j", (text) => expect(parseNumber(text, -99, 99)).toBeUndefined());
});

describe("IPv4, as inet_aton(3)", () => {
  it.each([
    ["1.2.3.4", "1.2.3.4"],
    ["1.2.3", "1.2.0.3"],
    ["1.2", "1.0.0.2"],
    ["1", "0.0.0.1"],
    ["4294967295", "255.255.255.255"],
    ["1.16777215", "1.255.255.255"],
    ["1.2.65535", "1.2.255.255"],
    ["0377.0xFF.0Xa.010", "255.255.10.8"],
    ["037777777777", "255.255.255.255"],
    ["1.2.3.4\tx", "1.2.3.4"],
    ["1.2.3.4\n", "1.2.3.4"],
    ["00.0.0.1", "0.0.0.1"],
  ])("%j", (text, address) => expect(parseInetAton(text)).toBe(address));

  it.each([
    ...[
      "",
      " 1.2.3.4",
      "1.2.3.4x",
      "1.2.3.",
      ".1",
      "1..2",
      "1.2.3.4.5",
      "256.1.1.1",
      "1.2.3.256",
      "1.16777216",
      "1.2.65536",
    ],
    ...[
      "4294967296",
      "08.1.1.1",
      "0x",
      "0x.1",
      "1.-2.3.4",
      "+1.2.3.4",
      "1.2.3.4\u0085",
      "1e3",
      "99999999999999999999.1",
    ],
  ])("not %j", (text) => expect(parseInetAton(text)).toBeUndefined());
});

describe("prefix lengths, as atoi(3)", () => {
  it.each([
    ["64", 64],
    [" +64", 64],
    ["64abc", 64],
    ["1.5", 1],
  ])("%j", (text, length) => expect(parseIpv6Netmask(text)).toBe(length));
  it.each(["0", "129", "-5", "x", "", "0x40", "4294967360"])("not %j", (text) =>
    expect(parseIpv6Netmask(text)).toBeUndefined(),
  );
});

describe("names of fixed length", () => {
  it.each([
    ["", ""],
    ["abcde", "abcde"],
    ["abcdef", "abcde"],
    ["äöü", "äö"],
    ["abc€", "abc"],
    ["a😀b", "a😀"],
  ])("%j", (text, cut) => expect(cutBytes(text, 5)).toBe(cut));
});
