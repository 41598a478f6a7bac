/** Address family, as in AF_INET and AF_INET6. */
export type Family = "ipv4" | "ipv6";

/**
 * An IP address as inet_ntop(3) writes it: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`. Always canonical, so two
 * addresses are equal when their texts are. The family shows in the text: only IPv6 has a colon.
 */
export type Address = string;

/** The family of a canonical address. */
export function familyOf(address: Address): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/** All-zero address of a family. */
export const ANY: Readonly<Record<Family, Address>> = { ipv4: "0.0.0.0", ipv6: "::" };

/** Length of an address in bytes. */
export const ADDRESS_LENGTH: Readonly<Record<Family, number>> = { ipv4: 4, ipv6: 16 };

/** Four bytes per address in network order, or sixteen. */
export function addressBytes(address: Address): Uint8Array {
  if (familyOf(address) === "ipv6") return ipv6Bytes(address) ?? fail(address);
  const number = ipv4Number(address);
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);
}

/** The canonical text of 4 or 16 bytes in network order, starting at `offset`. */
export function addressFromBytes(family: Family, bytes: Uint8Array, offset = 0): Address {
  if (family === "ipv6") return formatIpv6(bytes, offset);
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** The text of an IPv4 address that is a number, its first part in the highest bits. */
export function dotted(number: number): Address {
  return `${number >>> 24}.${(number >>> 16) & 0xff}.${(number >>> 8) & 0xff}.${number & 0xff}`;
}

const GROUPS = 8;

/** inet_ntop(3): RFC 5952, and a dotted tail for IPv4-mapped and IPv4-compatible addresses. */
function formatIpv6(bytes: Uint8Array, offset: number): Address {
  const group = (index: number) => (bytes[offset + 2 * index]! << 8) | bytes[offset + 2 * index + 1]!;
  const [start, end] = longestZeros(group);
  const mapped = start === 0 && end === 5 && group(5) === 0xffff;
  const compatible = start === 0 && end === 6;
  if (mapped || compatible) return `::${mapped ? "ffff:" : ""}${addressFromBytes("ipv4", bytes, offset + 12)}`;
  let text = "";
  for (let index = 0; index < GROUPS; index++) {
    if (index === start) {
      text += "::";
      index = end - 1;
    } else {
      if (index > 0 && index !== end) text += ":";
      text += group(index).toString(16);
    }
  }
  return text;
}

/** Where `::` stands: the first of the longest runs of two zero groups or more. */
function longestZeros(group: (index: number) => number): readonly [start: number, end: number] {
  let longest: readonly [number, number] = [-1, -1];
  for (let start = 0; start < GROUPS; start++) {
    let end = start;
    while (end < GROUPS && group(end) === 0) end++;
    if (end - start > Math.max(1, longest[1] - longest[0])) longest = [start, end];
    start = end;
  }
  return longest;
}

/** inet_pton(3) for IPv6: no zone, no brackets. Absent when the text is not such an address. */
export function parseIpv6(text: string): Address | undefined {
  const bytes = ipv6Bytes(text);
  return bytes && formatIpv6(bytes, 0);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(2 * GROUPS);
  let length = 0;
  /** Where the zeros belong that `::` stands for. */
  let gap = text.startsWith("::") ? 0 : -1;
  for (let at = gap === 0 ? 2 : 0; at < text.length; ) {
    const colon = text.indexOf(":", at);
    const part = text.slice(at, colon < 0 ? undefined : colon);
    const dotted = colon < 0 ? parseIpv4(part) : undefined;
    if (length + (dotted === undefined ? 2 : 4) > bytes.length) return undefined;
    if (dotted !== undefined) {
      bytes.set(addressBytes(dotted), length);
      length += 4;
      break;
    }
    if (!HEXADECIMAL.test(part)) return undefined;
    const group = Number.parseInt(part, 16);
    bytes[length++] = group >> 8;
    bytes[length++] = group;
    if (colon < 0) break;
    at = colon + 1;
    if (text[at] === ":" && gap < 0) {
      gap = length;
      at++;
    } else if (at === text.length) return undefined;
  }
  if (gap < 0) return length === bytes.length ? bytes : undefined;
  if (length === bytes.length) return undefined;
  bytes.copyWithin(bytes.length - length + gap, gap, length);
  return bytes.fill(0, gap, bytes.length - length + gap);
}

const HEXADECIMAL = /^[0-9a-f]{1,4}$/i;

function fail(text: string): never {
  throw new TypeError(`not an address: ${text}`);
}

/** The four parts of a canonical IPv4 text as one number, which is in the order of addresses. */
export function ipv4Number(text: Address): number {
  let number = 0;
  let part = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO;
    if (digit === DOT) {
      number = number * 256 + part;
      part = 0;
    } else part = part * 10 + digit;
  }
  return number * 256 + part;
}

/**
 * Strict IPv4: four decimal parts without leading zeros, as inet_pton(3). Absent when the text is not such an address.
 * Such a text is canonical, so it is returned as it is; by hand, since large rule files hold a hundred thousand of them.
 */
export function parseIpv4(text: string): Address | undefined {
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - DIGIT_ZERO;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return undefined;
      part = part === -1 ? digit : part * 10 + digit;
      if (part > 255) return undefined;
    } else {
      if (digit !== DOT || part === -1) return undefined;
      part = -1;
      dots++;
    }
  }
  return dots === 3 && part !== -1 ? text : undefined;
}

const DIGIT_ZERO = 0x30;
/** A dot, counted from the digit zero. */
const DOT = 0x2e - DIGIT_ZERO;

/** Numeric order, IPv4 before IPv6: negative, zero or positive as for Array.sort. */
export function compareAddresses(a: Address, b: Address): number {
  if (a === b) return 0;
  const family = familyOf(a);
  if (family !== familyOf(b)) return family === "ipv4" ? -1 : 1;
  return family === "ipv4" ? ipv4Number(a) - ipv4Number(b) : Buffer.compare(addressBytes(a), addressBytes(b));
}

/** `a.b.c.d:port` or `[v6]:port`. */
export function formatEndpoint(address: Address, port: number): string {
  return familyOf(address) === "ipv6" ? `[${address}]:${port}` : `${address}:${port}`;
}
