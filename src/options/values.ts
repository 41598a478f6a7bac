import ipaddr from "ipaddr.js";
import { UsageError } from "../errors.js";
import { type Address, familyOf, parseIpv4, parseIpv6 } from "../model/address.js";
import { schedulerFlag } from "../model/scheduler-flags.js";
import type { Protocol } from "../model/service.js";
import type { Names } from "../names/names.js";

/** A host and perhaps a port, as typed. */
export interface Endpoint {
  readonly address: Address;
  readonly port: number | undefined;
}

/**
 * A whole number as strtol(3) reads it in base 10: leading white space and one sign are fine, anything after the digits is
 * not. Absent when it is no number or out of range.
 */
export function parseNumber(text: string, least: number, greatest: number): number | undefined {
  let at = 0;
  while (isSpace(text.charCodeAt(at))) at++;
  const sign = text[at];
  if (sign === "+" || sign === "-") at++;
  if (at === text.length) return undefined;
  let value = 0;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  // + 0 makes the -0 of "-0" an ordinary zero.
  if (sign === "-") value = -value + 0;
  return value >= least && value <= greatest ? value : undefined;
}

/**
 * `HOST[:PORT]`: `192.0.2.1:80`, `web:http`, `[2001:db8::1]:80`, `[192.0.2.1]:80`, or a bare address or name. A bare IPv6
 * address has no port: `2001:db8::2:80` is an address. Names stand for IPv4 addresses only. Absent when it is not
 * one of these or a name is unknown.
 *
 * @param protocol in which names of ports are looked up; absent: they are refused
 */
export function parseEndpoint(text: string, protocol: Protocol | undefined, names: Names): Endpoint | undefined {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0 || text[end + 1] !== ":") return undefined;
    const inside = text.slice(1, end);
    return endpoint(parseIpv6(inside) ?? parseHost(inside, names), parsePort(text.slice(end + 2), protocol, names));
  }
  const colon = text.lastIndexOf(":");
  if (colon < 0) {
    const address = isDigits(text) ? undefined : parseHost(text, names);
    return address === undefined ? undefined : { address, port: undefined };
  }
  if (text.indexOf(":") !== colon) {
    const address = parseIpv6(text);
    if (address !== undefined) return { address, port: undefined };
  }
  return endpoint(parseHost(text.slice(0, colon), names), parsePort(text.slice(colon + 1), protocol, names));
}

function endpoint(address: Address | undefined, port: number | undefined): Endpoint | undefined {
  return address === undefined || port === undefined ? undefined : { address, port };
}

/** A port number, or the name of a port in `protocol`. */
export function parsePort(text: string, protocol: Protocol | undefined, names: Names): number | undefined {
  const port = parseNumber(text, 0, 65535);
  if (port !== undefined || protocol === undefined || text === "") return port;
  return names.portOf(text, protocol);
}

/** An IPv4 address as inet_aton(3) reads it, or the name of a host with an IPv4 address. */
export function parseHost(text: string, names: Names): Address | undefined {
  const address = parseInetAton(text);
  if (address !== undefined || !isHostName(text)) return address;
  const found = names.addressOf(text);
  return found !== undefined && familyOf(found) === "ipv4" ? found : undefined;
}

/** What nearly all addresses look like; the general way below is ten times slower. */
const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const CANONICAL_IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);

/** inet_aton(3): `127.1`, `0x7f000001`, `010.0.0.1` (octal) too; what follows white space is ignored. */
export function parseInetAton(text: string): Address | undefined {
  if (CANONICAL_IPV4.test(text)) return text;
  let end = 0;
  while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
  const number = text.slice(0, end);
  return ipaddr.IPv4.isValid(number) ? ipaddr.IPv4.parse(number).toString() : undefined;
}

/** An IPv4 netmask: any bits in dotted form (or a name, as 1.31 allows), or a prefix length of 1 to 32. */
export function parseIpv4Netmask(text: string, names: Names): string | undefined {
  if (/^([1-9]|[12]\d|3[0-2])$/.test(text)) return ipaddr.IPv4.subnetMaskFromPrefixLength(Number(text)).toString();
  return parseHost(text, names);
}

/** An IPv6 prefix length, 1 to 128, as atoi(3) reads it: what follows the digits is ignored. */
export function parseIpv6Netmask(text: string): number | undefined {
  const length = Number.parseInt(text, 10);
  return length >= 1 && length <= 128 ? length : undefined;
}

/** An IPv4 or IPv6 multicast address in its strict form; `Address` of the family that the colon tells. */
export function parseMulticast(text: string): Address | undefined {
  const address = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return address !== undefined && ipaddr.parse(address).range() === "multicast" ? address : undefined;
}

/**
 * The bits of `-b`: names separated by commas, empty ones skipped.
 *
 * @throws UsageError for a name that is not known, or belongs to another scheduler
 */
export function parseSchedulerFlags(text: string, scheduler: string): number {
  let flags = 0;
  for (const name of text.split(",")) {
    if (name === "") continue;
    const flag = schedulerFlag(name);
    if (flag === undefined) throw new UsageError(`invalid scheduler flag \`${name}'`);
    if (flag.scheduler !== undefined && flag.scheduler !== scheduler) {
      throw new UsageError(`incompatible scheduler flag \`${name}'`);
    }
    flags |= flag.bit;
  }
  return flags;
}

/** As many whole characters as fit in `bytes`: the kernel's names have fixed lengths. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let cut = "";
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    cut += character;
  }
  return cut;
}

/** isspace(3): blank, tab, line feed, vertical tab, form feed, carriage return. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isDigits(text: string): boolean {
  return /^\d*$/.test(text);
}

/** Whether it is worth looking up: addresses with a mistake are not. */
function isHostName(text: string): boolean {
  return text.includes(":") ? false : !/^[\d.]*$/.test(text);
}
