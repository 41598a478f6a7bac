import { formatEndpoint } from "../model/address.js";
import type { Change } from "../model/change.js";
import { FORWARDING_NUMBERS } from "../model/destination.js";
import { COLUMN } from "../model/server-rows.js";
import { protocolNumber, serviceKey } from "../model/service.js";
import { SERVICE_COLUMN } from "../model/service-list.js";
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
  for (const entry of part) {
    writeService(out, entry);
    writeServers(out, entry);
  }
}

/** The words between address and weight. */
const METHODS = { masq: ascii(" -m -w "), route: ascii(" -g -w ") };
const ADD_SERVICE = ascii("-A ");
const SCHEDULER = ascii(" -s ");
const ADD_SERVER = ascii("-a ");
const SERVER = ascii(" -r ");
/** The options before an address, by the numbers of protocols. */
const PROTOCOLS: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries(PROTOCOL_OPTIONS).map(([name, option]) => [
    protocolNumber(name as keyof typeof PROTOCOL_OPTIONS),
    ascii(`${option} `),
  ]),
);

/** More than a key takes, or the rest of a rule about a server, as long as it is IPv4. */
const MOST_BYTES = 64;

/** Writes formatServiceKey. */
function writeKey(out: ByteLines, entry: ServiceRows): void {
  const { words } = entry.list;
  const at = entry.list.at(entry.row);
  const option = PROTOCOLS.get(words[at + SERVICE_COLUMN.PROTOCOL]!);
  if (option === undefined || words[at + SERVICE_COLUMN.VERSION] !== 4)
    out.text(formatServiceKey(serviceKey(entry.service)));
  else {
    const bytes = out.room(MOST_BYTES);
    const end = putBytes(bytes, out.length, option);
    out.end(putEndpoint(bytes, end, words[at + SERVICE_COLUMN.ADDRESS]!, words[at + SERVICE_COLUMN.PORT]!));
  }
}

function writeService(out: ByteLines, entry: ServiceRows): void {
  const { list, row } = entry;
  const { words } = list;
  const at = list.at(row);
  // There is nothing to say but the key and the scheduler.
  const isPlain =
    PROTOCOLS.has(words[at + SERVICE_COLUMN.PROTOCOL]!) &&
    words[at + SERVICE_COLUMN.FLAGS] === 0 &&
    words[at + SERVICE_COLUMN.TIMEOUT] === 0 &&
    words[at + SERVICE_COLUMN.VERSION] === 4 &&
    words[at + SERVICE_COLUMN.NETMASK] === 0xffffffff &&
    words[at + SERVICE_COLUMN.ENGINE] === 0 &&
    words[at + SERVICE_COLUMN.PORT] !== 0;
  if (isPlain) {
    out.raw(ADD_SERVICE);
    writeKey(out, entry);
    out.raw(SCHEDULER);
    out.utf8(list.nameOf(words[at + SERVICE_COLUMN.SCHEDULER]!));
  } else out.utf8(formatChange({ kind: "add-service", service: entry.service }));
  out.endLine();
}

function writeServers(out: ByteLines, entry: ServiceRows): void {
  const { list, row: service, rows, order } = entry;
  const { words } = rows;
  const of = list.at(service);
  const isMark = list.words[of + SERVICE_COLUMN.MARK] !== 0;
  const port = isMark ? undefined : list.words[of + SERVICE_COLUMN.PORT]!;
  const isCommon = isMark || PROTOCOLS.has(list.words[of + SERVICE_COLUMN.PROTOCOL]!);
  // Where the last rule is that began as all of them do, and the length of that.
  let last = 0;
  let length = 0;
  for (let index = 0; index < order.length; index++) {
    const row = order[index]!;
    const at = rows.at(row);
    const method = isCommon ? commonMethod(words, at, port) : undefined;
    if (method === undefined) {
      const key = serviceKey(entry.service);
      out.utf8(formatChange({ kind: "add-server", service: key, server: rows.server(row) }));
      out.endLine();
      continue;
    }
    const start = out.length;
    if (length > 0) out.again(last, length);
    else {
      out.raw(ADD_SERVER);
      writeKey(out, entry);
      out.raw(SERVER);
      length = out.length - start;
    }
    last = start;
    if (words[at + COLUMN.VERSION] === 4) {
      const bytes = out.room(MOST_BYTES);
      let end = putEndpoint(bytes, out.length, words[at + COLUMN.ADDRESS]!, words[at + COLUMN.PORT]!);
      end = putBytes(bytes, end, method);
      end = putNumber(bytes, end, words[at + COLUMN.WEIGHT]!);
      bytes[end++] = LINE_END;
      out.end(end);
    } else {
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
