import { familyOf } from "../model/address.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import { isFirewallMark, type Protocol, type ServiceKey } from "../model/service.js";
import type { ServiceRows } from "../model/service-rows.js";
import { formatVersion, type Info } from "../model/settings.js";
import { type Names, withNames } from "../names/names.js";
import type { ListServices } from "../options/command.js";
import { ascii, ByteLines, LINE_END, putBlanks, putBytes, putEndpoint } from "./bytes.js";
import { endpointText } from "./endpoint.js";
import { LAYOUTS, MOST_BYTES } from "./layouts.js";
import { serviceText, writeServiceText } from "./service-line.js";

/** What stands before a server, which `MOST_BYTES` have room for. */
const ARROW = ascii("  -> ");

/** Width of a server's address; longer texts of IPv4 servers are cut. */
const SERVER_WIDTH = 28;

/** `IP Virtual Server version 1.2.1 (size=4096)`, with its line end. */
export function renderInfo(info: Info): string {
  return `IP Virtual Server version ${formatVersion(info.version)} (size=${info.connectionTableSize})\n`;
}

/**
 * The text of `ipvsadm -L` in pieces to be written one after the other, in the order of the table given. The version
 * line is left out when `list` asks for one service. Nothing comes before the first part of the table is there. With `wide` the
 * first column is as wide as its longest text in the first part, so that the whole table has to come in one.
 *
 * @param parts the table, some services at a time
 * @param names absent means numeric; otherwise each part waits for its names
 */
export async function* renderServices(
  list: ListServices,
  info: Info,
  parts: AsyncIterable<readonly ServiceRows[]> | Iterable<readonly ServiceRows[]>,
  names?: Names,
): AsyncGenerator<string | Uint8Array, void, undefined> {
  const out = new ByteLines();
  let width = SERVER_WIDTH;
  let begun = false;
  for await (const part of parts) {
    if (!begun && list.wide) width = await named(names, () => widest(list, part, names));
    if (!begun) yield title(list, info, width);
    begun = true;
    await named(names, () => {
      out.clear();
      for (const entry of part) writeEntry(out, list, entry, names, width);
    });
    yield out.piece;
  }
  if (!begun) yield title(list, info, width);
}

async function named<T>(names: Names | undefined, work: () => T): Promise<T> {
  return names === undefined ? work() : withNames(names, work);
}

function title(list: ListServices, info: Info, width: number): string {
  const more = " ".repeat(width - SERVER_WIDTH);
  return (list.service === undefined ? renderInfo(info) : "") + LAYOUTS[list.layout].title(more);
}

function writeEntry(
  out: ByteLines,
  list: ListServices,
  entry: ServiceRows,
  names: Names | undefined,
  width: number,
): void {
  const { rows, order } = entry;
  const columns = LAYOUTS[list.layout];
  writeServiceText(out, entry, names, list.wide, columns.figures ? ARROW.length + width : 0);
  columns.service(out, entry, list.exact);
  out.endLine();
  const { words } = rows;
  for (let index = 0; index < order.length; index++) {
    const row = order[index]!;
    const at = rows.at(row);
    const isNumeric = names === undefined && words[at + COLUMN.VERSION] === 4;
    if (!isNumeric) {
      out.raw(ARROW);
      out.utf8(serverText(rows, row, protocolOf(entry.service), names, list.wide).padEnd(width));
    }
    const bytes = out.room(width + MOST_BYTES);
    const start = out.length;
    let end = start;
    if (isNumeric) {
      end = putBytes(bytes, end, ARROW);
      end = putEndpoint(bytes, end, words[at + COLUMN.ADDRESS]!, words[at + COLUMN.PORT]!);
      end = putBlanks(bytes, end, start + ARROW.length + width);
    }
    end = columns.server(bytes, end, rows, row, list.exact);
    bytes[end++] = LINE_END;
    out.end(end);
  }
}

/** Room for every address of a server, and in layouts with figures behind them for every service. */
function widest(list: ListServices, table: readonly ServiceRows[], names: Names | undefined): number {
  let width = SERVER_WIDTH;
  for (const { service, rows, order } of table) {
    const text = LAYOUTS[list.layout].figures ? serviceText(service, names, list.wide).length - ARROW.length : 0;
    const servers = order.map((row) => serverText(rows, row, protocolOf(service), names, list.wide).length);
    width = servers.reduce((most, length) => Math.max(most, length), Math.max(width, text));
  }
  return width;
}

function protocolOf(service: ServiceKey): Protocol | undefined {
  return isFirewallMark(service) ? undefined : service.protocol;
}

function serverText(
  rows: ServerRows,
  row: number,
  protocol: Protocol | undefined,
  names: Names | undefined,
  wide: boolean,
): string {
  const address = rows.address(row);
  const text = endpointText(address, rows.words[rows.at(row) + COLUMN.PORT]!, protocol, names, wide);
  return wide || familyOf(address) === "ipv6" ? text : text.slice(0, SERVER_WIDTH);
}
