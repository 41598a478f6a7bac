import type { Change } from "../model/change.js";
import { FORWARDING_NUMBERS } from "../model/destination.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import type { ServiceRows } from "../model/service-rows.js";
import { isFirewallMark, serviceKey } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { formatChange, formatServiceKey } from "../options/format.js";
import type { ByteLines } from "../render/bytes.js";
import { writeEndpoint } from "../render/endpoint.js";
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

/** Writes the rules of `tableChanges`, each with its line end. */
export function writeTable(out: ByteLines, part: readonly ServiceRows[]): void {
  for (const { service, rows, order } of part) {
    out.utf8(formatChange({ kind: "add-service", service }));
    out.endLine();
    const key = serviceKey(service);
    const beginning = `-a ${formatServiceKey(key)} -r `;
    const port = isFirewallMark(service) ? undefined : service.port;
    const isCommon = isFirewallMark(service) || typeof service.protocol === "string";
    for (const row of order) {
      const method = isCommon ? commonMethod(rows, row, port) : undefined;
      if (method === undefined) out.utf8(formatChange({ kind: "add-server", service: key, server: rows.server(row) }));
      else {
        out.text(beginning);
        writeEndpoint(out, rows, row);
        out.text(method);
        out.number(rows.words[rows.at(row) + COLUMN.WEIGHT]!);
      }
      out.endLine();
    }
  }
}

/** The words between address and weight, for servers of which nothing else is said; absent for all others. */
function commonMethod(rows: ServerRows, row: number, servicePort: number | undefined): string | undefined {
  const { words } = rows;
  const at = rows.at(row);
  for (const column of UNSAID) if (words[at + column] !== 0) return undefined;
  const forwarding = words[at + COLUMN.FORWARDING];
  if (forwarding === FORWARDING_NUMBERS.masq) return " -m -w ";
  const hasPort = servicePort === undefined || words[at + COLUMN.PORT] === servicePort;
  return forwarding === FORWARDING_NUMBERS.route && hasPort ? " -g -w " : undefined;
}

const UNSAID = [
  COLUMN.TUNNEL_TYPE,
  COLUMN.TUNNEL_PORT,
  COLUMN.TUNNEL_FLAGS,
  COLUMN.UPPER_THRESHOLD,
  COLUMN.LOWER_THRESHOLD,
] as const;

/** A rule file, one change per line, each ended by a line feed, in pieces to be written one after the other. */
export function formatRules(changes: Iterable<Change>): readonly string[] {
  return pieces(lines(changes));
}

function* lines(changes: Iterable<Change>): Generator<string> {
  for (const change of changes) yield `${formatChange(change)}\n`;
}
