import type { Change } from "../model/change.js";
import { FULL_NETMASK, type VirtualAddress } from "../model/service.js";

// Lines as `-S` writes services and servers of IPv4, which nearly all lines of large rule files are:
//   -A -t 192.0.2.1:80 -s wlc
//   -a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 1
// They are read where they stand in the text of the file: strings for lines and words would take most of the time.

/** Digits and letters that values have at most; the general way reads longer ones. */
const PORT_DIGITS = 5;
const WEIGHT_DIGITS = 9;
const SCHEDULER_LETTERS = 15;

/** A line of a text, with its characters as numbers. */
export interface CodeLine {
  readonly text: string;
  /** UTF-16 codes of the text from `base` on. Behind the line comes a line end. */
  readonly codes: Uint16Array;
  readonly base: number;
  /** Where the line begins and ends in the codes, without its line end. The same place for one that is too long to be common. */
  readonly from: number;
  readonly to: number;
}

/** What a line says. Texts are places in its codes. */
const found = {
  isService: false,
  protocol: "tcp" as "tcp" | "udp",
  /** An address as a number, and where it begins and ends. */
  address: 0,
  addressStart: 0,
  addressEnd: 0,
  port: 0,
  scheduler: 0,
  serverStart: 0,
  serverEnd: 0,
  serverPort: 0,
  forwarding: "masq" as "masq" | "route",
  weight: 0,
};

/** The service of the line before, which most lines name again. */
let last: VirtualAddress = { protocol: "tcp", address: "", port: 0 };
let lastAddress = -1;

/**
 * The command of a line as nearly all are; absent for all others, which `parseCommand` reads. It would make the same of these, at
 * ten times the cost.
 */
export function readCommon({ text, codes, base, from, to }: CodeLine): Change | undefined {
  if (!isCommon(codes, from, to)) return undefined;
  const service = serviceFound(text, base);
  if (found.isService) {
    const { protocol, address, port } = service;
    const scheduler = text.slice(base + found.scheduler, base + to);
    // In one piece: objects put together of others cost ten times as much.
    const whole = { protocol, address, port, scheduler, flags: 0, timeout: 0, netmask: FULL_NETMASK.ipv4 };
    return { kind: "add-service", service: whole };
  }
  const server = {
    address: text.slice(base + found.serverStart, base + found.serverEnd),
    // Only NAT rewrites ports.
    port: found.forwarding === "masq" ? found.serverPort : service.port,
    forwarding: found.forwarding,
    weight: found.weight,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  return { kind: "add-server", service, server };
}

/**
 * Whether `readCommon` reads a line: all that whoever looks for mistakes needs to know. In one piece: functions for its parts would
 * have to be compiled each by itself, which takes longer than reading a large file.
 */
export function isCommon(codes: Uint16Array, from: number, to: number): boolean {
  const operation = codes[from + 1]!;
  const protocol = codes[from + 4]!;
  const begins = codes[from] === DASH && codes[from + 2] === BLANK;
  if (!begins || codes[from + 3] !== DASH || codes[from + 5] !== BLANK) return false;
  if ((operation !== UPPER_A && operation !== LOWER_A) || (protocol !== LOWER_T && protocol !== LOWER_U)) return false;
  found.isService = operation === UPPER_A;
  found.protocol = protocol === LOWER_T ? "tcp" : "udp";
  let at = from + 6;
  // The service, and then perhaps the server.
  for (let isServer = false; ; isServer = true) {
    // Four parts from 0 to 255 without leading zeros, as `parseIpv4` takes them, and a colon.
    const start = at;
    let address = 0;
    let parts = 0;
    let part = -1;
    while (parts < 4) {
      if (at >= to) return false;
      const code = codes[at++]!;
      if (code >= ZERO && code <= NINE) {
        if (part === 0) return false;
        part = part === -1 ? code - ZERO : part * 10 + code - ZERO;
        if (part > 255) return false;
      } else {
        if (part === -1) return false;
        address = address * 256 + part;
        part = -1;
        parts++;
        if (code !== (parts < 4 ? DOT : COLON)) return false;
      }
    }
    const colon = at - 1;
    let port = 0;
    const most = Math.min(to, at + PORT_DIGITS);
    while (at < most) {
      const code = codes[at]!;
      if (code < ZERO || code > NINE) break;
      port = port * 10 + code - ZERO;
      at++;
    }
    if (at === colon + 1 || port > 65535) return false;
    if (isServer) {
      found.serverStart = start;
      found.serverEnd = colon;
      found.serverPort = port;
      break;
    }
    found.address = address;
    found.addressStart = start;
    found.addressEnd = colon;
    found.port = port;
    if (found.isService) break;
    if (!isOption(codes, at, LOWER_R)) return false;
    at += 4;
  }
  if (found.isService) {
    // Only persistent services have no port.
    if (found.port === 0 || !isOption(codes, at, LOWER_S)) return false;
    found.scheduler = at + 4;
    for (at = found.scheduler; at < to; at++) {
      const code = codes[at]!;
      if (code < LOWER_A || code > LOWER_Z) return false;
    }
    return at > found.scheduler && at - found.scheduler <= SCHEDULER_LETTERS;
  }
  const method = codes[at + 2]!;
  if ((method !== LOWER_M && method !== LOWER_G) || !isOption(codes, at, method)) return false;
  if (!isOption(codes, at + 3, LOWER_W)) return false;
  found.forwarding = method === LOWER_M ? "masq" : "route";
  found.weight = 0;
  const digits = at + 7;
  for (at = digits; at < to; at++) {
    const code = codes[at]!;
    if (code < ZERO || code > NINE) return false;
    found.weight = found.weight * 10 + code - ZERO;
  }
  return at > digits && at - digits <= WEIGHT_DIGITS;
}

/** Whether a letter stands there as an option: ` -r `. */
function isOption(codes: Uint16Array, at: number, letter: number): boolean {
  return codes[at] === BLANK && codes[at + 1] === DASH && codes[at + 2] === letter && codes[at + 3] === BLANK;
}

function serviceFound(text: string, base: number): VirtualAddress {
  const { protocol, address, port } = found;
  if (lastAddress !== address || last.port !== port || last.protocol !== protocol) {
    last = { protocol, address: text.slice(base + found.addressStart, base + found.addressEnd), port };
    lastAddress = address;
  }
  return last;
}

const BLANK = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const UPPER_A = 0x41;
const LOWER_A = 0x61;
const LOWER_G = 0x67;
const LOWER_M = 0x6d;
const LOWER_R = 0x72;
const LOWER_S = 0x73;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const LOWER_W = 0x77;
const LOWER_Z = 0x7a;
