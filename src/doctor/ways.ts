import type { InterfaceAddress, Link, Route, RoutingRule } from "../host/host.js";
import { type Address, addressBytes, addressFromBytes, type Family, familyOf } from "../model/address.js";

/** A way by which packets of clients may come to this host. */
export interface Way {
  readonly link: Link;
  /** An address that such packets can have as their source; absent: none is known. */
  readonly source?: Address;
}

/** Where a packet goes that comes in by a way. */
export interface Arrival extends Way {
  readonly route: Route;
}

/** Addresses of clients, with the interface that answers to them leave by. */
export type Clients = ReadonlyMap<Address, number>;

/** Used where an interface has no network to take a source from; documentation addresses, which no host has. */
const ELSEWHERE: Readonly<Record<Family, Address>> = { ipv4: "192.0.2.1", ipv6: "2001:db8::1" };

/**
 * The interfaces that packets of clients may come in by, each with a source that the kernel accepts there: a client that was
 * seen, or some other host of the interface's network.
 */
export function waysIn(
  family: Family,
  links: readonly Link[],
  addresses: readonly InterfaceAddress[],
  clients: Clients,
): Way[] {
  return links
    .filter(({ name, up, carrier }) => name !== "lo" && up && carrier)
    .map((link) => {
      const seen = [...clients].find(([client, index]) => index === link.index && familyOf(client) === family)?.[0];
      const own = addresses.filter((one) => one.link === link.index && familyOf(one.address) === family);
      return { link, source: seen ?? someNeighbour(own) ?? ELSEWHERE[family] };
    });
}

/** An address of the same network that is not one of these, nor the first or last of the network. */
function someNeighbour(own: readonly InterfaceAddress[]): Address | undefined {
  const taken = new Set(own.map(({ address }) => address));
  for (const { address, prefixLength } of own) {
    const bytes = addressBytes(address);
    const bits = bytes.length * 8 - prefixLength;
    const [last, size] = [bytes.at(-1)!, 2 ** Math.min(bits, 8)];
    const first = last - (last % size);
    const edges = bits > 1 ? 1 : 0;
    for (let byte = first + edges; byte < first + size - edges; byte++) {
      const neighbour = addressFromBytes(familyOf(address), Uint8Array.from([...bytes.slice(0, -1), byte]));
      if (!taken.has(neighbour)) return neighbour;
    }
  }
  return undefined;
}

/** Rules that come before the table `local`, or the lack of it, let packets go elsewhere than this host's own would. */
export function asksLocalFirst(rules: readonly RoutingRule[], family: Family): boolean {
  const first = rules.find((rule) => rule.family === family);
  return first?.table === LOCAL_TABLE && isForAll(first);
}

const LOCAL_TABLE = 255;

/** Names of `/etc/iproute2/rt_tables` that every system has. */
const TABLES: Readonly<Record<number, string>> = { 255: "local", 254: "main", 253: "default" };

/** Whether a rule is for all packets, or for all of those with a mark that it asks for. */
function isForAll({ source, destination, input, output, mark, inverted }: RoutingRule): boolean {
  return ![source, destination, input, output, mark].some((asked) => asked !== undefined) && !inverted;
}

export function isForMark({ mark, inverted }: RoutingRule, value: number): boolean {
  return mark !== undefined && !inverted && (value & mark.mask) >>> 0 === mark.value;
}

/** As `ip rule` shows it: `32765: from all fwmark 0x7 iif eth0 lookup 100`. */
export function formatRule({
  priority,
  source,
  destination,
  mark,
  input,
  output,
  inverted,
  table,
}: RoutingRule): string {
  return [
    `rule ${priority}:`,
    ...(inverted ? ["not"] : []),
    `from ${source ?? "all"}`,
    ...(destination ? [`to ${destination}`] : []),
    ...(mark ? [`fwmark 0x${mark.value.toString(16)}${maskText(mark.mask)}`] : []),
    ...(input ? [`iif ${input}`] : []),
    ...(output ? [`oif ${output}`] : []),
    ...(table === undefined ? [] : [`lookup ${tableName(table)}`]),
  ].join(" ");
}

function maskText(mask: number): string {
  return mask === 0xffffffff ? "" : `/0x${mask.toString(16)}`;
}

export function tableName(table: number): string {
  return TABLES[table] ?? String(table);
}

/** A number that no rule asks for as a table, the usual 100 if it is free. */
export function freeTable(rules: readonly RoutingRule[]): number {
  const used = new Set(rules.map(({ table }) => table));
  let table = 100;
  while (used.has(table)) table++;
  return table;
}

/** `route to 10.77.0.1 with mark 7 from 10.0.0.8 iif eth0: unicast, table main`. */
export function describeArrival(address: Address, { link, source, route }: Arrival, mark?: number): string {
  const marked = mark === undefined ? "" : ` with mark ${mark}`;
  const from = source === undefined ? "" : ` from ${source}`;
  const table = route.table === undefined ? "" : `, table ${tableName(route.table)}`;
  return `route to ${address}${marked}${from} iif ${link.name}: ${route.type}${table}`;
}
