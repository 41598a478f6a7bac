import { formatEndpoint } from "../model/address.js";
import type { Change } from "../model/change.js";
import { FORWARDING_NUMBERS } from "../model/destination.js";
import { COLUMN } from "../model/server-rows.js";
import { protocolNumber, serviceKey } from "../model/service.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import type { ServiceRows } from "../model/service-rows.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { Table } from "../model/table.js";
import { formatChange, formatServiceKey, PROTOCOL_OPTIONS } from "../options/format.js";
import { ascii, type ByteLines, LINE_END, putBytes, putEndpoint, putNumber } from "../render/bytes.js";
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
  const space = new Uint8Array(MOST_BYTES);
  for (const entry of part) {
    const length = putBeginning(space, entry.list, entry.row);
    const beginning = length > 0 ? space : ascii(`-a ${formatServiceKey(serviceKey(entry.service))}${SERVER_TEXT}`);
    writeService(out, entry, beginning, length);
    writeServers(out, entry, beginning, length > 0 ? length : beginning.length);
  }
}

/** The words between address and weight. */
const METHODS = { masq: ascii(" -m -w "), route: ascii(" -g -w ") };
const SCHEDULER = ascii(" -s ");
const SERVER_TEXT = " -r ";
const SERVER = ascii(SERVER_TEXT);
/** What rules of servers begin with, by the numbers of the services' protocols. */
const ADD_SERVER: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries(PROTOCOL_OPTIONS).map(([name, option]) => [
    protocolNumber(name as keyof typeof PROTOCOL_OPTIONS),
    ascii(`-a ${option} `),
  ]),
);

/** More than any rule has behind its beginning, or before the server, as long as everything in it is IPv4. */
const MOST_BYTES = 64;

/** `-a -t 192.0.2.1:80 -r `. Returns its length; 0 where a service has another key than an IPv4 address. */
function putBeginning(bytes: Uint8Array, list: ServiceList, row: number): number {
  const { words } = list;
  const at = list.at(row);
  const option = ADD_SERVER.get(words[at + SERVICE_COLUMN.PROTOCOL]!);
  if (option === undefined || words[at + SERVICE_COLUMN.VERSION] !== 4) return 0;
  const address = putBytes(bytes, 0, option);
  const port = putEndpoint(bytes, address, words[at + SERVICE_COLUMN.ADDRESS]!, words[at + SERVICE_COLUMN.PORT]!);
  return putBytes(bytes, port, SERVER);
}

const UPPER_A = 0x41;

/** @param length of the beginning of rules about its servers; 0: it cannot be used here */
function writeService(out: ByteLines, entry: ServiceRows, beginning: Uint8Array, length: number): void {
  const { list, row } = entry;
  const { words } = list;
  const at = list.at(row);
  // There is nothing to say but the key and the scheduler.
  const isPlain =
    length > 0 &&
    words[at + SERVICE_COLUMN.FLAGS] === 0 &&
    words[at + SERVICE_COLUMN.TIMEOUT] === 0 &&
    words[at + SERVICE_COLUMN.NETMASK] === 0xffffffff &&
    words[at + SERVICE_COLUMN.ENGINE] === 0 &&
    words[at + SERVICE_COLUMN.PORT] !== 0;
  if (isPlain) {
    const bytes = out.room(MOST_BYTES);
    const start = out.length;
    const key = putBytes(bytes, start, beginning, length - SERVER.length);
    bytes[start + 1] = UPPER_A;
    out.end(putBytes(bytes, key, SCHEDULER));
    out.utf8(list.nameOf(words[at + SERVICE_COLUMN.SCHEDULER]!));
  } else out.utf8(formatChange({ kind: "add-service", service: entry.service }));
  out.endLine();
}

/** @param length of what their rules begin with */
function writeServers(out: ByteLines, entry: ServiceRows, beginning: Uint8Array, length: number): void {
  const { list, row: service, rows, order } = entry;
  const { words } = rows;
  const of = list.at(service);
  const isMark = list.words[of + SERVICE_COLUMN.MARK] !== 0;
  const port = isMark ? undefined : list.words[of + SERVICE_COLUMN.PORT]!;
  const isCommon = isMark || ADD_SERVER.has(list.words[of + SERVICE_COLUMN.PROTOCOL]!);
  for (const row of order) {
    const at = rows.at(row);
    const method = isCommon ? commonMethod(words, at, port) : undefined;
    if (method === undefined) {
      const key = serviceKey(entry.service);
      out.utf8(formatChange({ kind: "add-server", service: key, server: rows.server(row) }));
      out.endLine();
    } else if (words[at + COLUMN.VERSION] === 4) {
      const bytes = out.room(length + MOST_BYTES);
      let end = putBytes(bytes, out.length, beginning, length);
      end = putEndpoint(bytes, end, words[at + COLUMN.ADDRESS]!, words[at + COLUMN.PORT]!);
      end = putBytes(bytes, end, method);
      end = putNumber(bytes, end, words[at + COLUMN.WEIGHT]!);
      bytes[end++] = LINE_END;
      out.end(end);
    } else {
      out.raw(beginning, length);
      out.text(formatEndpoint(rows.address(row), words[at + COLUMN.PORT]!));
      out.raw(method);
      out.number(words[at + COLUMN.WEIGHT]!);
      out.endLine();
    }
  }
}

/** The words between address and weight, for servers of which nothing else is said; absent for all others. */
function commonMethod(words: Uint32Array, at: number, servicePort: number | undefined): Uint8Array | undefined {
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
