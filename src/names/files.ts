import { readFileSync, statSync } from "node:fs";
import { type Address, parseIpv4, parseIpv6 } from "../model/address.js";

/** Larger files are not read: no hosts or services file comes near it. */
const LARGEST = 64 * 1024 * 1024;

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

/** The first name of the first line of each address in a file like hosts(5). */
export function readHosts(path: string): ReadonlyMap<Address, string> {
  return parseHosts(readSystemFile(path));
}

export function parseHosts(file: string): ReadonlyMap<Address, string> {
  const hosts = new Map<Address, string>();
  for (const [text = "", name = ""] of lineWords(file)) {
    const address = parseIpv4(text) ?? parseIpv6(text);
    if (address !== undefined && /^[\x21-\x7e]+$/.test(name) && !hosts.has(address)) hosts.set(address, name);
  }
  return hosts;
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
    if (protocol === undefined || port > 65535 || !/^[\x21-\x7e]+$/.test(name)) continue;
    if (!names.has(`${protocol} ${port}`)) names.set(`${protocol} ${port}`, name);
    for (const word of [name, ...aliases]) {
      if (!ports.has(`${protocol} ${word}`)) ports.set(`${protocol} ${word}`, port);
    }
  }
  return { ports, names };
}
