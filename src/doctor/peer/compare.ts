import { group, worstFirst } from "../examine.js";
import type { Finding, Remedy } from "../finding.js";
import { OWNERS, withOwners } from "../owners.js";
import { PAIR_CHECKS } from "./checks/index.js";
import { type Pair, type PairCheck, WHERE, type Where } from "./pair.js";
import type { Side } from "./side.js";

/** Where two directors do not fit together, the most serious first. */
export function compareSides(pair: Pair, checks: readonly PairCheck[] = PAIR_CHECKS): Finding[] {
  const findings = checks.flatMap((check) => group(check, [...check.judge(pair)]));
  return worstFirst(findings).map((finding) => ({
    ...finding,
    remedies: finding.remedies.map((remedy) => nameWriters(remedy, pair)),
  }));
}

function nameWriters(remedy: Remedy, pair: Pair): Remedy {
  if (remedy.on === "server") return remedy;
  const where = remedy.on === "director" ? "here" : "there";
  const writers = pair[where].writers ?? [];
  const owners = OWNERS.filter(({ process }) => writers.includes(process));
  return withOwners(remedy, owners, where);
}

/** What a side can leave open, and what is not compared without it. */
const PARTS: readonly { readonly part: keyof Side; readonly what: string }[] = [
  { part: "timeouts", what: "timeouts" },
  { part: "daemons", what: "sync daemons" },
  { part: "parameters", what: "kernel parameters" },
  { part: "syncInterfaces", what: "interfaces of sync daemons" },
  { part: "virtualAddresses", what: "virtual addresses" },
  { part: "kernel", what: "kernel" },
];

const whyNot = ({ original }: Side) => (original ? ", which ipvsadm 1.31 does not tell" : "");

/** What was not compared, and why. */
export function unreadOf(pair: Pair): string[] {
  const open = (where: Where) => PARTS.filter(({ part }) => pair[where][part] === undefined).map(({ what }) => what);
  return WHERE.flatMap((where) => [
    ...(open(where).length === 0 ? [] : [`${pair.names[where]}: ${open(where).join(", ")}${whyNot(pair[where])}`]),
    ...pair[where].unread.map((text) => `${pair.names[where]}: ${text}`),
  ]);
}
