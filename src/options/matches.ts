import { type Address, addressBytes, familyOf, parseIpv4, parseIpv6 } from "../model/address.js";
import type { Names } from "../names/names.js";
import { parseEndpoint, parseNumber } from "./values.js";

/** What an address and its port have to be. */
export interface EndpointMatch {
  readonly address: Address;
  /** How many leading bits of the address count: 0..32 or 0..128. Absent: all. */
  readonly prefixLength?: number;
  /** Absent: any. */
  readonly port?: number;
}

/** The kinds of services. */
export const SERVICE_KINDS = ["tcp", "udp", "sctp", "fwmark", "ipv4", "ipv6"] as const;

/** What kind a service may be: the way it is found, and the family of its packets. */
export type ServiceKind = (typeof SERVICE_KINDS)[number];

/**
 * `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, a name with or without a port, or a network: `192.0.2.0/24`. Ports are
 * numbers. Absent when it is not one of these or a name is unknown.
 */
export function parseMatch(text: string, names: Names): EndpointMatch | undefined {
  const slash = text.indexOf("/");
  if (slash >= 0) return parseNetwork(text.slice(0, slash), text.slice(slash + 1));
  const endpoint = parseEndpoint(text, undefined, names);
  if (endpoint === undefined) return undefined;
  const { address, port } = endpoint;
  return port === undefined ? { address } : { address, port };
}

function parseNetwork(host: string, bits: string): EndpointMatch | undefined {
  const address = parseIpv4(host) ?? parseIpv6(host);
  if (address === undefined) return undefined;
  const prefixLength = parseNumber(bits, 0, familyOf(address) === "ipv4" ? 32 : 128);
  return prefixLength === undefined ? undefined : { address, prefixLength };
}

/** `tcp,udp,ipv6`; the first word that is no kind as `unknown`. */
export function parseKinds(text: string): { readonly kinds: readonly ServiceKind[] } | { readonly unknown: string } {
  const words = text.split(",");
  const unknown = words.find((word) => !(SERVICE_KINDS as readonly string[]).includes(word));
  return unknown === undefined ? { kinds: words as ServiceKind[] } : { unknown };
}

/** Whether an address and port are the ones that a match asks for. */
export function endpointMatcher({ address, prefixLength, port }: EndpointMatch) {
  const matches = prefixLength === undefined ? (other: Address) => other === address : network(address, prefixLength);
  return (other: { readonly address: Address; readonly port: number }): boolean =>
    (port === undefined || other.port === port) && matches(other.address);
}

function network(address: Address, prefixLength: number): (other: Address) => boolean {
  const wanted = addressBytes(address);
  const whole = prefixLength >> 3;
  const mask = 0xff00 >> (prefixLength & 7);
  return (other) => {
    const bytes = addressBytes(other);
    if (bytes.length !== wanted.length) return false;
    for (let at = 0; at < whole; at++) if (bytes[at] !== wanted[at]) return false;
    return whole === wanted.length || ((bytes[whole]! ^ wanted[whole]!) & mask & 0xff) === 0;
  };
}
