import type { Row, ServerRow, ServiceRow } from "./model.js";
import { RATES, type Rate } from "./rates.js";

/** What rows can be ordered by. */
export const SORT_KEYS = ["name", "weight", "active", "inactive", ...RATES] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Services with their servers below them, only services, or only servers. */
export const GROUPINGS = ["tree", "services", "servers"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What the user wants to see. */
export interface View {
  readonly sort: SortKey;
  /** Largest first; for names the other way round. */
  readonly reverse: boolean;
  readonly grouping: Grouping;
  /** Part of a service's or server's text, in any case; empty: everything. */
  readonly filter: string;
}

/** A service and those of its servers that are to be seen. */
export interface Branch {
  readonly service: ServiceRow;
  readonly servers: readonly ServerRow[];
}

/** The part of the table that a filter leaves, in the order of listings: a service that matches keeps all its servers. */
export function filterRows(services: readonly ServiceRow[], filter: string): readonly Branch[] {
  if (filter === "") return services.map((service) => ({ service, servers: service.servers }));
  const wanted = filter.toLowerCase();
  return services.flatMap((service) => {
    if (service.label.includes(wanted)) return [{ service, servers: service.servers }];
    const servers = service.servers.filter(({ label }) => label.includes(wanted));
    return servers.length > 0 ? [{ service, servers }] : [];
  });
}

/** The rows of a view, from top to bottom. */
export function arrange(services: readonly ServiceRow[], view: View): readonly Row[] {
  const branches = filterRows(services, view.filter);
  switch (view.grouping) {
    case "services":
      return sorted(
        branches.map(({ service }) => service),
        view,
      );
    case "servers":
      return sorted(
        branches.flatMap(({ servers }) => servers),
        view,
      );
    case "tree": {
      const shown = new Map(branches.map(({ service, servers }) => [service, servers]));
      return sorted([...shown.keys()], view).flatMap((service): Row[] => [
        service,
        ...sorted(shown.get(service)!, view),
      ]);
    }
  }
}

/** Rows of equal figures stay in the order of listings; unknown figures come last. */
function sorted<R extends Row>(rows: readonly R[], { sort, reverse }: View): readonly R[] {
  if (sort === "name") return reverse ? [...rows].reverse() : rows;
  const value = figureOf(sort);
  const sign = reverse ? -1 : 1;
  const order = (row: R) => {
    const figure = value(row);
    return Number.isNaN(figure) ? Infinity : -figure * sign;
  };
  return rows
    .map((row) => ({ row, order: order(row) }))
    .sort((a, b) => (a.order === b.order ? 0 : a.order - b.order))
    .map(({ row }) => row);
}

function figureOf(key: Exclude<SortKey, "name">): (row: Row) => number {
  if (key === "weight" || key === "active" || key === "inactive") return (row) => row[key];
  return (row) => row.rates[key];
}

/** The rate whose history goes with a view: the one that it is sorted by, else packets from clients. */
export function historyRate({ sort }: View): Rate {
  return (RATES as readonly string[]).includes(sort) ? (sort as Rate) : "inPackets";
}
