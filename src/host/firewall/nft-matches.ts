import {
  addressMatch,
  anyOf,
  field,
  interfaceMatch,
  not,
  portMatch,
  protocolMatch,
  stateMatch,
  unknown,
} from "./matches.js";
import type { Match } from "./model.js";
import { type Json, objectOf } from "./nft-json.js";

/** What a match statement of nft asks of a packet: the right side is read by what stands on the left. */
export function parseMatch(op: unknown, left: unknown, right: unknown): Match {
  const reader = readerOf(left);
  if (reader === undefined || !["==", "!=", "in"].includes(String(op))) return unknown;
  const values = objectOf(right)?.set ?? right;
  // A named set may have changed by the time anybody looks.
  const read = (value: unknown) => (typeof value === "string" && value.startsWith("@") ? unknown : reader(value));
  const match = anyOf((Array.isArray(values) ? values : [values]).map(read));
  return op === "!=" ? not(match) : match;
}

/** How the right side of a match is read, by what stands on its left. */
function readerOf(left: unknown): ((right: unknown) => Match) | undefined {
  const payload = payloadOf(left);
  switch (payload?.field ?? metaKey(left) ?? stateKey(left) ?? fibKey(left)) {
    case "saddr":
      return (right) => addressMatch("source", networkText(right) ?? "");
    case "daddr":
      return (right) => addressMatch("destination", networkText(right) ?? "");
    case "sport":
      return portReader("sourcePort", payload);
    case "dport":
      return portReader("destinationPort", payload);
    case "l4proto":
    case "protocol":
    case "nexthdr":
      return payload === undefined && metaKey(left) !== "l4proto" ? undefined : (right) => protocolMatch(String(right));
    case "nfproto":
      return (right) => (packet) => (packet.family === "ipv4" ? right === "ipv4" : right === "ipv6");
    case "iifname":
    case "iif":
      return (right) => interfaceMatch("input", String(right));
    case "oifname":
    case "oif":
      return (right) => interfaceMatch("output", String(right));
    case "mark":
      return (right) => (typeof right === "number" ? field("mark", (mark) => mark === right) : unknown);
    case "state":
      return (right) => stateMatch([String(right)]);
    case "fib daddr type":
      return (right) => (right === "local" ? field("local", (local) => local) : unknown);
    default:
      return undefined;
  }
}

/** `tcp dport 80` asks for the protocol too; `th` is any transport. */
function portReader(name: "sourcePort" | "destinationPort", payload: Json | undefined) {
  return (right: unknown): Match => {
    const port = portMatch(name, rangeText(right) ?? "?");
    const protocol = String(payload?.protocol);
    if (protocol === "th") return port;
    const wanted = protocolMatch(protocol);
    return (packet) => (wanted(packet) === false ? false : port(packet));
  };
}

export function payloadOf(left: unknown): Json | undefined {
  return objectOf(objectOf(left)?.payload);
}

export function metaKey(left: unknown): string | undefined {
  const key = objectOf(objectOf(left)?.meta)?.key;
  return key === undefined ? undefined : String(key);
}

function stateKey(left: unknown): "state" | undefined {
  return objectOf(objectOf(left)?.ct)?.key === "state" ? "state" : undefined;
}

function fibKey(left: unknown): string | undefined {
  const fib = objectOf(objectOf(left)?.fib);
  return fib?.result === "type" && Array.isArray(fib.flags) && fib.flags.join() === "daddr"
    ? "fib daddr type"
    : undefined;
}

/** `10.0.0.1`, `{ prefix: { addr, len } }`. */
export function networkText(right: unknown): string | undefined {
  if (typeof right === "string") return right;
  const prefix = objectOf(objectOf(right)?.prefix);
  return prefix === undefined ? undefined : `${prefix.addr}/${prefix.len}`;
}

/** `80`, `{ range: [1, 1023] }`. */
function rangeText(right: unknown): string | undefined {
  if (typeof right === "number") return String(right);
  const range = objectOf(right)?.range;
  return Array.isArray(range) ? range.join("-") : undefined;
}
