import { describePlace, dropOf, mayBeUntracked, snatOf } from "../../host/firewall/walk.js";
import { familyOf } from "../../model/address.js";
import { serviceFamily } from "../../model/service.js";
import { onDirector, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Subject } from "../subject.js";
import { droppedRequest } from "./arrival.js";
import { acceptReplies, acceptRequests, IPVS_PRIORITY, replyPacket, requestPacket, scheduledPacket } from "./rules.js";
import { isLocal, isNat, protocolOf, TCP } from "./subjects.js";

/** The parameter that keeps replies of a NAT server from being forwarded, as `name = value`. */
function forwardingOff({ entry, server }: Subject, facts: Facts): string | undefined {
  const off = (name: string) => (facts.number(name) === 0 ? name : undefined);
  if (serviceFamily(entry.service) === "ipv6") return off("net.ipv6.conf.all.forwarding");
  // Linux asks the interface that the packet comes from; ip_forward sets them all.
  const link = facts.link(facts.route(server.address)?.link)?.name;
  return off("net.ipv4.ip_forward") ?? (link && off(`net.ipv4.conf.${link.replaceAll(".", "/")}.forwarding`));
}

export const forwarding: ServerCheck = {
  id: "forwarding-off",
  title: "This host does not forward packets, so replies of NAT servers end here",
  scope: "server",
  appliesTo: (subject, facts) => isNat(subject) && !isLocal(subject, facts),
  verdict(subject, facts) {
    const name = forwardingOff(subject, facts);
    if (!name) return undefined;
    return {
      severity: "error",
      evidence: [`${name} = 0`],
      why: "With NAT the replies come back through the director, as packets to be forwarded. Without forwarding they are dropped.",
      remedies: [onDirector([`sysctl -w ${name}=1`])],
    };
  },
};

/** Verified on Linux 6.1: untracked by default, the first reply is INVALID to connection tracking. */
export const firewallDropsReplies: ServerCheck = {
  id: "firewall-drops-replies",
  title: "The firewall drops the replies of NAT servers",
  scope: "server",
  appliesTo: (subject, facts) => isNat(subject) && !isLocal(subject, facts) && facts.firewall !== undefined,
  verdict(subject, facts) {
    const tracked = facts.number("net.ipv4.vs.conntrack") === 1;
    const untracked = protocolOf(subject.entry) === TCP ? "INVALID" : "NEW";
    const packet = replyPacket(subject, facts, tracked ? "ESTABLISHED" : untracked);
    const place = dropOf(facts.firewall!, "forward", packet, IPVS_PRIORITY);
    return (
      place && {
        severity: "error",
        evidence: [describePlace(place), ...(tracked ? [] : ["net.ipv4.vs.conntrack = 0"])],
        why:
          "Replies pass the FORWARD rules before IPVS gives them the virtual address" +
          (tracked ? "." : "; without conntrack they are INVALID or NEW there, never ESTABLISHED."),
        remedies: [onDirector([acceptReplies(place, subject)])],
      }
    );
  },
};

/** Verified on Linux 6.1, per forwarding method and setting of conntrack. */
export const firewallDropsInvalid: ServerCheck = {
  id: "firewall-drops-invalid",
  title: "The firewall drops packets of running connections as INVALID",
  scope: "server",
  appliesTo: ({ entry }, facts) => protocolOf(entry) === TCP && facts.firewall !== undefined,
  verdict(subject, facts): Verdict | undefined {
    const { entry } = subject;
    const tracked = facts.number("net.ipv4.vs.conntrack") === 1;
    // Replies of servers on this host are seen by connection tracking, as those of NAT are.
    if (tracked && (isNat(subject) || isLocal(subject, facts))) return undefined;
    const place = droppedRequest(entry, facts, "INVALID");
    if (place === undefined || droppedRequest(entry, facts, "NEW")) return undefined;
    if (mayBeUntracked(facts.firewall!, requestPacket(entry, "NEW"))) return undefined;
    const evidence = [describePlace(place), `net.ipv4.vs.conntrack = ${tracked ? 1 : 0}`];
    const remedies = [onDirector([acceptRequests(place, entry)])];
    if (tracked) {
      const why =
        "Connection tracking never sees the replies of direct routing and tunnels, so all but the first packet of a " +
        "client are INVALID, and the connection hangs.";
      return { severity: "error", evidence, why, remedies };
    }
    const why =
      "IPVS connections are not tracked, so the packets with which clients end them are INVALID: servers keep " +
      "connections that are long over.";
    return { severity: "warning", evidence, why, remedies };
  },
};

/** Verified on Linux 6.1: a long download stalls, and for minutes afterwards no request gets an answer. */
export const redirects: ServerCheck = {
  id: "send-redirects",
  title: "This director tells NAT servers to send their replies past it",
  scope: "server",
  appliesTo: (subject, facts) =>
    isNat(subject) && familyOf(subject.server.address) === "ipv4" && (facts.traffic(subject)?.heard ?? 0) > 0,
  verdict(subject, facts) {
    const { server } = subject;
    const route = facts.route(server.address);
    const link = facts.link(route?.link)?.name;
    if (link === undefined || route?.gateway !== undefined || isTranslated(subject, facts)) return undefined;
    const on = redirectsOn(link, facts);
    const clients = facts.traffic(subject)!.clients.filter((client) => facts.route(client)?.link === route!.link);
    if (on.length === 0 || clients.length === 0) return undefined;
    return {
      severity: "warning",
      evidence: [
        ...on.map((name) => `${name} = 1`),
        `route to client ${clients[0]}: dev ${link}, as to the real server`,
      ],
      why:
        "Clients and real servers are on one link, so the director answers replies with ICMP redirects. Servers that heed " +
        "them reply to the client directly, and connections stall.",
      remedies: [onDirector(stopRedirects(link))],
    };
  },
};

const redirectSettings = (link: string) =>
  ["all", link.replaceAll(".", "/")].map((name) => `net.ipv4.conf.${name}.send_redirects`);

/** The settings, each of which is enough, that have this director send ICMP redirects on a link. */
export const redirectsOn = (link: string, facts: Facts) =>
  redirectSettings(link).filter((name) => facts.number(name) === 1);

/** Commands after which it sends none there. */
export const stopRedirects = (link: string) => redirectSettings(link).map((name) => `sysctl -w ${name}=0`);

/** True when servers see this director's address instead of the client's. */
export function isTranslated(subject: Subject, facts: Facts): boolean {
  return facts.number("net.ipv4.vs.conntrack") === 1 && snatRule(subject, facts) !== undefined;
}

/** The rule that rewrites the source of packets to a server. */
export function snatRule(subject: Subject, facts: Facts) {
  return snatOf(facts.firewall ?? [], scheduledPacket(subject, facts));
}
