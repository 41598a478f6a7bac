import { describePlace, dropOf, rulesOf } from "../../host/firewall/walk.js";
import { familyOf } from "../../model/address.js";
import { isFirewallMark } from "../../model/service.js";
import { onDirector, onTable, type ServiceCheck } from "../check.js";
import type { Facts } from "../facts.js";
import type { LiveEntry } from "../subject.js";
import { describeArrival } from "../ways.js";
import { acceptRequests, IPVS_PRIORITY, requestPacket } from "./rules.js";
import { hostLength, ipCommand, virtualAddress } from "./subjects.js";

/** Programs that move addresses between directors: without the address this one may just be the standby. */
export const FAILOVER: readonly string[] = ["keepalived", "ucarp", "vrrpd", "heartbeat", "corosync", "pacemakerd"];

function standby(facts: Facts): string | undefined {
  const program = FAILOVER.find((name) => facts.processes().has(name));
  if (program !== undefined) return `${program} is running`;
  const states = facts.daemons?.map(({ state }) => state) ?? [];
  return states.includes("backup") && !states.includes("master") ? "the sync daemon is a backup" : undefined;
}

/** IPVS sees packets at LOCAL_IN and LOCAL_OUT only (`ip_vs_core.c`). */
export const addressNotLocal: ServiceCheck = {
  id: "vip-not-local",
  title: "The virtual address is not an address of this host",
  scope: "service",
  appliesTo: (entry) => virtualAddress(entry) !== undefined && !(entry.stats && entry.stats.inPacketRate > 0n),
  verdict(entry, facts) {
    const { address } = virtualAddress(entry)!;
    const route = facts.route(address);
    const arrivals = facts.arrivals(address);
    if (route === undefined || (arrivals ?? [{ route }]).some((arrival) => arrival.route.type === "local"))
      return undefined;
    const waiting = standby(facts);
    const link = facts.link(route.link)?.name ?? facts.links?.find(({ name, up }) => up && name !== "lo")?.name ?? "lo";
    // Which interface packets come in by makes a difference only where there are rules for it.
    const evidence =
      route.type === "local"
        ? arrivals!.map((arrival) => describeArrival(address, arrival))
        : [`route to ${address}: ${route.type === "none" ? "none" : `${route.type}, not local`}`];
    if (waiting !== undefined) {
      return {
        severity: "info",
        evidence: [...evidence, waiting],
        why: "IPVS only sees packets for local addresses. On a standby that is as it should be; the active one needs it.",
        remedies: [],
      };
    }
    return {
      severity: "error",
      evidence,
      why: "IPVS only sees packets that this host takes for its own. These it forwards or drops like any router.",
      remedies:
        route.type === "local"
          ? [onDirector([`${ipCommand(familyOf(address))} rule show`])]
          : [onDirector([`ip addr add ${address}/${hostLength(address)} dev ${link}`])],
    };
  },
};

export const markNotSet: ServiceCheck = {
  id: "fwmark-not-set",
  title: "No firewall rule sets the mark of a service",
  scope: "service",
  appliesTo: (entry, facts) =>
    isFirewallMark(entry.service) && facts.firewall !== undefined && entry.stats?.inPackets === 0n,
  verdict(entry, facts) {
    if (!isFirewallMark(entry.service)) return undefined;
    const { fwmark, family } = entry.service;
    const sets = rulesOf(facts.firewall!).some(
      ({ rule: { verdict } }) => verdict.kind === "mark" && (verdict.value & verdict.mask) >>> 0 === fwmark,
    );
    // Marks may come from connections, maps or tc, where rules do not show them.
    const indirect = rulesOf(facts.firewall!).some(({ rule }) => /CONNMARK|restore-mark|mangle/.test(rule.text));
    if (sets || indirect) return undefined;
    const program = family === "ipv4" ? "iptables" : "ip6tables";
    return {
      severity: "warning",
      evidence: [`no rule sets mark ${fwmark}`, `fwmark ${fwmark}: 0 packets in`],
      why: "The service only gets packets that carry its mark.",
      remedies: [
        onDirector([`${program} -t mangle -A PREROUTING -d VIP -p tcp --dport PORT -j MARK --set-mark ${fwmark}`]),
      ],
    };
  },
};

export const firewallDropsRequests: ServiceCheck = {
  id: "firewall-drops-requests",
  title: "The firewall drops packets to the service before IPVS sees them",
  scope: "service",
  appliesTo: (_entry, facts) => facts.firewall !== undefined,
  verdict(entry, facts) {
    const place = droppedRequest(entry, facts, "NEW");
    return (
      place && {
        severity: "error",
        evidence: [describePlace(place)],
        why: "IPVS comes after the INPUT rules of the filter, so the service has to be let in like one of this host's own.",
        remedies: [onDirector([acceptRequests(place, entry)])],
      }
    );
  },
};

/** Where packets to the service in some state of connection tracking are lost. */
export function droppedRequest(entry: LiveEntry, facts: Facts, state: string) {
  const packet = requestPacket(entry, state);
  const { firewall = [] } = facts;
  return (
    dropOf(firewall, "prerouting", packet, Number.POSITIVE_INFINITY) ?? dropOf(firewall, "input", packet, IPVS_PRIORITY)
  );
}

/** Verified on Linux 6.1: with backup_only the kernel passes IPVS by while a backup daemon runs, next to a master too. */
export const backupOnly: ServiceCheck = {
  id: "backup-only",
  title: "This director does not schedule because a backup sync daemon runs",
  scope: "service",
  appliesTo: (_entry, facts) =>
    facts.daemons?.some(({ state }) => state === "backup") === true &&
    facts.daemons.some(({ state }) => state === "master") &&
    (facts.number("net.ipv4.vs.backup_only") ?? 0) !== 0,
  verdict: (_entry, facts) => ({
    severity: "error",
    evidence: [
      `net.ipv4.vs.backup_only = ${facts.number("net.ipv4.vs.backup_only")}`,
      "sync daemons: master and backup",
    ],
    why: "With backup_only a host that runs a backup daemon does not schedule at all: clients are refused.",
    remedies: [
      onDirector(["sysctl -w net.ipv4.vs.backup_only=0"]),
      onTable("sync daemons", ["ipvsadm --stop-daemon backup"], "Or:"),
    ],
  }),
};
