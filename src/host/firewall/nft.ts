import type { Family } from "../../model/address.js";
import { HostError } from "../host.js";
import { singleHost, unknown } from "./matches.js";
import type { Chain, Hook, Match, Rule, Table, Verdict } from "./model.js";
import { type Json, listOf, objectOf } from "./nft-json.js";
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
    else if (!PASSING.has(kind)) {
      matches.push(unknown);
      // Neither a mere condition: what is not known may end the walk, as queue, dnat or tproxy do.
      if (kind !== "limit") rules.push(rule({ kind: "unknown" }));
    }
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
