import { destinationId } from "../../model/destination.js";
import { IP_VS_SVC_F_PERSISTENT } from "../../model/service.js";
import { type DirectorCheck, onDirector, onTable, type ServerCheck, type ServiceCheck } from "../check.js";

const NODEST = "net.ipv4.vs.expire_nodest_conn";
const QUIESCENT = "net.ipv4.vs.expire_quiescent_template";
const REUSE = "net.ipv4.vs.conn_reuse_mode";

/** Verified on Linux 6.1: packets of a connection whose server was removed are dropped without a word until it expires. */
export const removedServer: ServiceCheck = {
  id: "removed-server",
  title: "Connections still point to servers that were removed",
  scope: "service",
  appliesTo: (_entry, facts) => facts.number(NODEST) === 0,
  verdict(entry, facts) {
    const strays = facts.strays(entry);
    if (strays.length === 0) return undefined;
    return {
      severity: "warning",
      evidence: [
        `${NODEST} = 0`,
        ...strays.map(({ server, protocol, count }) => `${server}: not in the table, ${count} ${protocol} connections`),
      ],
      why:
        "Their packets are dropped silently until the connection times out; for UDP from a fixed port that never happens " +
        "as long as the client keeps sending.",
      remedies: [onDirector([`sysctl -w ${NODEST}=1`])],
    };
  },
};

/** Verified on Linux 6.1: clients of a persistent service come back to a server with weight 0. */
export const persistenceKept: ServerCheck = {
  id: "persistence-keeps-server",
  title: "A server with weight 0 still gets new connections of persistent clients",
  scope: "server",
  appliesTo: ({ entry, server }, facts) =>
    (entry.service.flags & IP_VS_SVC_F_PERSISTENT) !== 0 &&
    server.weight === 0 &&
    server.persistentConnections > 0 &&
    facts.number(QUIESCENT) === 0,
  verdict: ({ server }) => ({
    severity: "warning",
    evidence: [
      `${QUIESCENT} = 0`,
      `${destinationId(server)}: weight 0, ${server.persistentConnections} persistent clients`,
    ],
    why: "Clients that persistence ties to the server keep coming back to it, so that it never drains.",
    remedies: [onDirector([`sysctl -w ${QUIESCENT}=1`])],
  }),
};

/**
 * Linux 5.9 mended this (`ipvs: allow connection reuse for unconfirmed conntrack`). Kernels with run_estimation are newer;
 * only without it does the release have to tell.
 */
export const reuseStall: DirectorCheck = {
  id: "connection-reuse-stall",
  title: "Clients that reuse a port soon wait a second for their connection",
  scope: "director",
  appliesTo: (facts) =>
    facts.table.length > 0 &&
    facts.number("net.ipv4.vs.conntrack") === 1 &&
    (facts.number(REUSE) ?? 0) !== 0 &&
    facts.sysctl("net.ipv4.vs.run_estimation") === undefined,
  verdict(facts) {
    const [major = 0, minor = 0] = facts.release.split(".").map((part) => Number.parseInt(part, 10));
    if (major > 5 || (major === 5 && minor >= 9)) return undefined;
    return {
      severity: "warning",
      evidence: ["net.ipv4.vs.conntrack = 1", `${REUSE} = ${facts.number(REUSE)}`, `kernel ${facts.release}`],
      why:
        "Kernels before 5.9 drop the first packet of a client that uses a port again while its old connection is remembered, " +
        "unless the distribution has mended that.",
      remedies: [onDirector([`sysctl -w ${REUSE}=0`, `sysctl -w ${NODEST}=1`])],
    };
  },
};

export const tcpTimeout: DirectorCheck = {
  id: "tcp-timeout",
  title: "Idle TCP connections are forgotten before keepalives would refresh them",
  scope: "director",
  appliesTo: (facts) => facts.table.some(({ service }) => "fwmark" in service || service.protocol === "tcp"),
  verdict(facts) {
    const keepalive = facts.number("net.ipv4.tcp_keepalive_time");
    const { tcp = 0, tcpFin = 0, udp = 0 } = facts.timeouts ?? {};
    if (keepalive === undefined || tcp === 0 || tcp >= keepalive) return undefined;
    return {
      severity: "info",
      evidence: [`ipvsadm -L --timeout: tcp ${tcp} s`, `net.ipv4.tcp_keepalive_time = ${keepalive}`],
      why: `Connections that are idle for ${tcp} s are cut without the peers noticing; keepalives usually start after ${keepalive} s.`,
      remedies: [
        onTable(
          "timeouts",
          [`ipvsadm --set ${keepalive + 300} ${tcpFin} ${udp}`],
          "Or lower tcp_keepalive_time on clients or servers.",
        ),
      ],
    };
  },
};
