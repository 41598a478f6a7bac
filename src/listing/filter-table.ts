import type { Destination } from "../model/destination.js";
import { isFirewallMark, type ServiceKey, serviceFamily } from "../model/service.js";
import type { Table, TableEntry } from "../model/table.js";
import type { TableFilter } from "../options/command.js";
import { endpointMatcher, type ServiceKind } from "../options/matches.js";

/** The part of a table that a filter asks for, in the same order. Services keep only the servers that were asked for. */
export function filterTable<D extends Destination>(table: Table<D>, filter?: TableFilter): Table<D> {
  if (filter === undefined) return table;
  const kind = kindMatcher(filter.only);
  const server = serverMatcher(filter);
  const found: TableEntry<D>[] = [];
  for (const entry of table) {
    if (!kind(entry.service) || (filter.empty && entry.destinations.length > 0)) continue;
    if (server === undefined) {
      found.push(entry);
      continue;
    }
    const destinations = entry.destinations.filter(server);
    if (destinations.length > 0) found.push({ ...entry, destinations });
  }
  return found;
}

/** Absent: the servers do not matter. */
function serverMatcher({ server, weightZero }: TableFilter): ((server: Destination) => boolean) | undefined {
  if (server === undefined) return weightZero ? ({ weight }) => weight === 0 : undefined;
  const matches = endpointMatcher(server);
  return (destination) => matches(destination) && (!weightZero || destination.weight === 0);
}

const FAMILIES: ReadonlySet<string> = new Set(["ipv4", "ipv6"]);

function kindMatcher(kinds: readonly ServiceKind[] = []): (key: ServiceKey) => boolean {
  const families = new Set<unknown>(kinds.filter((kind) => FAMILIES.has(kind)));
  const protocols = new Set<unknown>(kinds.filter((kind) => !FAMILIES.has(kind)));
  return (key) =>
    (families.size === 0 || families.has(serviceFamily(key))) &&
    (protocols.size === 0 || protocols.has(isFirewallMark(key) ? "fwmark" : key.protocol));
}
