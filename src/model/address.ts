import ipaddr from "ipaddr.js";

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
  const bytes = new Uint8Array(4);
  let part = 0;
  let index = 0;
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === 0x2e) {
      bytes[index++] = part;
      part = 0;
    } else part = part * 10 + code - 0x30;
  }
  bytes[index] = part;
  return bytes;
}

/** The canonical text of 4 or 16 bytes in network order, starting at `offset`. */
export function addressFromBytes(family: Family, bytes: Uint8Array, offset = 0): Address {
  if (family === "ipv4") return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
  return formatIpv6(bytes.subarray(offset, offset + 16));
}

/** inet_ntop(3): RFC 5952, and a dotted tail for IPv4-mapped and IPv4-compatible addresses. */
function formatIpv6(bytes: Uint8Array): Address {
  const leadingZeros = bytes.findIndex((byte) => byte !== 0);
  const mapped = leadingZeros === 10 && bytes[10] === 0xff && bytes[11] === 0xff;
  const compatible = (leadingZeros === 12 || leadingZeros === 13) && (bytes[12] !== 0 || bytes[13] !== 0);
  if (mapped || compatible) return `::${mapped ? "ffff:" : ""}${addressFromBytes("ipv4", bytes, 12)}`;
  return new ipaddr.IPv6(Array.from(bytes)).toRFC5952String();
}

/** inet_pton(3) for IPv6: no zone, no brackets. Absent when the text is not such an address. */
export function parseIpv6(text: string): Address | undefined {
  const bytes = ipv6Bytes(text);
  return bytes && formatIpv6(bytes);
}

function ipv6Bytes(text: string): Uint8Array | undefined {
  const plain = withoutDottedTail(text);
  if (plain === undefined || plain.includes("%") || !ipaddr.IPv6.isValid(plain)) return undefined;
  return Uint8Array.from(ipaddr.IPv6.parse(plain).toByteArray());
}

/** ipaddr.js takes `::192.0.2.1` for `::ffff:192.0.2.1`, so a dotted tail is given to it as the two groups that it means. */
function withoutDottedTail(text: string): string | undefined {
  const start = text.lastIndexOf(":") + 1;
  if (!text.includes(".", start)) return text;
  const tail = parseIpv4(text.slice(start));
  if (tail === undefined) return undefined;
  const groups = new DataView(addressBytes(tail).buffer);
  return `${text.slice(0, start)}${groups.getUint16(0).toString(16)}:${groups.getUint16(2).toString(16)}`;
}

function fail(text: string): never {
  throw new TypeError(`not an address: ${text}`);
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
  const x = addressBytes(a);
  const y = addressBytes(b);
  return x.length - y.length || Buffer.compare(x, y);
}

/** `a.b.c.d:port` or `[v6]:port`. */
export function formatEndpoint(address: Address, port: number): string {
  return familyOf(address) === "ipv6" ? `[${address}]:${port}` : `${address}:${port}`;
}
