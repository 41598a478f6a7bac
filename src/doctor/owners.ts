import { TABLE_WRITERS, type TableWriter } from "../host/table-writers.js";
import type { Facts } from "./facts.js";
import type { Finding, Remedy, TablePart } from "./finding.js";

/** A program that writes the table. */
export interface Owner extends TableWriter {
  /** What of the table it writes, and the setting for it; absent parts it leaves alone. */
  readonly settings: Readonly<Partial<Record<TablePart, string>>>;
}

const CLUSTER = "the Services and EndpointSlices of the cluster";

/** What Kubernetes keeps for whichever program writes its table. */
const OF_CLUSTER = {
  services: CLUSTER,
  servers: CLUSTER,
  weights: CLUSTER,
  thresholds: CLUSTER,
  "one-packet": CLUSTER,
} as const;

/** From the manual pages keepalived.conf(5) and ldirectord(8), and the documentation of Kubernetes, kube-router and Docker. */
export const OWNERS: readonly Owner[] = [
  {
    ...TABLE_WRITERS.keepalived,
    settings: {
      services: "the virtual_server blocks",
      servers: "the real_server blocks of the virtual_server",
      weights: "weight in the real_server block",
      thresholds: "uthreshold and lthreshold in the real_server block",
      forwarding: "lvs_method (lb_kind) of the virtual_server or real_server",
      "scheduler flags": "the flag in the virtual_server block, behind lvs_sched (lb_algo)",
      "one-packet": "ops in the virtual_server block",
      timeouts: "lvs_timeouts in global_defs",
      "sync daemons": "lvs_sync_daemon in global_defs",
    },
  },
  {
    ...TABLE_WRITERS.ldirectord,
    settings: {
      services: "the virtual= sections",
      servers: "the real= lines of the virtual= section",
      weights: "the weight at the end of the real= line",
      thresholds: "the real= lines",
      forwarding: "gate, masq or ipip in the real= line",
      "scheduler flags": "the virtual= section",
      "one-packet": "the virtual= section",
    },
  },
  {
    ...TABLE_WRITERS.kubeProxy,
    settings: {
      ...OF_CLUSTER,
      forwarding: "the mode of kube-proxy, which uses NAT only in the mode ipvs",
      "scheduler flags": "ipvs.scheduler of KubeProxyConfiguration",
      timeouts: "ipvs.tcpTimeout, tcpFinTimeout and udpTimeout of KubeProxyConfiguration",
    },
  },
  {
    ...TABLE_WRITERS.kubeRouter,
    settings: {
      ...OF_CLUSTER,
      forwarding: "the annotation kube-router.io/service.dsr of the Service",
      "scheduler flags": "the annotation kube-router.io/service.schedflags of the Service",
    },
  },
  {
    ...TABLE_WRITERS.docker,
    settings: {
      services: "its services (docker service update)",
      servers: "the tasks of the service (docker service update)",
      weights: "the tasks of the service (docker service update)",
      thresholds: "the tasks of the service (docker service update)",
      forwarding: "the endpoint mode of the service (docker service update)",
      "scheduler flags": "its services (docker service update)",
      "one-packet": "its services (docker service update)",
    },
  },
];

/** The programs that run here and write the table, or may. */
export function ownersOf(facts: Pick<Facts, "processes" | "linkNamed">): Owner[] {
  const processes = facts.processes();
  return OWNERS.filter(
    ({ process, link }) => processes.has(process) && (link === undefined || facts.linkNamed(link) !== undefined),
  );
}

/** Findings whose remedies say what to change in the configuration of the programs that write the table. */
export function nameOwners(findings: readonly Finding[], facts: Facts): Finding[] {
  const owners = ownersOf(facts);
  if (owners.length === 0) return [...findings];
  return findings.map((finding) => ({
    ...finding,
    remedies: finding.remedies.map((remedy) => withOwners(remedy, owners, "here")),
  }));
}

/** A remedy that says what to change in the configuration of the programs that write the table where it is typed. */
export function withOwners(remedy: Remedy, owners: readonly Owner[], place: "here" | "there"): Remedy {
  const { changes } = remedy;
  if (changes === undefined) return remedy;
  const table = place === "here" ? "this table" : "that table";
  const instead = owners.flatMap(({ process, certain, configuration, settings }) => {
    const setting = settings[changes];
    if (setting === undefined) return [];
    const head = certain
      ? `${process} writes ${table}, and what is changed by hand does not last: change`
      : `${process} runs ${place}. If it writes ${table}, what is changed by hand does not last: then change`;
    return [`${head} ${setting} (${configuration}) instead.`];
  });
  return instead.length === 0 ? remedy : { ...remedy, instead };
}
