import type { Family } from "../../model/address.js";
import { own } from "../../model/own.js";
import { HostError } from "../host.js";
import { singleHost, unknown } from "./matches.js";
import {
  ALL_BITS,
  type Chain,
  type Hook,
  isMark,
  type Match,
  type Rule,
  type Table,
  type Unread,
  type Verdict,
} from "./model.js";
import { isDeeper, type Json, kindOf, listOf, objectOf, textOf } from "./nft-json.js";
import { metaKey, networkText, parseMatch, payloadOf } from "./nft-matches.js";
import { describe } from "./nft-words.js";

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

/** Nft's own expressions are less deep. */
const LEVELS = 64;

/**
 * Reads what `nft -j list ruleset` prints. Throws HostError when that is no such JSON.
 *
 * @param unread is told of what could not be understood; the walk takes it for something that may do anything
 */
export function parseNft(text: string, unread: Unread = () => {}): Table[] {
  const tables = new Map<string, MutableTable>();
  for (const item of rulesetOf(text)) {
    const [kind, inner] = kindOf(item);
    if (kind !== "chain" && kind !== "rule") continue;
    const owner = objectOf(inner);
    const family = textOf(owner?.family);
    const table = textOf(owner?.table);
    const chain = textOf(owner?.[kind === "chain" ? "name" : "chain"]);
    if (owner === undefined || family === undefined || table === undefined || chain === undefined) {
      unread(`nft -j list ruleset: a ${kind} of an unknown shape`);
      continue;
    }
    // Rules for bridges, ARP and devices see no packet that IPVS sees.
    const families = own(FAMILIES, family);
    if (families !== undefined) {
      const name = `nft ${family} ${table}`;
      const { chains } = tables.get(name) ?? put(tables, name, { name, families, chains: new Map() });
      if (kind === "chain") chains.set(chain, { name: chain, rules: [], ...baseOf(owner) });
      else addRule(owner.expr, chains.get(chain), () => unread(`${name} ${chain}: a rule of an unknown shape`));
    }
  }
  return [...tables.values()];
}

type MutableChain = Omit<Chain, "rules"> & { rules: Rule[] };
type MutableTable = Omit<Table, "chains"> & { chains: Map<string, MutableChain> };

function put<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.set(key, value);
  return value;
}

function rulesetOf(text: string): readonly unknown[] {
  let list: readonly unknown[] | undefined;
  try {
    list = listOf(objectOf(JSON.parse(text))?.nftables);
  } catch {
    // Not even JSON.
  }
  if (list === undefined) throw new HostError("nft -j list ruleset: not the expected JSON");
  return list;
}

function baseOf(chain: Json): Pick<Chain, "base"> {
  if (typeof chain.hook !== "string") return {};
  const priority = typeof chain.prio === "number" ? chain.prio : 0;
  return { base: { hook: chain.hook as Hook, priority, policy: chain.policy === "drop" ? "drop" : "accept" } };
}

/** Adds a rule to its chain; one that cannot be understood may match anything and do anything. */
function addRule(expr: unknown, chain: MutableChain | undefined, unread: () => void): void {
  const statements = isDeeper(expr, LEVELS) ? undefined : listOf(expr);
  if (statements === undefined || chain === undefined) unread();
  if (statements !== undefined) for (const rule of parseRule(statements, unread)) chain?.rules.push(rule);
  else chain?.rules.push({ matches: [unknown], verdict: { kind: "unknown" }, text: "?" });
}

/** One rule of nft as one or more plain ones: a verdict map is a rule for each of its entries. */
function parseRule(statements: readonly unknown[], unread: () => void): Rule[] {
  const matches: Match[] = [];
  const text = statements.map(describe).join(" ");
  let destination: string | undefined;
  const rules: Rule[] = [];
  const add = (verdict: Verdict, extra: readonly Match[] = []) =>
    rules.push({
      matches: [...matches, ...extra],
      verdict,
      text,
      ...(destination !== undefined && { destination }),
    });
  /** What is not known may match or not, and end the walk, as queue, dnat or tproxy do. */
  const addUnknown = () => {
    matches.push(unknown);
    add({ kind: "unknown" });
  };
  for (const statement of statements) {
    const [kind, value] = kindOf(statement);
    const fields = objectOf(value);
    const verdict = own(VERDICTS, kind);
    if (kind === "" || (fields === undefined && NEED_FIELDS.has(kind))) {
      unread();
      addUnknown();
    } else if (kind === "match") {
      const { op, left, right } = fields!;
      if (op === "==" && payloadOf(left)?.field === "daddr") destination = singleHost(networkText(right) ?? "");
      matches.push(parseMatch(op, left, right));
    } else if (kind === "vmap") {
      for (const [match, entry] of entriesOf(fields!)) add(entry, [match]);
    } else if (kind === "mangle" && metaKey(fields!.key) === "mark") {
      add(markOf(fields!.value));
    } else if (kind === "jump" || kind === "goto") {
      add(jumpOf(kind, fields));
    } else if (verdict !== undefined) {
      add(verdict);
    } else if (kind === "limit") {
      matches.push(unknown);
    } else if (!PASSING.has(kind)) {
      addUnknown();
    }
  }
  return rules;
}

/** Statements that say nothing without fields. */
const NEED_FIELDS = new Set(["match", "vmap", "mangle", "jump", "goto"]);

function jumpOf(kind: "jump" | "goto", fields: Json | undefined): Verdict {
  return { kind, chain: textOf(fields?.target) ?? "" };
}

function markOf(value: unknown): Verdict {
  return isMark(value) ? { kind: "mark", value, mask: ALL_BITS } : { kind: "continue" };
}

function entriesOf(vmap: Json): readonly (readonly [Match, Verdict])[] {
  const data = listOf(objectOf(vmap.data)?.set);
  if (data === undefined) return [[unknown, { kind: "unknown" }]];
  return data.map((entry) => {
    const [key, verdict] = listOf(entry) ?? [];
    const [kind, target] = kindOf(verdict);
    const jump = kind === "jump" || kind === "goto" ? jumpOf(kind, objectOf(target)) : undefined;
    return [parseMatch("==", vmap.key, key), jump ?? own(VERDICTS, kind) ?? { kind: "unknown" }];
  });
}
