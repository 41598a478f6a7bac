import ipaddr from "ipaddr.js";
import { type Address, familyOf } from "../../model/address.js";
import type { Match, Packet } from "./model.js";

/** A match that nobody can tell the outcome of. */
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

export function inNetwork(address: Address, network: Address, prefixLength: number): boolean {
  if (familyOf(address) !== familyOf(network)) return false;
  const [a, b] = [ipaddr.parse(address), ipaddr.parse(network)];
  // The library compares IPv4 with IPv4 and IPv6 with IPv6, and types tell it apart from neither.
  return (a as ipaddr.IPv6).match(b as ipaddr.IPv6, prefixLength);
}

/** `10.0.0.0/8`, `10.0.0.1`, `fd00::/64`, and netmasks as `10.0.0.0/255.0.0.0`. */
export function parseNetwork(text: string): { address: Address; prefixLength: number } | undefined {
  const [address = "", length] = text.split("/");
  if (!ipaddr.isValid(address)) return undefined;
  const full = familyOf(address) === "ipv4" ? 32 : 128;
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
  return network.prefixLength === (familyOf(network.address) === "ipv4" ? 32 : 128) ? network.address : undefined;
}

export function addressMatch(name: "source" | "destination", text: string): Match {
  const network = parseNetwork(text);
  if (network === undefined) return unknown;
  return field(name, (address) => inNetwork(address, network.address, network.prefixLength));
}

/** A port or a range of ports: `80`, `1024:65535` (iptables), `1024-65535` (nft). */
export function portMatch(name: "sourcePort" | "destinationPort", text: string): Match {
  const [, from, range, to] = /^(\d*)([:-]?)(\d*)$/.exec(text) ?? [];
  if (from === undefined) return unknown;
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
  const number = PROTOCOLS[name] ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  return number === undefined ? unknown : field("protocol", (protocol) => protocol === number);
}
