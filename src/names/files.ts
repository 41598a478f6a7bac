import { readFileSync, statSync } from "node:fs";
import { type Address, familyOf, parseIpv4, parseIpv6 } from "../model/address.js";

/** Larger files are not read: no hosts or services file comes near it. */
const LARGEST = 64 * 1024 * 1024;

/** Names that cannot steer a terminal. */
const PRINTABLE = /^[\x21-\x7e]+$/;

/** The text of a system file, one character per byte; empty when it is missing, unreadable or too large. */
function readSystemFile(path: string): string {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(path, "latin1") : "";
  } catch {
    return "";
  }
}

/** The words of each line, without comments. */
function* lineWords(text: string): Generator<string[]> {
  for (const line of text.split("\n")) {
    const words = line.replace(/#.*/, "").split(/\s+/).filter(Boolean);
    if (words.length > 1) yield words;
  }
}

/** What hosts(5) says. Where lines contradict each other, the first one counts. */
export interface HostsFile {
  /** The first name of each address. */
  readonly names: ReadonlyMap<Address, string>;
  /** The IPv4 address of each name and alias, in lower case: case does not matter. */
  readonly addresses: ReadonlyMap<string, Address>;
}

/** A file like hosts(5). */
export function readHosts(path: string): HostsFile {
  return parseHosts(readSystemFile(path));
}

export function parseHosts(file: string): HostsFile {
  const names = new Map<Address, string>();
  const addresses = new Map<string, Address>();
  for (const [text = "", ...words] of lineWords(file)) {
    const address = parseIpv4(text) ?? parseIpv6(text);
    if (address === undefined) continue;
    if (PRINTABLE.test(words[0]!) && !names.has(address)) names.set(address, words[0]!);
    const ipv4 = asIpv4(address);
    if (ipv4 === undefined) continue;
    for (const name of words.map((word) => word.toLowerCase())) if (!addresses.has(name)) addresses.set(name, ipv4);
  }
  return { names, addresses };
}

/** The IPv4 address that a line of hosts(5) stands for, where glibc looks for one: ::1 and ::ffff:1.2.3.4 do, too. */
function asIpv4(address: Address): Address | undefined {
  if (familyOf(address) === "ipv4") return address;
  if (address === "::1") return "127.0.0.1";
  const [, mapped] = /^::ffff:([\d.]+)$/.exec(address) ?? [];
  return mapped;
}

/** How resolv.conf(5) makes names complete. */
export interface SearchList {
  /** Domains that are put behind names, in their order. */
  readonly domains: readonly string[];
  /** Names with so many dots are asked for as they are first, others last. */
  readonly dots: number;
}

/**
 * The search list of a file like resolv.conf(5); the last line counts.
 *
 * @param host the name of this host, whose domain is searched when the file names none
 */
export function readSearchList(path: string, host: string): SearchList {
  return parseSearchList(readSystemFile(path), host);
}

export function parseSearchList(file: string, host: string): SearchList {
  let domains = host.includes(".") ? [host.slice(host.indexOf(".") + 1)] : [];
  let dots = 1;
  for (const [word, ...values] of lineWords(file)) {
    if (word === "search") domains = values;
    else if (word === "domain") domains = values.slice(0, 1);
    else if (word !== "options") continue;
    for (const value of values) {
      const [, digits] = /^ndots:(\d{1,2})$/.exec(value) ?? [];
      if (digits !== undefined && word === "options") dots = Number(digits);
    }
  }
  return { domains, dots };
}

/** The complete names that a name may stand for, in the order in which they are asked for. */
export function completeNames(name: string, { domains, dots }: SearchList): readonly string[] {
  if (name.endsWith(".")) return [name];
  const searched = domains.map((domain) => `${name}.${domain}`);
  return name.split(".").length > dots ? [name, ...searched] : [...searched, name];
}

/** What services(5) says. Keys hold the protocol's name. */
export interface ServicesFile {
  /** `tcp http` -> 80, also for aliases; case matters. */
  readonly ports: ReadonlyMap<string, number>;
  /** `tcp 80` -> `http`, never an alias. */
  readonly names: ReadonlyMap<string, string>;
}

/** A file like services(5); where lines contradict each other, the first one counts. */
export function readServices(path: string): ServicesFile {
  return parseServices(readSystemFile(path));
}

export function parseServices(file: string): ServicesFile {
  const ports = new Map<string, number>();
  const names = new Map<string, string>();
  for (const [name = "", where = "", ...aliases] of lineWords(file)) {
    const [, digits, protocol] = /^(\d{1,5})\/(\S+)$/.exec(where) ?? [];
    const port = Number(digits);
    if (protocol === undefined || port > 65535 || !PRINTABLE.test(name)) continue;
    if (!names.has(`${protocol} ${port}`)) names.set(`${protocol} ${port}`, name);
    for (const word of [name, ...aliases]) {
      if (!ports.has(`${protocol} ${word}`)) ports.set(`${protocol} ${word}`, port);
    }
  }
  return { ports, names };
}
