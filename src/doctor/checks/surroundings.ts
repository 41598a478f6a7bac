import { type DirectorCheck, onDirector, type ServiceCheck } from "../check.js";
import type { Facts } from "../facts.js";
import { isNat, virtualAddress } from "./subjects.js";

/** Programs that write the table. Some are only known to when an interface of theirs is there too. */
const OWNERS: readonly { readonly process: string; readonly link?: string; readonly certain: boolean }[] = [
  // keepalived may run for VRRP alone.
  { process: "keepalived", certain: false },
  { process: "ldirectord", certain: true },
  { process: "kube-proxy", link: "kube-ipvs0", certain: true },
  { process: "kube-router", link: "kube-dummy-if", certain: true },
  { process: "dockerd", link: "docker_gwbridge", certain: false },
];

function ownersOf(facts: Facts) {
  const processes = facts.processes();
  return OWNERS.filter(
    ({ process, link }) => processes.has(process) && (link === undefined || facts.linkNamed(link) !== undefined),
  );
}

export const otherOwner: DirectorCheck = {
  id: "other-owner",
  title: "Another program may write this table",
  scope: "director",
  appliesTo: (facts) => ownersOf(facts).length > 0,
  verdict(facts) {
    const owners = ownersOf(facts);
    const several = owners.filter(({ certain }) => certain).length > 1;
    return {
      severity: several ? "warning" : "info",
      evidence: owners.map(({ process, link }) =>
        link ? `${process} is running, interface ${link}` : `${process} is running`,
      ),
      why: several
        ? "They undo each other's changes, and yours."
        : "It adds and deletes services by its own configuration, and does not keep, or repair, what was changed by hand.",
      remedies: [],
    };
  },
};

/** `/proc/net/ip_vs_app`; ip_vs_ftp covers port 21 unless its parameter `ports` says otherwise. */
const FTP_PORT = 21;

/** Verified on Linux 6.1: passive data connections go to the server's own address and time out. */
export const ftpHelper: ServiceCheck = {
  id: "ftp-helper-missing",
  title: "FTP over NAT without its helper",
  scope: "service",
  appliesTo: (entry) =>
    virtualAddress(entry)?.port === FTP_PORT && entry.destinations.some((server) => isNat({ entry, server })),
  verdict(entry, facts) {
    const { address } = virtualAddress(entry)!;
    const applications = facts.applications();
    const coversAllPorts = facts.table.some(
      ({ service }) => "address" in service && service.address === address && service.port === 0,
    );
    if (applications === undefined || coversAllPorts || applications.some(({ port }) => port === FTP_PORT))
      return undefined;
    return {
      severity: "warning",
      evidence: ["/proc/net/ip_vs_app: no ftp"],
      why: "The data connections of FTP have addresses inside the conversation, which only the helper translates: logins work, transfers hang.",
      remedies: [onDirector(["modprobe ip_vs_ftp"])],
    };
  },
};

export const emptyTable: DirectorCheck = {
  id: "empty-table",
  title: "There are no virtual services here",
  scope: "director",
  appliesTo: (facts) => facts.table.length === 0,
  verdict: () => ({
    severity: "info",
    evidence: ["ipvsadm -Ln: empty"],
    why: "Every network namespace has its own table. Services of containers are seen only inside theirs.",
    remedies: [onDirector(["ip netns list", "nsenter -t PID -n ipvsadm -Ln"])],
  }),
};
