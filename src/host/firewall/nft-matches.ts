import type { Family } from "../../model/address.js";
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
import { isMark, type Match } from "./model.js";
import { type Json, listOf, objectOf, textOf } from "./nft-json.js";

/** What a match statement of nft asks of a packet: the right side is read by what stands on the left. */
export function parseMatch(op: unknown, left: unknown, right: unknown): Match {
  const reader = readerOf(left);
  if (reader === undefined || !["==", "!=", "in"].includes(op as string)) return unknown;
  const values = objectOf(right)?.set ?? right;
  // A named set may have changed by the time anybody looks.
  const read = (value: unknown) => (typeof value === "string" && value.startsWith("@") ? unknown : reader(value));
  const match = anyOf((listOf(values) ?? [values]).map(read));
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
      return payload === undefined && metaKey(left) !== "l4proto"
        ? undefined
        : (right) => protocolMatch(textOf(right) ?? "");
    case "nfproto":
      return (right) => (isFamily(right) ? (packet) => right === packet.family : unknown);
    case "iifname":
    case "iif":
      return (right) => linkMatch("input", right);
    case "oifname":
    case "oif":
      return (right) => linkMatch("output", right);
    case "mark":
      return (right) => (isMark(right) ? field("mark", (mark) => mark === right) : unknown);
    case "state":
      return (right) => (typeof right === "string" ? stateMatch([right]) : unknown);
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
    const protocol = textOf(payload?.protocol) ?? "";
    if (protocol === "th") return port;
    const wanted = protocolMatch(protocol);
    return (packet) => (wanted(packet) === false ? false : port(packet));
  };
}

export function payloadOf(left: unknown): Json | undefined {
  return objectOf(objectOf(left)?.payload);
}

export function metaKey(left: unknown): string | undefined {
  return textOf(objectOf(objectOf(left)?.meta)?.key);
}

function isFamily(value: unknown): value is Family {
  return value === "ipv4" || value === "ipv6";
}

function linkMatch(name: "input" | "output", link: unknown): Match {
  return typeof link === "string" ? interfaceMatch(name, link) : unknown;
}

function stateKey(left: unknown): "state" | undefined {
  return objectOf(objectOf(left)?.ct)?.key === "state" ? "state" : undefined;
}

function fibKey(left: unknown): string | undefined {
  const fib = objectOf(objectOf(left)?.fib);
  const flags = listOf(fib?.flags);
  return fib?.result === "type" && flags?.length === 1 && flags[0] === "daddr" ? "fib daddr type" : undefined;
}

/** `10.0.0.1`, `{ prefix: { addr, len } }`. */
export function networkText(right: unknown): string | undefined {
  if (typeof right === "string") return right;
  const prefix = objectOf(objectOf(right)?.prefix);
  return prefix === undefined ? undefined : `${textOf(prefix.addr)}/${textOf(prefix.len)}`;
}

/** `80`, `{ range: [1, 1023] }`. */
function rangeText(right: unknown): string | undefined {
  if (typeof right === "number") return String(right);
  const range = objectOf(right)?.range;
  const ends = listOf(range)?.map(textOf);
  return ends?.length === 2 ? ends.join("-") : undefined;
}
