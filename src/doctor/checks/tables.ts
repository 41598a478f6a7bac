import { connectionsOf } from "../../model/table.js";
import { type DirectorCheck, onDirector, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Remedy } from "../finding.js";

/** Entries per bucket from which looking one up takes noticeably longer. */
const CROWDED = 8;
/** Buckets, as a power of two, that the connection table can have: before tables that grow, and with them. */
const MOST_BITS = { fixed: 20, growing: 27 } as const;
/** What the load factors are unless they are set. */
const LOAD_FACTORS = { conn_lfactor: -4, svc_lfactor: -3 } as const;

interface Crowd {
  readonly evidence: string;
  readonly remedy: Remedy;
}

export const smallTable: DirectorCheck = {
  id: "connection-table-small",
  title: "A hash table is small for what it holds",
  scope: "director",
  appliesTo: (facts) => (facts.info?.connectionTableSize ?? 0) > 0,
  verdict(facts): Verdict | undefined {
    const found = [connectionTable(facts), serviceTable(facts)].filter((crowd) => crowd !== undefined);
    if (found.length === 0) return undefined;
    return {
      severity: "warning",
      evidence: found.map(({ evidence }) => evidence),
      why: "Every packet searches its bucket, so a crowded table costs processor time.",
      remedies: found.map(({ remedy }) => remedy),
    };
  },
};

function connectionTable(facts: Facts): Crowd | undefined {
  const status = facts.status()?.connections;
  const count = status?.entries ?? countConnections(facts);
  const size = status?.buckets ?? facts.info!.connectionTableSize;
  if (size === 0 || count < size * CROWDED) return undefined;
  const chosen = loosened(facts, "conn_lfactor");
  const bits = Math.min(status ? MOST_BITS.growing : MOST_BITS.fixed, Math.ceil(Math.log2(count)));
  return {
    evidence: `${count} connections in ${size} buckets${chosen ? `, ${chosen.evidence}` : ""}`,
    remedy:
      chosen?.remedy ??
      onDirector(
        [`echo 'options ip_vs conn_tab_bits=${bits}' > /etc/modprobe.d/ip_vs.conf`],
        "The table's size, or how far it may grow, is set when ip_vs is loaded; takes effect when it is loaded again:",
      ),
  };
}

/** Linux has no limit for it that could be set, only how full it may get. */
function serviceTable(facts: Facts): Crowd | undefined {
  const status = facts.status()?.services;
  const chosen = loosened(facts, "svc_lfactor");
  if (status === undefined || chosen === undefined || status.entries < status.buckets * CROWDED) return undefined;
  return { ...chosen, evidence: `${status.entries} services in ${status.buckets} buckets, ${chosen.evidence}` };
}

/** A load factor that lets a table get as crowded as that. */
function loosened(facts: Facts, name: keyof typeof LOAD_FACTORS): Crowd | undefined {
  const parameter = `net.ipv4.vs.${name}`;
  const value = facts.number(parameter);
  if (value === undefined || value <= 0) return undefined;
  return {
    evidence: `${parameter} = ${value}`,
    remedy: onDirector(
      [`sysctl -w ${parameter}=${LOAD_FACTORS[name]}`],
      `It grows above 2^${value} entries for each bucket; at once, once that is lower:`,
    ),
  };
}

/** Without the templates of persistence, which are connections to the kernel, too. */
function countConnections(facts: Facts): number {
  return facts.table
    .flatMap(({ destinations }) => destinations)
    .reduce((sum, server) => sum + connectionsOf(server), 0);
}

/** Shares of the limit from which a warning and an error are due. */
const NEARLY = 0.8;
const REACHED = 0.95;

/** The largest value that the kernel takes (`IP_VS_CONN_MAX`, 64 bits). */
const LARGEST = 2 ** 30;

/** Since Linux 7.2 (`ip_vs_conn_new`): at the limit there is no connection, no message and no counter. */
export const connectionLimit: DirectorCheck = {
  id: "connection-limit",
  title: "The number of connections is at its limit, or near it",
  scope: "director",
  appliesTo: (facts) => facts.table.length > 0 && facts.number(LIMIT) !== undefined,
  verdict(facts): Verdict | undefined {
    const limit = facts.number(LIMIT)!;
    const count = facts.status()?.connections.entries ?? countConnections(facts);
    if (count < limit * NEARLY) return undefined;
    const most = Math.min(LARGEST, Math.max(limit, count, 1024) * 4);
    return {
      severity: count >= limit * REACHED ? "error" : "warning",
      evidence: [`${LIMIT} = ${limit}`, `${count} connections`],
      why: "At the limit packets of new connections are dropped, and nothing says so. Each network namespace has its own limit.",
      remedies: [onDirector([`sysctl -w ${LIMIT}=${most}`])],
    };
  },
};

const LIMIT = "net.ipv4.vs.conn_max";
