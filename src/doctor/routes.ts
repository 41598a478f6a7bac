import type { Firewall, Rule } from "../host/firewall/model.js";
import { rulesOf } from "../host/firewall/walk.js";
import type { Host, InterfaceAddress, Link, Route, RouteQuestion, RoutingRule } from "../host/host.js";
import { type Address, familyOf } from "../model/address.js";
import { isFirewallMark, serviceFamily } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import { routeKey } from "./facts.js";
import type { TrafficCount } from "./traffic.js";
import { type Arrival, asksLocalFirst, type Way, waysIn } from "./ways.js";

/** More questions than these about packets that come in are not asked. */
const ARRIVAL_LIMIT = 20_000;

/** What the questions depend on; what is absent could not be read. */
interface Surroundings {
  readonly table: LiveTable;
  readonly routes: ReadonlyMap<string, Route>;
  readonly links?: readonly Link[] | undefined;
  readonly addresses?: readonly InterfaceAddress[] | undefined;
  readonly traffic?: TrafficCount | undefined;
  readonly firewall?: Firewall | undefined;
  readonly routingRules?: readonly RoutingRule[] | undefined;
}

/** Where this host itself sends packets to virtual addresses, servers and clients, by `routeKey`. */
export async function readRoutes(
  host: Host,
  table: LiveTable,
  traffic: TrafficCount | undefined,
  firewall: Firewall | undefined,
): Promise<ReadonlyMap<string, Route>> {
  const questions = new Map<string, RouteQuestion>();
  const ask = (address: Address, mark?: number) => {
    questions.set(routeKey(address, mark), { address, ...(mark !== undefined && { mark }) });
  };
  for (const entry of table) {
    const { service } = entry;
    if (!isFirewallMark(service)) ask(service.address);
    for (const server of entry.destinations) {
      ask(server.address);
      if (isFirewallMark(service)) ask(server.address, service.fwmark);
      const seen = traffic?.of({ entry, server });
      for (const client of [...(seen?.clients ?? []), ...(seen?.unheard ?? [])]) ask(client);
    }
  }
  for (const { destination, mark } of markedDestinations(table, firewall ?? [])) ask(destination, mark);
  const answers = await host.routes([...questions.values()]);
  return new Map([...questions.keys()].map((key, index) => [key, answers[index]!]));
}

/** Addresses that firewall rules give the marks of services, where a rule names one. */
export function markedDestinations(
  table: LiveTable,
  firewall: Firewall,
): { readonly destination: Address; readonly mark: number; readonly rule: Rule }[] {
  const marks = new Set(table.flatMap(({ service }) => (isFirewallMark(service) ? [service.fwmark] : [])));
  return rulesOf(firewall).flatMap(({ rule }) => {
    const { verdict, destination } = rule;
    if (verdict.kind !== "mark" || destination === undefined) return [];
    const mark = (verdict.value & verdict.mask) >>> 0;
    return marks.has(mark) ? [{ destination, mark, rule }] : [];
  });
}

/**
 * Where packets go that come in for services, by `routeKey`: asked for those with a mark, and where this host's own packets do
 * not tell it.
 */
export async function readArrivals(
  host: Host,
  { table, routes, links = [], addresses = [], traffic, firewall = [], routingRules }: Surroundings,
  unread: Set<string>,
): Promise<ReadonlyMap<string, readonly Arrival[]>> {
  const clients = new Map<Address, number>();
  for (const entry of table) {
    for (const server of entry.destinations) {
      for (const client of traffic?.of({ entry, server }).clients ?? []) {
        const link = routes.get(routeKey(client))?.link;
        if (link !== undefined) clients.set(client, link);
      }
    }
  }
  const wanted = new Map<string, RouteQuestion>();
  for (const { service } of table) {
    if (isFirewallMark(service)) continue;
    const { address } = service;
    const isOwn = routes.get(routeKey(address))?.type === "local";
    if (isOwn && (routingRules === undefined || asksLocalFirst(routingRules, serviceFamily(service)))) continue;
    wanted.set(routeKey(address), { address });
  }
  for (const { destination, mark } of markedDestinations(table, firewall)) {
    wanted.set(routeKey(destination, mark), { address: destination, mark });
  }
  const ways = {
    ipv4: waysIn("ipv4", links, addresses, clients),
    ipv6: waysIn("ipv6", links, addresses, clients),
  };
  const questions = [...wanted].flatMap(([key, question]) =>
    ways[familyOf(question.address)].map((way) => ({ key, way, question: incoming(question, way) })),
  );
  if (questions.length > ARRIVAL_LIMIT) {
    unread.add(`routes of packets that come in: ${questions.length} questions, more than ${ARRIVAL_LIMIT}`);
    return new Map();
  }
  const answers = await host.routes(questions.map(({ question }) => question));
  const arrivals = new Map<string, Arrival[]>();
  for (const [index, { key, way }] of questions.entries()) {
    arrivals.set(key, [...(arrivals.get(key) ?? []), { ...way, route: answers[index]! }]);
  }
  return arrivals;
}

function incoming(question: RouteQuestion, { link, source }: Way): RouteQuestion {
  return { ...question, input: link.index, ...(source !== undefined && { source }) };
}
