import type { Change } from "../model/change.js";
import { FORWARDING_NUMBERS } from "../model/destination.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import { PROTOCOL_NUMBERS, serviceKey } from "../model/service.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import type { ServiceRows } from "../model/service-rows.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { formatChange, formatServiceKey, PROTOCOL_OPTIONS } from "../options/format.js";
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
  for (const entry of part) {
    writeService(out, entry);
    writeServers(out, entry);
  }
}

const ascii = (text: string) => Uint8Array.from(Buffer.from(text));
/** The words between address and weight. */
const METHODS = { masq: ascii(" -m -w "), route: ascii(" -g -w ") };
const SCHEDULER = ascii(" -s ");
const SERVER = ascii(" -r ");
/** The options that name a service, by the numbers of protocols, after the one that says what to do. */
const ADD_SERVICE = optionsFor("-A");
const ADD_SERVER = optionsFor("-a");

function optionsFor(operation: string): ReadonlyMap<number, Uint8Array> {
  const names = Object.entries(PROTOCOL_OPTIONS) as [keyof typeof PROTOCOL_OPTIONS, string][];
  return new Map(names.map(([name, option]) => [PROTOCOL_NUMBERS[name], ascii(`${operation} ${option} `)]));
}

/** Writes an option and the IPv4 address behind it. False, and nothing is written, where these are not what names the service. */
function writeKey(out: ByteLines, { list, row }: ServiceRows, options: ReadonlyMap<number, Uint8Array>): boolean {
  const { words } = list;
  const at = list.at(row);
  const option = options.get(words[at + SERVICE_COLUMN.PROTOCOL]!);
  if (option === undefined || words[at + SERVICE_COLUMN.VERSION] !== 4) return false;
  out.raw(option);
  out.ipv4Endpoint(words[at + SERVICE_COLUMN.ADDRESS]!, words[at + SERVICE_COLUMN.PORT]!);
  return true;
}

function writeService(out: ByteLines, entry: ServiceRows): void {
  const { list, row } = entry;
  if (isPlain(list, row) && writeKey(out, entry, ADD_SERVICE)) {
    out.raw(SCHEDULER);
    out.utf8(list.nameOf(list.words[list.at(row) + SERVICE_COLUMN.SCHEDULER]!));
  } else out.utf8(formatChange({ kind: "add-service", service: entry.service }));
  out.endLine();
}

/** Whether there is nothing to say about a service of IPv4 but its key and its scheduler. */
function isPlain(list: ServiceList, row: number): boolean {
  const { words } = list;
  const at = list.at(row);
  return (
    words[at + SERVICE_COLUMN.FLAGS] === 0 &&
    words[at + SERVICE_COLUMN.TIMEOUT] === 0 &&
    words[at + SERVICE_COLUMN.NETMASK] === 0xffffffff &&
    words[at + SERVICE_COLUMN.ENGINE] === 0 &&
    words[at + SERVICE_COLUMN.PORT] !== 0
  );
}

function writeServers(out: ByteLines, entry: ServiceRows): void {
  const { list, row: service, rows, order } = entry;
  const { words } = rows;
  const at = list.at(service);
  const isMark = list.words[at + SERVICE_COLUMN.MARK] !== 0;
  const port = isMark ? undefined : list.words[at + SERVICE_COLUMN.PORT]!;
  const isCommon = isMark || ADD_SERVER.has(list.words[at + SERVICE_COLUMN.PROTOCOL]!);
  /** Where a line of this service has its beginning. */
  let beginning = 0;
  let length = 0;
  for (const row of order) {
    const method = isCommon ? commonMethod(rows, row, port) : undefined;
    if (method === undefined) {
      const key = serviceKey(entry.service);
      out.utf8(formatChange({ kind: "add-server", service: key, server: rows.server(row) }));
    } else {
      if (length > 0) out.again(beginning, length);
      else {
        beginning = out.length;
        if (!writeKey(out, entry, ADD_SERVER)) out.text(`-a ${formatServiceKey(entry.service)}`);
        out.raw(SERVER);
        length = out.length - beginning;
      }
      writeEndpoint(out, rows, row);
      out.raw(method);
      out.number(words[rows.at(row) + COLUMN.WEIGHT]!);
    }
    out.endLine();
  }
}

/** The words between address and weight, for servers of which nothing else is said; absent for all others. */
function commonMethod(rows: ServerRows, row: number, servicePort: number | undefined): Uint8Array | undefined {
  const { words } = rows;
  const at = rows.at(row);
  const unsaid =
    words[at + COLUMN.TUNNEL_TYPE]! |
    words[at + COLUMN.TUNNEL_PORT]! |
    words[at + COLUMN.TUNNEL_FLAGS]! |
    words[at + COLUMN.UPPER_THRESHOLD]! |
    words[at + COLUMN.LOWER_THRESHOLD]!;
  if (unsaid !== 0) return undefined;
  const forwarding = words[at + COLUMN.FORWARDING];
  if (forwarding === FORWARDING_NUMBERS.masq) return METHODS.masq;
  const hasPort = servicePort === undefined || words[at + COLUMN.PORT] === servicePort;
  return forwarding === FORWARDING_NUMBERS.route && hasPort ? METHODS.route : undefined;
}

/** A rule file, one change per line, each ended by a line feed, in pieces to be written one after the other. */
export function formatRules(changes: Iterable<Change>): readonly string[] {
  return pieces(lines(changes));
}

function* lines(changes: Iterable<Change>): Generator<string> {
  for (const change of changes) yield `${formatChange(change)}\n`;
}
