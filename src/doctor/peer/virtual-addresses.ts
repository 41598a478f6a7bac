import type { Host, InterfaceAddress, Link } from "../../host/host.js";
import { type Address, addressBytes, addressFromBytes, familyOf } from "../../model/address.js";
import { isFirewallMark } from "../../model/service.js";
import type { LiveTable } from "../../model/table.js";
import { hostLength } from "../checks/subjects.js";
import { routeKey } from "../facts.js";
import { readArrivals } from "../routes.js";
import type { VirtualAddressState } from "./side.js";

/** What the answer depends on. */
export interface Network {
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** See Host.sysctl. */
  sysctl(name: string): string | undefined;
}

/** How this host stands to each address of a service. Firewall marks have none. Throws HostError. */
export async function readVirtualAddresses(
  host: Host,
  table: LiveTable,
  network: Network,
  unread: Set<string>,
): Promise<VirtualAddressState[]> {
  const wanted = [...new Set(table.flatMap(({ service }) => (isFirewallMark(service) ? [] : [service.address])))];
  const answers = await host.routes(wanted.map((address) => ({ address })));
  const routes = new Map(wanted.map((address, index) => [routeKey(address), answers[index]!]));
  const routingRules = await host.routingRules();
  const arrivals = await readArrivals(host, { table, routes, ...network, routingRules }, unread);
  return wanted.map((address) => {
    const came = arrivals.get(routeKey(address))?.filter(({ route }) => route.type !== "refused");
    const ways = came?.length ? came.map(({ route }) => route) : [routes.get(routeKey(address))!];
    const local = ways.some(({ type }) => type === "local");
    return { address, local, ...(local && placeOf(address, network)) };
  });
}

/** On which interface an address is, and in which network this host answers for it. */
export function placeOf(address: Address, { links, addresses, sysctl }: Network): Place {
  const own = new Set(addresses.filter((one) => one.address === address).map(({ link }) => link));
  const carrying = links.filter(({ index }) => own.has(index));
  // An address may be on lo besides, as on real servers; the other interface is the one that is noticed.
  const link = carrying.find(({ arp, up }) => arp && up) ?? carrying[0];
  const shown = link?.arp === true && link.up;
  const ignores = ({ name }: Link) =>
    ["all", name.replaceAll(".", "/")].some((one) => (sysctl(`net.ipv4.conf.${one}.arp_ignore`) ?? "0") !== "0");
  // Where ARP is not told otherwise, each interface answers for all addresses of the host.
  const answers = (asked: Link) =>
    asked.arp && asked.up && (shown || (familyOf(address) === "ipv4" && !ignores(asked)));
  const network = addresses.find(
    (one) =>
      one.prefixLength < hostLength(address) &&
      networkOf(one) === networkOf({ address, prefixLength: one.prefixLength }) &&
      links.some((asked) => asked.index === one.link && answers(asked)),
  );
  return {
    ...(link && { interface: link.name, arp: link.arp }),
    ...(network && { answersIn: networkOf(network) }),
  };
}

type Place = Omit<VirtualAddressState, "address" | "local">;

/** `10.0.0.0/24`. */
export function networkOf({ address, prefixLength }: Pick<InterfaceAddress, "address" | "prefixLength">): string {
  const bytes = addressBytes(address).map(
    (byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixLength - 8 * at))),
  );
  return `${addressFromBytes(familyOf(address), bytes)}/${prefixLength}`;
}
