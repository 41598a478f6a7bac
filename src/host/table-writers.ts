import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** A program that writes the table. */
export interface TableWriter {
  /** Its command name. */
  readonly process: string;
  /** An interface that it makes; without it the program is taken for one that leaves the table alone. */
  readonly link?: string;
  /** False for programs that often run for something else. */
  readonly certain: boolean;
  /** Its configuration, as the end of "change it in ...". */
  readonly configuration: string;
}

/** From the manual pages keepalived.conf(5) and ldirectord(8), and the documentation of Kubernetes, kube-router and Docker. */
export const TABLE_WRITERS = {
  // It may run for VRRP alone.
  keepalived: { process: "keepalived", certain: false, configuration: "keepalived.conf, and reload it" },
  ldirectord: { process: "ldirectord", certain: true, configuration: "ldirectord.cf" },
  kubeProxy: { process: "kube-proxy", link: "kube-ipvs0", certain: true, configuration: "the cluster" },
  kubeRouter: { process: "kube-router", link: "kube-dummy-if", certain: true, configuration: "the cluster" },
  docker: { process: "dockerd", link: "docker_gwbridge", certain: false, configuration: "the swarm" },
} as const satisfies Readonly<Record<string, TableWriter>>;

/** The programs that write the table of this network namespace, or may. Empty where that cannot be seen. */
export function runningWriters(): TableWriter[] {
  const processes = new Set(readdirSync("/proc").map(processHere));
  return Object.values<TableWriter>(TABLE_WRITERS).filter(
    ({ process, link }) => processes.has(process) && (link === undefined || isLink(link)),
  );
}

/** The command name of a process of this network namespace that may be one of them. */
function processHere(id: string): string | undefined {
  try {
    const name = /^\d+$/.test(id) ? readFileSync(`/proc/${id}/comm`, "utf8").trimEnd() : "";
    const isHere = NAMES.has(name) && readlinkSync(`/proc/${id}/ns/net`) === readlinkSync("/proc/self/ns/net");
    return isHere ? name : undefined;
  } catch {
    // It has ended meanwhile, or may not be looked at.
    return undefined;
  }
}

const NAMES: ReadonlySet<string> = new Set(Object.values(TABLE_WRITERS).map(({ process }) => process));

function isLink(name: string): boolean {
  return statSync(`/sys/class/net/${name}`, { throwIfNoEntry: false }) !== undefined;
}

/** A line that warns of them before the table is changed: what they write does not last. Nothing when there is none. */
export function writersText(writers: readonly TableWriter[]): string {
  return writers
    .map(({ process, certain, configuration }) =>
      certain
        ? `warning: ${process} writes this table, and what is changed by hand does not last: change its configuration (${configuration}) instead\n`
        : `warning: ${process} runs here. If it writes this table, what is changed by hand does not last: then change its configuration (${configuration}) instead\n`,
    )
    .join("");
}
