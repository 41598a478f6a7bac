import { type DirectorCheck, onDirector, type ServiceCheck } from "../check.js";
import { type Owner, ownersOf } from "../owners.js";
import { isNat, virtualAddress } from "./subjects.js";

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
      title: titleOf(owners),
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

/** `keepalived may write this table`, `ldirectord and kube-proxy write this table`. */
function titleOf(owners: readonly Owner[]): string {
  const names = owners.map(({ process }) => process);
  const certain = owners.every((owner) => owner.certain);
  const verb = certain ? (names.length > 1 ? "write" : "writes") : "may write";
  return `${names.join(" and ")} ${verb} this table`;
}

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
