import type { Family } from "../../model/address.js";
import { HostError } from "../host.js";
import {
  addressMatch,
  anyOf,
  field,
  interfaceMatch,
  not,
  portMatch,
  protocolMatch,
  singleHost,
  stateMatch,
  unknown,
} from "./matches.js";
import type { Chain, Hook, Match, Rule, Table, Verdict } from "./model.js";

/** JSON as `nft -j` writes it (libnftables-json(5)); read without trust in its shape. */
type Json = { readonly [key: string]: unknown };

const FAMILIES: Readonly<Record<string, readonly Family[]>> = {
  ip: ["ipv4"],
  ip6: ["ipv6"],
  inet: ["ipv4", "ipv6"],
};

/** Statements that neither match nor end the walk. */
const PASSING = new Set(["counter", "log", "comment", "mangle", "ct helper", "meta", "quota", "set", "map", "flow"]);

const VERDICTS: Readonly<Record<string, Verdict>> = {
  accept: { kind: "accept" },
  drop: { kind: "drop" },
  reject: { kind: "drop" },
  return: { kind: "return" },
  continue: { kind: "continue" },
  masquerade: { kind: "snat" },
  snat: { kind: "snat" },
  notrack: { kind: "notrack" },
};

/** Reads what `nft -j list ruleset` prints. Throws HostError when that is no such JSON. */
export function parseNft(text: string): Table[] {
  const tables = new Map<string, { name: string; families: readonly Family[]; chains: Map<string, MutableChain> }>();
  for (const item of rulesetOf(text)) {
    const chain = objectOf(item.chain);
    const rule = objectOf(item.rule);
    const owner = chain ?? rule;
    const families = FAMILIES[String(owner?.family)];
    if (owner === undefined || families === undefined) continue;
    const name = `nft ${owner.family} ${owner.table}`;
    const table = tables.get(name) ?? { name, families, chains: new Map<string, MutableChain>() };
    tables.set(name, table);
    if (chain !== undefined)
      table.chains.set(String(chain.name), { name: String(chain.name), rules: [], ...baseOf(chain) });
    else table.chains.get(String(rule!.chain))?.rules.push(...parseRule(listOf(rule!.expr)));
  }
  return [...tables.values()];
}

type MutableChain = Omit<Chain, "rules"> & { rules: Rule[] };

function rulesetOf(text: string): Json[] {
  try {
    return listOf((JSON.parse(text) as Json).nftables);
  } catch {
    throw new HostError("nft -j list ruleset: not the expected JSON");
  }
}

function baseOf(chain: Json): Pick<Chain, "base"> {
  if (typeof chain.hook !== "string") return {};
  const priority = typeof chain.prio === "number" ? chain.prio : 0;
  return { base: { hook: chain.hook as Hook, priority, policy: chain.policy === "drop" ? "drop" : "accept" } };
}

/** One rule of nft as one or more plain ones: a verdict map is a rule for each of its entries. */
function parseRule(statements: readonly Json[]): Rule[] {
  const matches: Match[] = [];
  const text = statements.map(describe).join(" ");
  let destination: string | undefined;
  const rule = (verdict: Verdict, extra: readonly Match[] = []): Rule => ({
    matches: [...matches, ...extra],
    verdict,
    text,
    ...(destination !== undefined && { destination }),
  });
  const rules: Rule[] = [];
  for (const statement of statements) {
    const [kind = "", value] = Object.entries(statement)[0] ?? [];
    if (kind === "match") {
      const { op, left, right } = value as Json;
      if (op === "==" && payloadOf(left)?.field === "daddr") destination = singleHost(networkText(right) ?? "");
      matches.push(parseMatch(op, left, right));
    } else if (kind === "vmap")
      rules.push(...entriesOf(value as Json).map(([match, verdict]) => rule(verdict, [match])));
    else if (kind === "mangle" && metaKey((value as Json).key) === "mark")
      rules.push(rule(markOf((value as Json).value)));
    else if (kind === "jump" || kind === "goto") rules.push(rule({ kind, chain: String((value as Json).target) }));
    else if (VERDICTS[kind] !== undefined) rules.push(rule(VERDICTS[kind]));
    else if (!PASSING.has(kind)) matches.push(unknown);
  }
  return rules;
}

function markOf(value: unknown): Verdict {
  return typeof value === "number" ? { kind: "mark", value, mask: 0xffffffff } : { kind: "continue" };
}

function entriesOf(vmap: Json): [Match, Verdict][] {
  const data = objectOf(vmap.data)?.set;
  if (!Array.isArray(data)) return [[unknown, { kind: "unknown" }]];
  return data.map((entry): [Match, Verdict] => {
    const [key, verdict] = Array.isArray(entry) ? entry : [];
    const [kind = "", target] = Object.entries((verdict ?? {}) as Json)[0] ?? [];
    const jump = kind === "jump" || kind === "goto" ? { kind, chain: String(objectOf(target)?.target) } : undefined;
    return [parseMatch("==", vmap.key, key), (jump as Verdict) ?? VERDICTS[kind] ?? { kind: "unknown" }];
  });
}

function parseMatch(op: unknown, left: unknown, right: unknown): Match {
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

function payloadOf(left: unknown): Json | undefined {
  return objectOf(objectOf(left)?.payload);
}

function metaKey(left: unknown): string | undefined {
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
function networkText(right: unknown): string | undefined {
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

function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];
}

/** A statement in words near to nft's own, for evidence. */
function describe(statement: Json): string {
  const [kind = "", value] = Object.entries(statement)[0] ?? [];
  if (kind !== "match") return kind === "jump" || kind === "goto" ? `${kind} ${(value as Json).target}` : kind;
  const { op, left, right } = value as Json;
  return [words(left), op === "==" || op === "in" ? "" : op, words(right)].filter(Boolean).join(" ");
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(", ");
  const json = objectOf(value);
  if (json === undefined) return String(value);
  const [kind, inner] = Object.entries(json)[0] ?? [];
  const fields = objectOf(inner);
  if (kind === "payload") return `${fields?.protocol} ${fields?.field}`;
  if (kind === "prefix") return `${fields?.addr}/${fields?.len}`;
  if (kind === "range") return (inner as unknown[]).join("-");
  if (kind === "set") return `{ ${words(inner)} }`;
  return fields?.key === undefined ? JSON.stringify(value) : `${kind} ${fields.key}`;
}
