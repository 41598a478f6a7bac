import { describePlace } from "../../host/firewall/walk.js";
import type { Address } from "../../model/address.js";
import { IP_VS_SVC_F_ONEPACKET, serviceFamily } from "../../model/service.js";
import { onDirector, onServer, type ServerCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Remedy } from "../finding.js";
import type { Subject } from "../subject.js";
import { isTranslated, redirectsOn, snatRule, stopRedirects } from "./replies.js";
import { snatCommands } from "./rules.js";
import { hostLength, ipCommand, isAnswering, isLocal, isNat, protocolOf, silence, UDP } from "./subjects.js";

const CONNTRACK = "net.ipv4.vs.conntrack";

/** `enum ip_vs_conntrack` aside: with 0, IPVS marks its packets untracked, and nat rules never see them (`ip_vs_xmit.c`). */
export const snatUntracked: ServerCheck = {
  id: "snat-without-conntrack",
  title: "The SNAT rule for the service has no effect",
  scope: "server",
  appliesTo: (subject, facts) => isNat(subject) && !isLocal(subject, facts) && facts.number(CONNTRACK) === 0,
  verdict(subject, facts): Verdict | undefined {
    const place = snatRule(subject, facts);
    if (place === undefined) return undefined;
    const silent = silence(subject, facts);
    // A general rule, such as one for everything that leaves an interface, need not be meant for IPVS.
    if (!silent && (isAnswering(subject, facts) || !place.rule?.asksIpvs)) return undefined;
    return {
      severity: "error",
      evidence: [`${CONNTRACK} = 0`, describePlace(place), ...(silent ?? [])],
      why:
        "Packets of IPVS pass the nat rules untouched as long as IPVS does not track its connections. The servers see the " +
        "clients' own addresses and answer past this director.",
      remedies: [onDirector([`sysctl -w ${CONNTRACK}=1`])],
    };
  },
};

export const noReturnPath: ServerCheck = {
  id: "nat-no-return-path",
  title: "Replies of NAT servers do not come back through this director",
  scope: "server",
  symptom: true,
  appliesTo: (subject, facts) => isNat(subject) && !isLocal(subject, facts),
  verdict(subject, facts): Verdict | undefined {
    const silent = silence(subject, facts);
    if (silent === undefined) return undefined;
    // A service with -o has a finding of its own, and packets that come back just now have a way.
    const forgotten = (subject.entry.service.flags & IP_VS_SVC_F_ONEPACKET) !== 0;
    if (forgotten || (subject.server.stats?.outPacketRate ?? 0n) > 0n) return undefined;
    const direct = clientsBeside(subject, facts);
    const evidence = [
      ...silent,
      ...direct.map((client) => `client ${client} and server ${subject.server.address} are on the same link`),
      ...neighbour(subject, facts),
    ];
    if (protocolOf(subject.entry) === UDP) {
      return {
        severity: "info",
        evidence,
        why: "Nothing comes back from these servers. For protocols that only send, such as syslog, that is as it should be.",
        remedies: remedies(subject, facts, direct),
      };
    }
    return {
      severity: "error",
      evidence,
      why: isTranslated(subject, facts)
        ? "Packets reach the servers with this director's address and nothing comes back: see whether the server listens there, and whether a firewall on it drops them."
        : "NAT (-m) changes only the destination: servers see the client's own address, and their replies have to come back through this director. These do not, and the client takes replies from nobody else.",
      remedies: isTranslated(subject, facts) ? check(subject) : remedies(subject, facts, direct),
    };
  },
};

function neighbour({ server }: Subject, facts: Facts): string[] {
  const next = facts.nextHop(server.address);
  return next === undefined ? [] : [`neighbour ${next.address}: ${next.state.toUpperCase()}`];
}

/** Clients whose replies take the direct way, since they share a link with the server. */
function clientsBeside(subject: Subject, facts: Facts): Address[] {
  const route = facts.route(subject.server.address);
  const clients = facts.traffic(subject)?.clients ?? [];
  if (route?.link === undefined || route.gateway !== undefined) return [];
  return clients.filter((client) => {
    const back = facts.route(client);
    return back?.link === route.link && back?.gateway === undefined;
  });
}

function check({ server }: Subject): Remedy[] {
  return [onServer([`ss -ltn 'sport = :${server.port}'`])];
}

/** SNAT works wherever the servers are; routes on the servers keep the clients' addresses visible to them. */
function remedies(subject: Subject, facts: Facts, direct: readonly Address[]): Remedy[] {
  const family = serviceFamily(subject.entry.service);
  const route = facts.route(subject.server.address);
  const snat = facts.number(CONNTRACK) === undefined ? [] : [onDirector(snatSteps(subject, facts), SNAT_NOTE)];
  if (route?.source === undefined || route.gateway !== undefined) return snat;
  const ip = ipCommand(family);
  const commands = [`${ip} route replace default via ${route.source}`];
  // A default route does not serve for neighbours: they need one each.
  for (const client of direct) commands.push(`${ip} route replace ${client}/${hostLength(client)} via ${route.source}`);
  const link = facts.link(route.link)?.name;
  const redirects = family === "ipv4" && direct.length > 0 && link !== undefined && redirectsOn(link, facts).length > 0;
  return [
    ...snat,
    onServer(commands, "Or make this director the servers' way back, so that they see the clients' addresses:"),
    ...(redirects ? [onDirector(stopRedirects(link), REDIRECTS_NOTE)] : []),
  ];
}

const REDIRECTS_NOTE = "With that way back, lest redirects tell the servers the direct way to clients on their link:";

const SNAT_NOTE = "The servers then see this director's address instead of the clients':";

/** Commands after which servers see this director's address, as far as they are not in force. */
export function snatSteps(subject: Subject, facts: Facts): string[] {
  const rule = snatRule(subject, facts) === undefined ? snatCommands(subject, facts) : [];
  return [...rule, ...(facts.number(CONNTRACK) === 1 ? [] : [`sysctl -w ${CONNTRACK}=1`])];
}
