import type { Chain, Firewall, Hook, Packet, Rule, Table, Verdict } from "./model.js";

/** Deeper than this no sane ruleset jumps; the kernel's own limit is 16. */
const DEPTH = 20;

/** A rule with the chain that it stands in. */
export interface Place {
  readonly table: string;
  readonly chain: string;
  /** Absent: the policy of the chain. */
  readonly rule?: Rule;
}

/** How walks through a chain can end. */
interface Ends {
  /** What ends the walk for good, with the place, such as a drop; what certainly does comes last. */
  readonly final: { readonly verdict: Verdict["kind"]; readonly place: Place }[];
  /** True when the packet may come out at the end of the chain. */
  through: boolean;
}

/**
 * The rule or policy that drops every such packet at a hook; absent when some may pass, as far as can be told.
 *
 * @param below only chains of a lower priority: those that see the packet before IPVS does
 */
export function dropOf(firewall: Firewall, hook: Hook, packet: Packet, below: number): Place | undefined {
  for (const { table, chain } of baseChains(firewall, hook, packet)) {
    if (chain.base!.priority >= below) continue;
    const { final } = walkBase(table, chain, packet);
    if (final.length > 0 && final.every(({ verdict }) => verdict === "drop")) return final.at(-1)!.place;
  }
  return undefined;
}

/** The rule that rewrites the source of every such packet on its way out; absent when some may keep theirs. */
export function snatOf(firewall: Firewall, packet: Packet): Place | undefined {
  for (const { table, chain } of baseChains(firewall, "postrouting", packet)) {
    const { final } = walkBase(table, chain, packet);
    if (final.length > 0 && final.every(({ verdict }) => verdict === "snat")) return final.at(-1)!.place;
  }
  return undefined;
}

/** True when some rule may take such packets out of connection tracking. */
export function mayBeUntracked(firewall: Firewall, packet: Packet): boolean {
  return rulesOf(firewall).some(
    ({ rule }) => rule.verdict.kind === "notrack" && rule.matches.every((match) => match(packet) !== false),
  );
}

/** Every rule with its place. */
export function rulesOf(firewall: Firewall): { place: Place; rule: Rule }[] {
  return firewall.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.map((rule) => ({ rule, place: { table: table.name, chain: chain.name, rule } })),
    ),
  );
}

/** `iptables nat POSTROUTING: -j MASQUERADE`. */
export function describePlace({ table, chain, rule }: Place): string {
  return `${table} ${chain}: ${rule?.text ?? "policy drop"}`;
}

function baseChains(firewall: Firewall, hook: Hook, packet: Packet): { table: Table; chain: Chain }[] {
  return firewall
    .filter((table) => table.families.includes(packet.family))
    .flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })))
    .filter(({ chain }) => chain.base?.hook === hook)
    .sort((a, b) => a.chain.base!.priority - b.chain.base!.priority);
}

function walkBase(table: Table, chain: Chain, packet: Packet): Ends {
  const ends = walk(table, chain, packet, 0);
  if (ends.through) {
    ends.final.push({ verdict: chain.base!.policy, place: { table: table.name, chain: chain.name } });
  }
  return ends;
}

function walk(table: Table, chain: Chain, packet: Packet, depth: number): Ends {
  const ends: Ends = { final: [], through: false };
  for (const rule of chain.rules) {
    const certain = outcome(rule, packet);
    if (certain === false) continue;
    const place = { table: table.name, chain: chain.name, rule };
    const { verdict } = rule;
    switch (verdict.kind) {
      case "continue":
      case "mark":
      case "notrack":
        continue;
      case "return":
        ends.through = true;
        break;
      case "jump":
      case "goto": {
        const inner = enter(table, verdict.chain, packet, depth, place);
        ends.final.push(...inner.final);
        if (inner.through && verdict.kind === "jump") continue;
        ends.through ||= inner.through;
        break;
      }
      default:
        ends.final.push({ verdict: verdict.kind, place });
    }
    if (certain) return ends;
  }
  ends.through = true;
  return ends;
}

/** A chain that is not there is a target that this version does not know. */
function enter(table: Table, name: string, packet: Packet, depth: number, place: Place): Ends {
  const chain = table.chains.get(name);
  if (chain === undefined || depth === DEPTH) return { final: [{ verdict: "unknown", place }], through: true };
  return walk(table, chain, packet, depth + 1);
}

function outcome(rule: Rule, packet: Packet): boolean | undefined {
  let certain: boolean | undefined = true;
  for (const match of rule.matches) {
    const result = match(packet);
    if (result === false) return false;
    if (result === undefined) certain = undefined;
  }
  return certain;
}
