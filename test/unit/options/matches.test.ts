import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { noNames } from "../../../src/names/names.js";
import { endpointMatcher, parseKinds, parseMatch } from "../../../src/options/matches.js";
import { address, family } from "../arbitraries.js";

const parse = (text: string) => parseMatch(text, noNames);

describe("parseMatch", () => {
  it.each([
    ["192.0.2.1", { address: "192.0.2.1" }],
    ["192.0.2.1:80", { address: "192.0.2.1", port: 80 }],
    ["192.0.2.1:0", { address: "192.0.2.1", port: 0 }],
    ["2001:db8::1", { address: "2001:db8::1" }],
    ["[2001:DB8::1]:443", { address: "2001:db8::1", port: 443 }],
    ["192.0.2.0/24", { address: "192.0.2.0", prefixLength: 24 }],
    ["0.0.0.0/0", { address: "0.0.0.0", prefixLength: 0 }],
    ["2001:db8::/32", { address: "2001:db8::", prefixLength: 32 }],
  ])("%s", (text, match) => expect(parse(text)).toEqual(match));

  it.each(["", "80", "192.0.2.1:65536", "192.0.2.1:http", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "/8", "web"])(
    "refuses %j",
    (text) => expect(parse(text)).toBeUndefined(),
  );

  it("takes names of hosts", () => {
    const names = { ...noNames, addressOf: (host: string) => (host === "web" ? "192.0.2.9" : undefined) };
    expect(parseMatch("web:80", names)).toEqual({ address: "192.0.2.9", port: 80 });
  });
});

describe("parseKinds", () => {
  it("takes a list", () => expect(parseKinds("tcp,ipv6")).toEqual({ kinds: ["tcp", "ipv6"] }));
  it("names the first word that is not one", () => expect(parseKinds("tcp,TCP,foo")).toEqual({ unknown: "TCP" }));
  it("does not take empty words", () => expect(parseKinds("tcp,")).toEqual({ unknown: "" }));
});

describe("endpointMatcher", () => {
  it("compares address and port", () => {
    const matches = endpointMatcher({ address: "192.0.2.1", port: 80 });
    expect(matches({ address: "192.0.2.1", port: 80 })).toBe(true);
    expect(matches({ address: "192.0.2.1", port: 81 })).toBe(false);
    expect(matches({ address: "192.0.2.2", port: 80 })).toBe(false);
  });

  it("takes any port when none is given", () => {
    expect(endpointMatcher({ address: "192.0.2.1" })({ address: "192.0.2.1", port: 4711 })).toBe(true);
  });

  it("finds the members of networks that ipaddr.js finds", () => {
    const network = family.chain((family) =>
      fc.record({
        address: address(family),
        other: fc.oneof(address("ipv4"), address("ipv6")),
        prefixLength: fc.integer({ min: 0, max: family === "ipv4" ? 32 : 128 }),
      }),
    );
    fc.assert(
      fc.property(network, ({ address, other, prefixLength }) => {
        const near = flipBit(address, prefixLength);
        for (const candidate of [address, other, near]) {
          const [a, b] = [ipaddr.parse(candidate), ipaddr.parse(address)];
          const expected = a.kind() === b.kind() && a.match(b as never, prefixLength);
          expect(endpointMatcher({ address, prefixLength })({ address: candidate, port: 1 })).toBe(expected);
        }
      }),
    );
  });
});

/** The address with the bit at a position (or the last one) turned round: just outside or just inside a network. */
function flipBit(text: string, position: number): string {
  const bytes = ipaddr.parse(text).toByteArray();
  const at = Math.min(position, bytes.length * 8 - 1);
  bytes[at >> 3]! ^= 0x80 >> (at & 7);
  const flipped = ipaddr.fromByteArray(bytes);
  return flipped.kind() === "ipv4" ? flipped.toString() : (flipped as ipaddr.IPv6).toRFC5952String();
}
