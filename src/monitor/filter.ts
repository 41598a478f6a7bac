import { filterTable } from "../listing/filter-table.js";
import type { Destination } from "../model/destination.js";
import type { TableFilter } from "../options/command.js";
import { endpointMatcher } from "../options/matches.js";
import { type Event, eventsOf } from "./events.js";
import type { Changed, LiveEntry } from "./table-watch.js";

/**
 * The events of a change that a filter asks for, by what there was before or is afterwards: with `-r` and `--weight-zero` those of
 * the servers alone.
 */
export function filteredEvents(change: Changed, filter: TableFilter): Event[] {
  if (!isOfKind(change, filter)) return [];
  if (filter.empty && !isEmpty(change.before) && !isEmpty(change.after)) return [];
  return [...eventsOf(change.difference)].filter((event) => isWanted(event, filter));
}

function isOfKind({ before, after }: Changed, { only }: TableFilter): boolean {
  const { service } = (after ?? before)!;
  return filterTable([{ service, destinations: [] }], only && { only }).length > 0;
}

function isEmpty(entry: LiveEntry | undefined): boolean {
  return entry?.destinations.length === 0;
}

function isWanted(event: Event, { server, weightZero }: TableFilter): boolean {
  if (server === undefined && !weightZero) return true;
  if (event.what !== "server") return false;
  const matches = server === undefined ? () => true : endpointMatcher(server);
  const wanted = (side: Destination | undefined) =>
    side !== undefined && matches(side) && (!weightZero || side.weight === 0);
  return wanted(event.before) || wanted(event.after);
}

/** The part of a table that a filter asks for. */
export function filteredEntries(entries: Iterable<LiveEntry>, filter: TableFilter): LiveEntry[] {
  return [...filterTable([...entries], filter)];
}
