import type { Change } from "../model/change.js";
import { FULL_NETMASK, type VirtualAddress } from "../model/service.js";

// Lines as `-S` writes services and servers of IPv4, which nearly all lines of large rule files are:
//   -A -t 192.0.2.1:80 -s wlc
//   -a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1
// They are read where they stand in the text of the file: strings for lines and words would take most of the time.

const PROTOCOLS: ReadonlyMap<string, "tcp" | "udp"> = new Map([
  ["t", "tcp"],
  ["u", "udp"],
]);
const FORWARDING: ReadonlyMap<string, "masq" | "route"> = new Map([
  ["m", "masq"],
  ["g", "route"],
]);

/** Digits and letters that values have at most; the general way reads longer ones. */
const PORT_DIGITS = 5;
const WEIGHT_DIGITS = 9;
const SCHEDULER_LETTERS = 15;

/** The text, where its next character stands, and where the line ends. */
let text = "";
let at = 0;
let stop = 0;

/** What the line says. Addresses and the scheduler are places in the text. */
const found = {
  isService: false,
  protocol: "tcp" as "tcp" | "udp",
  address: 0,
  addressEnd: 0,
  port: 0,
  scheduler: 0,
  server: 0,
  serverEnd: 0,
  serverPort: 0,
  forwarding: "masq" as "masq" | "route",
  weight: 0,
};

/** The service of the line before, which most lines name again. */
let last: VirtualAddress = { protocol: "tcp", address: "", port: 0 };

/**
 * The command of a line as nearly all are; absent for all others, which `parseCommand` reads. It would make the same of these, at
 * ten times the cost.
 *
 * @param all the text in which the line stands
 * @param from where it begins
 * @param to where it ends, without its line end
 */
export function readCommon(all: string, from = 0, to = all.length): Change | undefined {
  if (!isCommon(all, from, to)) return undefined;
  const service = serviceFound();
  if (found.isService) {
    const scheduler = text.slice(found.scheduler, stop);
    return {
      kind: "add-service",
      service: { ...service, scheduler, flags: 0, timeout: 0, netmask: FULL_NETMASK.ipv4 },
    };
  }
  const server = {
    address: text.slice(found.server, found.serverEnd),
    // Only NAT rewrites ports.
    port: found.forwarding === "masq" ? found.serverPort : service.port,
    forwarding: found.forwarding,
    weight: found.weight,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  return { kind: "add-server", service, server };
}

/** Whether `readCommon` reads a line: all that whoever looks for mistakes needs to know. */
export function isCommon(all: string, from: number, to: number): boolean {
  text = all;
  at = from;
  stop = to;
  if (follows("-A -")) return hasService() && hasScheduler();
  return follows("-a -") && hasService() && hasServer();
}

function hasService(): boolean {
  const protocol = PROTOCOLS.get(text.charAt(at++));
  if (protocol === undefined || !follows(" ")) return false;
  found.protocol = protocol;
  found.address = at;
  if (!isAddress()) return false;
  found.addressEnd = at;
  found.port = port();
  return found.port >= 0;
}

function hasScheduler(): boolean {
  // Only persistent services have no port.
  if (found.port === 0 || !follows(" -s ")) return false;
  found.isService = true;
  found.scheduler = at;
  while (at < stop && isBetween(text.charCodeAt(at), LOWER_A, LOWER_Z)) at++;
  return at === stop && at > found.scheduler && at - found.scheduler <= SCHEDULER_LETTERS;
}

function hasServer(): boolean {
  if (!follows(" -r ")) return false;
  found.isService = false;
  found.server = at;
  if (!isAddress()) return false;
  found.serverEnd = at;
  found.serverPort = port();
  if (found.serverPort < 0 || !follows(" -")) return false;
  const forwarding = FORWARDING.get(text.charAt(at++));
  if (forwarding === undefined || !follows(" -w ")) return false;
  found.forwarding = forwarding;
  found.weight = decimal(WEIGHT_DIGITS);
  return found.weight >= 0 && at === stop;
}

/** Goes on behind some characters, if they are the next ones. */
function follows(characters: string): boolean {
  if (stop - at < characters.length || !text.startsWith(characters, at)) return false;
  at += characters.length;
  return true;
}

/** Goes on behind an IPv4 address as `parseIpv4` takes it. */
function isAddress(): boolean {
  for (let part = 0; part < 4; part++) {
    if (part > 0 && !follows(".")) return false;
    const start = at;
    const number = decimal(3);
    if (number < 0 || number > 255) return false;
    // No leading zeros.
    if (at - start > 1 && text.charCodeAt(start) === ZERO) return false;
  }
  return true;
}

/** The port behind a colon, or -1. */
function port(): number {
  const number = follows(":") ? decimal(PORT_DIGITS) : -1;
  return number <= 65535 ? number : -1;
}

/** A number of at most so many digits, or -1. What stands behind it is left to be read. */
function decimal(most: number): number {
  const start = at;
  let number = 0;
  while (at < stop && at - start < most) {
    const code = text.charCodeAt(at);
    if (!isBetween(code, ZERO, NINE)) break;
    number = number * 10 + code - ZERO;
    at++;
  }
  return at === start ? -1 : number;
}

function serviceFound(): VirtualAddress {
  const { protocol, address, addressEnd, port } = found;
  const isLast =
    last.port === port &&
    last.protocol === protocol &&
    last.address.length === addressEnd - address &&
    text.startsWith(last.address, address);
  if (!isLast) last = { protocol, address: text.slice(address, addressEnd), port };
  return last;
}

const isBetween = (code: number, first: number, last: number): boolean => code >= first && code <= last;

const ZERO = 0x30;
const NINE = 0x39;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;
