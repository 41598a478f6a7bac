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
    const start = out.length;
    writeServers(out, entry, start, writeService(out, entry));
  }
}

/** The words between address and weight. */
const METHODS = { masq: ascii(" -m -w "), route: ascii(" -g -w ") };
const SCHEDULER = ascii(" -s ");
const SERVER = ascii(" -r ");
const ADD_SERVICE = "-A ";
const LOWER_A = 0x61;
/** What stands before the address of a service, by the numbers of protocols. */
const ADD_SERVICES: ReadonlyMap<number, Uint8Array> = new Map(
  Object.entries(PROTOCOL_OPTIONS).map(([name, option]) => [
    protocolNumber(name as keyof typeof PROTOCOL_OPTIONS),
    ascii(`${ADD_SERVICE}${option} `),
  ]),
);

/** More than the rule of a plain service has without its scheduler's name, and than that of a common IPv4 server has behind the key. */
const MOST_BYTES = 64;

/** Returns the length of what rules of its servers begin with too, but for the letter: `-A -t 192.0.2.1:80`. */
function writeService(out: ByteLines, entry: ServiceRows): number {
  const { list, row } = entry;
  const { words } = list;
  const at = list.at(row);
  const beginning = ADD_SERVICES.get(words[at + SERVICE_COLUMN.PROTOCOL]!);
  const scheduler = list.names.bytesOf(words[at + SERVICE_COLUMN.SCHEDULER]!);
  // There is nothing to say but the key and the scheduler.
  const isPlain =
    words[at + SERVICE_COLUMN.FLAGS] === 0 &&
    words[at + SERVICE_COLUMN.TIMEOUT] === 0 &&
    words[at + SERVICE_COLUMN.VERSION] === 4 &&
    words[at + SERVICE_COLUMN.NETMASK] === 0xffffffff &&
    words[at + SERVICE_COLUMN.ENGINE] === 0 &&
    words[at + SERVICE_COLUMN.PORT] !== 0;
  if (!isPlain || beginning === undefined || scheduler === undefined) {
    const { service } = entry;
    out.utf8(formatChange({ kind: "add-service", service }));
    out.endLine();
    return ADD_SERVICE.length + formatServiceKey(serviceKey(service)).length;
  }
  const bytes = out.room(MOST_BYTES + scheduler.length);
  const start = out.length;
  const address = putBytes(bytes, start, beginning);
  const key = putEndpoint(bytes, address, words[at + SERVICE_COLUMN.ADDRESS]!, words[at + SERVICE_COLUMN.PORT]!);
  const end = putBytes(bytes, putBytes(bytes, key, SCHEDULER), scheduler);
  bytes[end] = LINE_END;
  out.end(end + 1);
  return key - start;
}

/**
 * @param ofService where the rule of the service begins
 * @param key what writeService returned
 */
function writeServers(out: ByteLines, entry: ServiceRows, ofService: number, key: number): void {
  const { list, row: service, rows, order } = entry;
  const { words } = rows;
  const of = list.at(service);
  const isMark = list.words[of + SERVICE_COLUMN.MARK] !== 0;
  const port = isMark ? undefined : list.words[of + SERVICE_COLUMN.PORT]!;
  const isCommon = isMark || ADD_SERVICES.has(list.words[of + SERVICE_COLUMN.PROTOCOL]!);
  // The rule before, which begins alike.
  let last = ofService;
  let length = key;
  for (let index = 0; index < order.length; index++) {
    const row = order[index]!;
    const at = rows.at(row);
    const method = isCommon ? commonMethod(words, at, port) : undefined;
    if (method === undefined) {
      out.utf8(formatChange({ kind: "add-server", service: serviceKey(entry.service), server: rows.server(row) }));
      out.endLine();
      continue;
    }
    const bytes = out.room(length + MOST_BYTES);
    const start = out.length;
    bytes.copyWithin(start, last, last + length);
    if (last === ofService) {
      bytes[start + 1] = LOWER_A;
      length = putBytes(bytes, start + length, SERVER) - start;
    }
    last = start;
    if (words[at + COLUMN.VERSION] === 4) {
      let end = putEndpoint(bytes, start + length, words[at + COLUMN.ADDRESS]!, words[at + COLUMN.PORT]!);
      end = putBytes(bytes, end, method);
      end = putNumber(bytes, end, words[at + COLUMN.WEIGHT]!);
      bytes[end++] = LINE_END;
      out.end(end);
    } else {
      out.end(start + length);
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
