import { FULL_NETMASK, IP_VS_SVC_F_PERSISTENT, serviceFamily } from "../../model/service.js";
import type { TableEntry } from "../../model/table.js";
import { compareTables, type ServiceDifference } from "../../rules/diff.js";
import type { Judgement } from "../examine.js";
import type { Remedy, TablePart } from "../finding.js";
import type { Side, VirtualAddressState } from "./side.js";

/** Which of the two directors: this one, or the other. */
export type Where = "here" | "there";

export const WHERE = ["here", "there"] as const satisfies readonly Where[];

export const OTHER = { here: "there", there: "here" } as const satisfies Readonly<Record<Where, Where>>;

/** The difference of two tables as comparisons tell it: `before` is here, `after` is there. */
export const PLACE = { here: "before", there: "after" } as const;

/** Two directors that are to stand in for each other, or to share the work. */
export interface Pair extends Readonly<Record<Where, Side>> {
  /** What they are called: names of hosts, which may be the same. */
  readonly names: Readonly<Record<Where, string>>;
  /** From this table to that one. */
  readonly differences: readonly ServiceDifference[];
}

/** Compares two directors on one point. */
export interface PairCheck {
  /** Stable name: `peer-order`. */
  readonly id: string;
  /** What is wrong, in a few words. */
  readonly title: string;
  /** What is not known of a side is not judged. */
  readonly judge: (pair: Pair) => Iterable<Judgement>;
}

export function pairOf(own: Side, there: Side): Pair {
  const here = there.original ? { ...own, table: own.table.map(toldByOriginal) } : own;
  const names =
    here.host === there.host
      ? { here: `${here.host} (here)`, there: `${there.host} (there)` }
      : { here: here.host, there: there.host };
  return { here, there, names, differences: compareTables(here.table, there.table, { order: true }) };
}

/** A service as ipvsadm 1.31 tells it. */
function toldByOriginal({ service, destinations }: TableEntry): TableEntry {
  const persistent = (service.flags & IP_VS_SVC_F_PERSISTENT) !== 0;
  return {
    service: persistent ? service : { ...service, netmask: FULL_NETMASK[serviceFamily(service)] },
    destinations: destinations.map((server) =>
      server.forwarding === "local" ? { ...server, forwarding: "route" } : server,
    ),
  };
}

/** What was read of one side, with its name: `lb1: net.ipv4.ip_forward = 1`. */
export function seen({ names }: Pair, where: Where, text: string): string {
  return `${names[where]}: ${text}`;
}

/** Commands for one of the two. */
export function onSide(where: Where, commands: readonly string[], note?: string, changes?: TablePart): Remedy {
  return {
    on: where === "here" ? "director" : "peer",
    commands,
    ...(note !== undefined && { note }),
    ...(changes !== undefined && { changes }),
  };
}

/**
 * How both sides become equal, either way; what is more likely wanted comes first.
 *
 * @param likely the side that is more likely the wrong one; default: the other director, since users ask the one that they trust
 */
export function eitherWay(
  { names }: Pair,
  commands: (wrong: Where) => readonly string[],
  { likely = "there", changes }: { readonly likely?: Where; readonly changes?: TablePart } = {},
): Remedy[] {
  const other = OTHER[likely];
  return [
    onSide(likely, commands(likely), undefined, changes),
    onSide(other, commands(other), `Or, if ${names[likely]} is right:`, changes),
  ];
}

/** The addresses that services of both directors have, with what is known of them on both. */
export function sharedAddresses({ here, there }: Pair): Readonly<Record<Where, VirtualAddressState>>[] {
  const others = new Map(there.virtualAddresses?.map((state) => [state.address, state]));
  return (here.virtualAddresses ?? []).flatMap((state) => {
    const other = others.get(state.address);
    return other === undefined ? [] : [{ here: state, there: other }];
  });
}

/** Whether a program runs on both that moves addresses between them, such as keepalived. */
export function addressesMove(pair: Pair): boolean {
  return WHERE.every((where) => (pair[where].movers ?? []).length > 0);
}

/**
 * Which of the two, and only it, gets the packets of clients, as with VRRP. Absent: both, neither, or not known. An address on
 * loopback says nothing of that, unless it moves: real servers have it too, and members of a fleet that routers spread packets over.
 */
export function activeOf(pair: Pair): Where | undefined {
  const shared = sharedAddresses(pair);
  const move = addressesMove(pair);
  const [here, there] = WHERE.map((where) =>
    shared.some(
      ({ [where]: { local, arp }, [OTHER[where]]: other }) => local && (arp !== false || (move && !other!.local)),
    ),
  );
  if (here === there) return undefined;
  return here ? "here" : "there";
}

/** Whether both get packets of clients for the same address, as in a fleet that routers spread them over. */
export function isFleet(pair: Pair): boolean {
  return sharedAddresses(pair).some(({ here, there }) => here.local && there.local && here.arp === there.arp);
}
