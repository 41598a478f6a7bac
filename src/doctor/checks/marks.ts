import { describePlace } from "../../host/firewall/walk.js";
import type { RoutingRule } from "../../host/host.js";
import type { Address } from "../../model/address.js";
import { isFirewallMark } from "../../model/service.js";
import { onDirector, type ServerCheck, type ServiceCheck, type Verdict } from "../check.js";
import type { Facts } from "../facts.js";
import type { Remedy } from "../finding.js";
import { markedDestinations } from "../routes.js";
import { type Arrival, describeArrival, formatRule, freeTable, isForMark, tableName } from "../ways.js";
import { snatRule } from "./replies.js";
import { ipCommand, isLocal, isNat } from "./subjects.js";

/** Verified on Linux 6.1: the mark alone does not bring the packet to IPVS, a local route for it does. */
export const markNotLocal: ServiceCheck = {
  id: "fwmark-not-local",
  title: "Marked packets are not delivered to this host",
  scope: "service",
  appliesTo: ({ service, stats }, facts) =>
    isFirewallMark(service) && facts.firewall !== undefined && !(stats && stats.inPacketRate > 0n),
  verdict(entry, facts): Verdict | undefined {
    const { service, stats } = entry;
    if (!isFirewallMark(service)) return undefined;
    const { fwmark, family } = service;
    const lost = markedDestinations([entry], facts.firewall!).flatMap(({ destination, rule }) => {
      const arrivals = facts
        .arrivals(destination, fwmark)
        ?.filter(({ link }) =>
          rule.matches.every((match) => match({ family, destination, input: link.name }) !== false),
        );
      const away = arrivals?.filter(({ route }) => route.type !== "local") ?? [];
      return away.length > 0 ? [{ destination, away, everywhere: away.length === arrivals!.length }] : [];
    });
    const nowhere = lost.filter(({ everywhere }) => everywhere);
    const told = nowhere.length > 0 ? nowhere : lost;
    // Where a rule names interfaces, the others need no route; as long as nothing came, they are worth a look.
    if (told.length === 0 || (nowhere.length === 0 && stats?.inPackets !== 0n)) return undefined;
    const rules = facts.routingRules.filter((rule) => rule.family === family && isForMark(rule, fwmark));
    const evidence = told.flatMap(({ destination, away }) =>
      away.map((arrival) => describeArrival(destination, arrival, fwmark)),
    );
    if (nowhere.length === 0) {
      return {
        severity: "info",
        evidence: [...evidence, ...rules.map(formatRule)],
        why: "Marked packets reach IPVS by other interfaces, not by these. Where clients come in by one of them, it needs a rule, too.",
        remedies: [onDirector([`${ipCommand(family)} rule show`])],
      };
    }
    return {
      severity: "error",
      evidence: [...evidence, ...(rules.length > 0 ? rules.map(formatRule) : [`no routing rule for mark ${fwmark}`])],
      why:
        "IPVS only sees packets that this host takes for its own. The mark does not make them so; a local route does" +
        `${rules.length > 0 ? ", in the table that the rule for the mark leads to" : ""}.`,
      remedies: [localRoute(fwmark, ipCommand(family), nowhere, rules, facts)],
    };
  },
};

/**
 * A route for the address alone: where connections are tracked and rewritten, the kernel routes packets anew on their way
 * to the server, mark and all, and a local route for everything would catch them (verified on Linux 6.1).
 */
function localRoute(
  fwmark: number,
  ip: string,
  lost: readonly { readonly destination: Address; readonly away: readonly Arrival[] }[],
  rules: readonly RoutingRule[],
  facts: Facts,
): Remedy {
  const ways = new Set(lost.flatMap(({ away }) => away.map(({ link }) => link.name)));
  const usable = rules.find(
    ({ table, source, destination, input, output }) =>
      table !== undefined &&
      [source, destination, output].every((asked) => asked === undefined) &&
      (input === undefined || ways.has(input)),
  );
  const table = usable?.table ?? freeTable(facts.routingRules);
  const destinations = [...new Set(lost.map(({ destination }) => destination))];
  return onDirector(
    [
      ...(usable ? [] : [`${ip} rule add fwmark ${fwmark} lookup ${table}`]),
      ...destinations.map((address) => `${ip} route replace local ${address} dev lo table ${table}`),
    ],
    "The local route is for the virtual address only: one for everything would catch what goes on to the servers, too:",
  );
}

/** Verified on Linux 6.1: `nf_nat` routes packets of tracked connections anew, by their mark, once IPVS changed the destination. */
export const markCatchesServers: ServerCheck = {
  id: "fwmark-catches-servers",
  title: "Marked packets on their way to the servers are delivered to this host instead",
  scope: "server",
  appliesTo: (subject, facts) =>
    isFirewallMark(subject.entry.service) &&
    isNat(subject) &&
    !isLocal(subject, facts) &&
    facts.number("net.ipv4.vs.conntrack") === 1,
  verdict(subject, facts): Verdict | undefined {
    const { service } = subject.entry;
    const place = snatRule(subject, facts);
    if (!isFirewallMark(service) || place === undefined) return undefined;
    const { fwmark, family } = service;
    const { address } = subject.server;
    const route = facts.route(address, fwmark);
    if (route?.type !== "local" || route.table === undefined) return undefined;
    const rules = facts.routingRules.filter((rule) => rule.family === family && isForMark(rule, fwmark));
    return {
      severity: "error",
      evidence: [
        `route to ${address} with mark ${fwmark}: local, table ${tableName(route.table)}`,
        ...rules.map(formatRule),
        describePlace(place),
        "net.ipv4.vs.conntrack = 1",
      ],
      why:
        "Where connections are tracked and their source is rewritten, the kernel routes a packet anew once IPVS gave it the " +
        "server's address. The mark is still on it, so a local route for everything catches it.",
      remedies: [narrower(fwmark, ipCommand(family), rules, facts)],
    };
  },
};

/** Rules that ask for the interfaces that packets come in by do not see those that leave. */
function narrower(fwmark: number, ip: string, rules: readonly RoutingRule[], facts: Facts): Remedy {
  const names = (facts.links ?? []).filter(({ name, up }) => up && name !== "lo").map(({ name }) => name);
  const wide = rules.filter(({ input, table }) => input === undefined && table !== undefined);
  return onDirector(
    [
      ...wide.flatMap(({ table }) =>
        names.map((name) => `${ip} rule add iif ${name} fwmark ${fwmark} lookup ${table}`),
      ),
      // By its number, since without an interface those with one would be meant as well.
      ...wide.map(({ priority }) => `${ip} rule del pref ${priority}`),
    ],
    "A rule for each interface that clients come in by, instead of one for all packets:",
  );
}
