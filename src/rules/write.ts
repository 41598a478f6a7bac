import type { Change } from "../model/change.js";
import { serviceKey } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { formatChange } from "../options/format.js";
import { pieces } from "../render/pieces.js";

/** The changes that make a table out of an empty one, in the table's order. */
export function* tableChanges(table: Table): Generator<Change> {
  for (const { service, destinations } of table) {
    yield { kind: "add-service", service };
    const key = serviceKey(service);
    for (const server of destinations) yield { kind: "add-server", service: key, server };
  }
}

/** The changes that set timeouts and start sync daemons. */
export function* settingsChanges(timeouts?: Timeouts, daemons: readonly Daemon[] = []): Generator<Change> {
  if (timeouts) yield { kind: "set", timeouts };
  for (const daemon of daemons) yield { kind: "start-daemon", daemon };
}

/** A rule file, one change per line, each ended by a line feed, in pieces to be written one after the other. */
export function formatRules(changes: Iterable<Change>): readonly string[] {
  return pieces(lines(changes));
}

function* lines(changes: Iterable<Change>): Generator<string> {
  for (const change of changes) yield `${formatChange(change)}\n`;
}
