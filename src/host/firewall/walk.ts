import type { Chain, Firewall, Hook, Packet, Rule, Table, Verdict } from "./model.js";

/** Rules that are held against packets in all: some seconds of work. */
const MOST_RULES = 100_000_000;

/** A rule with the chain that it stands in. */
export interface Place {
  readonly table: string;
  readonly chain: string;
  /** Absent: the policy of the chain. */
  readonly rule?: Rule;
}

/** How walks of a packet through a chain can end. */
interface Ends {
  /** What ends them for good, such as a drop. */
  readonly kinds: Set<Verdict["kind"]>;
  /** Where the last of these is; what certainly ends the walk comes last. */
  last: Place | undefined;
  /** True when the packet may come out at the end of the chain. */
  through: boolean;
}

/** A chain that a packet is in, and its next rule. */
interface Visit {
  readonly chain: Chain;
  readonly ends: Ends;
  next: number;
}

/** What is kept of a firewall from one question to the next. */
interface Notes {
  rules?: readonly { readonly place: Place; readonly rule: Rule }[];
  /** Rules that were held against packets. */
  work: number;
}

const NOTES = new WeakMap<Firewall, Notes>();

/**
 * The rule or policy that drops every such packet at a hook; absent when some may pass, as far as can be told.
 *
 * @param below only chains of a lower priority: those that see the packet before IPVS does
 */
export function dropOf(firewall: Firewall, hook: Hook, packet: Packet, below: number): Place | undefined {
  return certainEnd(firewall, hook, packet, "drop", below);
}

/** The rule that rewrites the source of every such packet on its way out; absent when some may keep theirs. */
export function snatOf(firewall: Firewall, packet: Packet): Place | undefined {
  return certainEnd(firewall, "postrouting", packet, "snat", Number.POSITIVE_INFINITY);
}

/** True when some rule may take such packets out of connection tracking. */
export function mayBeUntracked(firewall: Firewall, packet: Packet): boolean {
  return rulesOf(firewall).some(
    ({ rule }) => rule.verdict.kind === "notrack" && rule.matches.every((match) => match(packet) !== false),
  );
}

/** Every rule with its place. */
export function rulesOf(firewall: Firewall): NonNullable<Notes["rules"]> {
  const notes = notesOf(firewall);
  notes.rules ??= firewall.flatMap((table) =>
    [...table.chains.values()].flatMap((chain) =>
      chain.rules.map((rule) => ({ rule, place: { table: table.name, chain: chain.name, rule } })),
    ),
  );
  return notes.rules;
}

/** True when so many rules were held against so many packets that later questions got no answer. */
export function isExhausted(firewall: Firewall): boolean {
  return notesOf(firewall).work > MOST_RULES;
}

/** `iptables nat POSTROUTING: -j MASQUERADE`. */
export function describePlace({ table, chain, rule }: Place): string {
  return `${table} ${chain}: ${rule?.text ?? "policy drop"}`;
}

function notesOf(firewall: Firewall): Notes {
  const notes = NOTES.get(firewall) ?? { work: 0 };
  NOTES.set(firewall, notes);
  return notes;
}

/** Where all walks of a packet end in the first chain of a hook that ends them all in this way. */
function certainEnd(firewall: Firewall, hook: Hook, packet: Packet, kind: Verdict["kind"], below: number) {
  const notes = notesOf(firewall);
  for (const { table, chain } of baseChains(firewall, hook, packet)) {
    if (isExhausted(firewall)) return undefined;
    if (chain.base!.priority >= below) continue;
    const { kinds, last, through } = walk(table, chain, packet, notes);
    if (through) kinds.add(chain.base!.policy);
    if (kinds.size === 1 && kinds.has(kind)) return through ? { table: table.name, chain: chain.name } : last;
  }
  return undefined;
}

function baseChains(firewall: Firewall, hook: Hook, packet: Packet): { table: Table; chain: Chain }[] {
  return firewall
    .filter((table) => table.families.includes(packet.family))
    .flatMap((table) => [...table.chains.values()].map((chain) => ({ table, chain })))
    .filter(({ chain }) => chain.base?.hook === hook)
    .sort((a, b) => a.chain.base!.priority - b.chain.base!.priority);
}

/**
 * Follows a packet through a chain and those that it jumps to. Each chain is gone through once however many rules jump to
 * it, and the visits stand in a list instead of on the stack, so that no ruleset is too long or too deep.
 */
function walk(table: Table, start: Chain, packet: Packet, notes: Notes): Ends {
  const known = new Map<string, Ends>();
  const visits = [visit(start, known)];
  for (;;) {
    const { chain, ends } = visits.at(-1)!;
    const inner = proceed(visits.at(-1)!, table, packet, known, notes);
    if (inner !== undefined) visits.push(visit(inner, known));
    else {
      known.set(chain.name, ends);
      visits.pop();
      if (visits.length === 0) return ends;
    }
  }
}

/** Until it is left, a chain counts as one that may do anything: the kernel takes no chains that come back to themselves. */
function visit(chain: Chain, known: Map<string, Ends>): Visit {
  known.set(chain.name, { kinds: new Set(["unknown"]), last: undefined, through: true });
  return { chain, ends: { kinds: new Set(), last: undefined, through: false }, next: 0 };
}

/** Goes on in a chain to its end, or up to a rule that leads into a chain that has to be visited first. */
function proceed(
  visit: Visit,
  table: Table,
  packet: Packet,
  known: ReadonlyMap<string, Ends>,
  notes: Notes,
): Chain | undefined {
  const { chain, ends } = visit;
  for (; visit.next < chain.rules.length; visit.next++) {
    notes.work++;
    const rule = chain.rules[visit.next]!;
    const certain = outcome(rule, packet);
    if (certain === false) continue;
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
        const target = table.chains.get(verdict.chain);
        const inner = target && known.get(target.name);
        if (target !== undefined && inner === undefined) return target;
        enter(ends, inner ?? ANYTHING, { table: table.name, chain: chain.name, rule });
        if (inner?.through !== false && verdict.kind === "jump") continue;
        ends.through ||= inner?.through !== false;
        break;
      }
      default:
        ends.kinds.add(verdict.kind);
        ends.last = { table: table.name, chain: chain.name, rule };
    }
    if (certain) return undefined;
  }
  ends.through = true;
  return undefined;
}

/** A chain that is not there is a target that this version does not know. */
const ANYTHING: Ends = { kinds: new Set(["unknown"]), last: undefined, through: true };

function enter(ends: Ends, inner: Ends, place: Place): void {
  for (const kind of inner.kinds) ends.kinds.add(kind);
  if (inner.kinds.size > 0) ends.last = inner.last ?? place;
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
