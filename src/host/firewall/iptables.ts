import type { Family } from "../../model/address.js";
import { own } from "../../model/own.js";
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

/** Priorities of the built-in tables (`enum nf_ip_hook_priorities`); nat has two. */
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 };
const NAT_DESTINATION = -100;
const NAT_SOURCE = 100;

/** What options with an argument ask of a packet; for all others it cannot be told. */
const OPTIONS: Readonly<Record<string, (value: string) => Match>> = {
  "-s": (value) => addressMatch("source", value),
  "-d": (value) => addressMatch("destination", value),
  "-p": protocolMatch,
  "-i": (value) => interfaceMatch("input", value),
  "-o": (value) => interfaceMatch("output", value),
  "--sport": (value) => portMatch("sourcePort", value),
  "--dport": (value) => portMatch("destinationPort", value),
  "--sports": (value) => anyOf(value.split(",").map((part) => portMatch("sourcePort", part))),
  "--dports": (value) => anyOf(value.split(",").map((part) => portMatch("destinationPort", part))),
  "--ctstate": (value) => stateMatch(value.split(",")),
  "--state": (value) => stateMatch(value.split(",")),
  "--dst-type": (value) => (value === "LOCAL" ? field("local", (local) => local) : unknown),
  "--vaddr": (value) => (packet) => {
    const address = packet.ipvs?.address;
    return address === undefined ? undefined : addressMatch("destination", value)({ ...packet, destination: address });
  },
  "--vport": (value) => (packet) => (packet.ipvs?.port === undefined ? undefined : packet.ipvs.port === Number(value)),
  "--vproto": protocolMatch,
  "--mark": (value) => {
    const mark = parseMark(value);
    return mark === undefined ? unknown : field("mark", (found) => (found & mark.mask) >>> 0 === mark.value);
  },
};

/** Options without an argument. */
const SWITCHES: Readonly<Record<string, Match>> = {
  "--ipvs": (packet) => packet.ipvs !== undefined,
  "--syn": field("syn", (syn) => syn),
};

/** Modules that are a condition even when nothing more is asked of them. */
const BARE_CONDITIONS = new Set(["rpfilter", "socket"]);

/** Options whose argument may look like anything, even like an option. */
const FREE_TEXT = new Set(["--comment", "--string", "--hex-string"]);

const TARGETS: Readonly<Record<string, Verdict>> = {
  ACCEPT: { kind: "accept" },
  DROP: { kind: "drop" },
  REJECT: { kind: "drop" },
  RETURN: { kind: "return" },
  MASQUERADE: { kind: "snat" },
  SNAT: { kind: "snat" },
  NETMAP: { kind: "unknown" },
  LOG: { kind: "continue" },
  NFLOG: { kind: "continue" },
  ULOG: { kind: "continue" },
  TRACE: { kind: "continue" },
  TCPMSS: { kind: "continue" },
  CONNMARK: { kind: "continue" },
  DSCP: { kind: "continue" },
  TOS: { kind: "continue" },
  TTL: { kind: "continue" },
  CLASSIFY: { kind: "continue" },
  SET: { kind: "continue" },
  NOTRACK: { kind: "notrack" },
};

/** A table, a chain with its policy, or a rule. */
const LINE = /^(\*|:|-A )(\S+) ?(.*)$/;

/** Lines that say nothing about rules. */
const SILENT = /^(#|COMMIT\s*$|\s*$)/;

/** Characters: no line of a rule that a kernel takes comes near it. */
const LONGEST_LINE = 65_536;

/** Characters of a line in a report. */
const SHOWN = 100;

/**
 * Reads what iptables-save, ip6tables-save and their legacy variants print.
 *
 * @param program such as `iptables`, for the names of the tables
 * @param unread is told of lines that could not be understood
 */
export function parseIptables(text: string, family: Family, program: string, unread: Unread = () => {}): Table[] {
  const tables: Table[] = [];
  let chains: Map<string, Chain & { readonly rules: Rule[] }> | undefined;
  let table = "";
  const odd: string[] = [];
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = line.length > LONGEST_LINE ? [] : (LINE.exec(line) ?? []);
    if (kind === "*") {
      table = name;
      chains = new Map();
      tables.push({ name: `${program} ${table}`, families: [family], chains });
    } else if (kind === ":" && chains !== undefined) {
      chains.set(name, { name, rules: [], ...baseOf(table, name, rest.split(" ")[0]!) });
    } else if (kind === "-A " && chains?.has(name)) {
      chains.get(name)!.rules.push(parseRule(splitWords(rest), rest));
    } else if (!SILENT.test(line)) {
      odd.push(line.slice(0, SHOWN));
    }
  }
  if (odd.length > 0) unread(`${program}-save: ${odd.length} unexpected lines, such as: ${odd[0]}`);
  return tables;
}

/** Chains of users have no policy. */
function baseOf(table: string, name: string, policy: string): Pick<Chain, "base"> {
  if (policy === "-") return {};
  const hook = name.toLowerCase() as Hook;
  return { base: { hook, priority: priorityOf(table, hook), policy: policy === "DROP" ? "drop" : "accept" } };
}

function priorityOf(table: string, hook: Hook): number {
  if (table !== "nat") return own(PRIORITIES, table) ?? 0;
  return hook === "input" || hook === "postrouting" ? NAT_SOURCE : NAT_DESTINATION;
}

function parseRule(words: readonly string[], text: string): Rule {
  const matches: Match[] = [];
  let verdict: Verdict = { kind: "continue" };
  let destination: string | undefined;
  let asksIpvs = false;
  for (let at = 0; at < words.length; at++) {
    const negated = words[at] === "!";
    if (negated) at++;
    const option = words[at]!;
    if (option === "-j" || option === "-g") {
      verdict = targetOf(words.slice(at), option);
      break;
    }
    if (FREE_TEXT.has(option)) {
      at++;
      if (option !== "--comment") matches.push(unknown);
      continue;
    }
    const values: string[] = [];
    while (at + 1 < words.length && !/^(-|!$)/.test(words[at + 1]!)) values.push(words[++at]!);
    if (option === "-m") {
      if (values[0] === "ipvs") asksIpvs = true;
      if (BARE_CONDITIONS.has(values[0] ?? "")) matches.push(unknown);
      continue;
    }
    if (option === "-d" && !negated) destination = singleHost(values[0] ?? "");
    const match = own(SWITCHES, option) ?? own(OPTIONS, option)?.(values[0] ?? "") ?? unknown;
    matches.push(negated ? not(match) : match);
  }
  return { matches, verdict, text, ...(destination !== undefined && { destination }), ...(asksIpvs && { asksIpvs }) };
}

function targetOf(words: readonly string[], option: string): Verdict {
  const [, target = "", ...rest] = words;
  if (option === "-g") return { kind: "goto", chain: target };
  if (target === "MARK") return markOf(rest);
  if (target === "CT") return { kind: rest.includes("--notrack") ? "notrack" : "continue" };
  // Targets of extensions are in capitals; chains of users may be too, and walking an unknown chain finds that out.
  return own(TARGETS, target) ?? { kind: "jump", chain: target };
}

function markOf(words: readonly string[]): Verdict {
  const [option, value] = words;
  if (value === undefined || (option !== "--set-xmark" && option !== "--set-mark")) return { kind: "continue" };
  const mark = parseMark(value);
  return mark === undefined ? { kind: "unknown" } : { kind: "mark", ...mark };
}

/** `0x7/0xff`, `7`. */
function parseMark(text: string): { value: number; mask: number } | undefined {
  const [value, mask = ALL_BITS] = text.split("/").map(Number);
  return isMark(value) && isMark(mask) ? { value, mask } : undefined;
}

/** Words separated by blanks; a word in double quotes may contain blanks, and `\"` a quote. */
function splitWords(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word,
  );
}
