import { own } from "../model/own.js";
import type { LiveDestination } from "../model/table.js";
import { availability, PERHAPS_FULL, takers } from "./availability.js";
import type { Choice } from "./choice.js";

/** How a scheduler without a table takes one of the servers that are open, in the kernel's order; absent for none. */
type Pick = (open: readonly LiveDestination[]) => LiveDestination | undefined;

/** A scheduler that does not go by hashes. */
interface Counting {
  /** What it goes by. */
  readonly by: string;
  /** Absent: nobody but the kernel knows. */
  readonly pick?: Pick;
  /** Connections do not count, so that what it picks is more than what it would pick now. */
  readonly settled?: true;
}

/** `ip_vs_dest_conn_overhead`: an active connection is as much as 256 inactive ones. */
const overhead = ({ activeConnections, inactiveConnections }: LiveDestination) =>
  activeConnections * 256 + inactiveConnections;

/** The connections that it would have. */
const expected = ({ activeConnections }: LiveDestination) => activeConnections + 1;

/** The least cost per weight; of equal ones the first. */
function least(cost: (server: LiveDestination) => number, weightOf = ({ weight }: LiveDestination) => weight): Pick {
  return (open) =>
    open.reduce<LiveDestination | undefined>(
      (best, server) =>
        best !== undefined && cost(best) * weightOf(server) <= cost(server) * weightOf(best) ? best : server,
      undefined,
    );
}

/** The highest weight; of equal ones the first. */
const heaviest: Pick = (open) =>
  open.reduce<LiveDestination | undefined>(
    (best, server) => (best !== undefined && best.weight >= server.weight ? best : server),
    undefined,
  );

/** The schedulers without a table (ip_vs_NAME.c). */
const COUNTING: Readonly<Record<string, Counting>> = {
  rr: { by: "the server that had the last connection" },
  wrr: { by: "the weights, and the server that had the last connection" },
  lc: { by: "the connections now", pick: least(overhead, () => 1) },
  wlc: { by: "the weights, and the connections now", pick: least(overhead) },
  sed: { by: "the weights, and the active connections now", pick: least(expected) },
  nq: {
    by: "the weights, and the active connections now",
    pick: (open) => open.find(({ activeConnections }) => activeConnections === 0) ?? least(expected)(open),
  },
  fo: { by: "the weights", pick: heaviest, settled: true },
  ovf: {
    by: "the weights, and the active connections now",
    pick: (open) => heaviest(open.filter(({ activeConnections, weight }) => activeConnections <= weight)),
  },
  lblc: { by: "the servers that addresses had before, and the connections now" },
  lblcr: { by: "the servers that addresses had before, and the connections now" },
  twos: { by: "chance, the weights, and the connections now" },
};

/** What a scheduler without a table does with a new connection of any client. */
export function choiceByCount(scheduler: string, servers: readonly LiveDestination[]): Choice {
  const candidates = takers(servers);
  if (candidates.length === 0) return { kind: "none", why: "every server is full or of weight 0" };
  const { by = "what this program does not know", pick, settled }: Partial<Counting> = own(COUNTING, scheduler) ?? {};
  const why = `it goes by ${by}`;
  if (servers.some((server) => availability(server) === "perhaps full")) {
    return { kind: "unknown", candidates, why: `${why}; ${PERHAPS_FULL}` };
  }
  const [only, second] = candidates;
  if (second === undefined && pick === undefined)
    return { kind: "server", server: only!, why: "the only server that takes connections" };
  const now = pick?.(candidates);
  if (pick !== undefined && now === undefined)
    return { kind: "none", why: `${why}; every server has more than its weight` };
  if (now !== undefined && (settled || second === undefined)) return { kind: "server", server: now, why };
  return { kind: "unknown", candidates, ...(now && { now }), why };
}
