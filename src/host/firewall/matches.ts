import ipaddr from "ipaddr.js";
import { ADDRESS_LENGTH, type Address, addressBytes, familyOf, parseIpv4, parseIpv6 } from "../../model/address.js";
import { own } from "../../model/own.js";
import type { Match, Packet } from "./model.js";

/** A match whose outcome cannot be told. */
export const unknown: Match = () => undefined;

/** The opposite; what cannot be told stays so. */
export function not(match: Match): Match {
  return (packet) => {
    const result = match(packet);
    return result === undefined ? undefined : !result;
  };
}

/** True when one of them is, false when all are. */
export function anyOf(matches: readonly Match[]): Match {
  return (packet) => {
    const results = matches.map((match) => match(packet));
    return results.includes(true) ? true : results.includes(undefined) ? undefined : false;
  };
}

/** A field of the packet against a test; unknown fields give unknown outcomes. */
export function field<Name extends keyof Packet>(
  name: Name,
  test: (value: NonNullable<Packet[Name]>) => boolean | undefined,
): Match {
  return (packet) => {
    const value = packet[name];
    return value === undefined ? undefined : test(value as NonNullable<Packet[Name]>);
  };
}

/** Bytes of addresses that were asked for: the same few are held against every rule. */
const KEPT = 1024;
const bytesKept = new Map<Address, Uint8Array>();

function bytesOf(address: Address): Uint8Array {
  const known = bytesKept.get(address);
  if (known !== undefined) return known;
  if (bytesKept.size === KEPT) bytesKept.clear();
  const bytes = addressBytes(address);
  bytesKept.set(address, bytes);
  return bytes;
}

/** True when the first bits of both are the same; never between families. */
function samePrefix(a: Uint8Array, b: Uint8Array, length: number): boolean {
  if (a.length !== b.length) return false;
  const whole = length >> 3;
  for (let index = 0; index < whole; index++) if (a[index] !== b[index]) return false;
  const rest = 8 - (length & 7);
  return rest === 8 || a[whole]! >> rest === b[whole]! >> rest;
}

/** `10.0.0.0/8`, `10.0.0.1`, `fd00::/64`, and netmasks as `10.0.0.0/255.0.0.0`. */
export function parseNetwork(text: string): { address: Address; prefixLength: number } | undefined {
  const [written = "", length] = text.split("/");
  const address = parseIpv4(written) ?? parseIpv6(written);
  if (address === undefined) return undefined;
  const full = ADDRESS_LENGTH[familyOf(address)] * 8;
  const prefixLength = length === undefined ? full : /^\d+$/.test(length) ? Number(length) : maskLength(length);
  return prefixLength === null || prefixLength > full ? undefined : { address, prefixLength };
}

function maskLength(mask: string): number | null {
  return ipaddr.isValid(mask) ? ipaddr.parse(mask).prefixLengthFromSubnetMask() : null;
}

/** The address of a network that is a single host. */
export function singleHost(text: string): Address | undefined {
  const network = parseNetwork(text);
  if (network === undefined) return undefined;
  return network.prefixLength === ADDRESS_LENGTH[familyOf(network.address)] * 8 ? network.address : undefined;
}

export function addressMatch(name: "source" | "destination", text: string): Match {
  const network = parseNetwork(text);
  if (network === undefined) return unknown;
  const bytes = addressBytes(network.address);
  return field(name, (address) => samePrefix(bytesOf(address), bytes, network.prefixLength));
}

/** A port or a range of ports: `80`, `1024:65535` (iptables), `1024-65535` (nft). */
export function portMatch(name: "sourcePort" | "destinationPort", text: string): Match {
  const [, from, range, to] = /^(\d*)([:-]?)(\d*)$/.exec(text) ?? [];
  if (from === undefined || (from === "" && !range)) return unknown;
  const low = from === "" ? 0 : Number(from);
  const high = !range ? low : to === "" ? 65535 : Number(to);
  return field(name, (port) => port >= low && port <= high);
}

/** An interface's name, where a final `+` (iptables) or `*` (nft) stands for anything. Packets never come from `lo`. */
export function interfaceMatch(name: "input" | "output", pattern: string): Match {
  const prefix = /[+*]$/.test(pattern) ? pattern.slice(0, -1) : undefined;
  const test = field(name, (link) => (prefix === undefined ? link === pattern : link.startsWith(prefix)));
  return pattern === "lo" ? (packet) => test(packet) ?? false : test;
}

export function stateMatch(states: readonly string[]): Match {
  return field("state", (state) => states.some((name) => name.toUpperCase() === state));
}

/** Protocol numbers that rules mention by name. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  ipip: 4,
  ipencap: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  vrrp: 112,
  sctp: 132,
};

export function protocolMatch(name: string): Match {
  if (name === "all" || name === "0") return () => true;
  const number = own(PROTOCOLS, name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  return number === undefined ? unknown : field("protocol", (protocol) => protocol === number);
}
