import { familyOf } from "../model/address.js";
import type { DestinationKey } from "../model/destination.js";
import { isFirewallMark, type Protocol } from "../model/service.js";
import { formatVersion, type Info } from "../model/settings.js";
import type { LiveTable } from "../model/table.js";
import { type Names, withNames } from "../names/names.js";
import type { ListServices } from "../options/command.js";
import { endpointText } from "./endpoint.js";
import { LAYOUTS } from "./layouts.js";
import { pieces } from "./pieces.js";
import { serviceText } from "./service-line.js";

/** Width of a server's address; longer texts of IPv4 servers are cut. */
const SERVER_WIDTH = 28;

/** `IP Virtual Server version 1.2.1 (size=4096)`, with its line end. */
export function renderInfo(info: Info): string {
  return `IP Virtual Server version ${formatVersion(info.version)} (size=${info.connectionTableSize})\n`;
}

/**
 * The text of `ipvsadm -L` in pieces to be written one after the other, in the order of the table given. The version
 * line is left out when `list` asks for one service. Nothing comes before the first part of the table is there.
 *
 * @param parts the table, some services at a time
 * @param names absent means numeric; otherwise each part waits for its names
 */
export async function* renderServices(
  list: ListServices,
  info: Info,
  parts: AsyncIterable<LiveTable> | Iterable<LiveTable>,
  names?: Names,
): AsyncGenerator<string, void, undefined> {
  let before = title(list, info);
  for await (const part of parts) {
    const render = () => pieces(lines(list, part, names));
    yield before;
    yield* names === undefined ? render() : await withNames(names, render);
    before = "";
  }
  yield before;
}

function title(list: ListServices, info: Info): string {
  return (list.service === undefined ? renderInfo(info) : "") + LAYOUTS[list.layout].title;
}

function* lines(list: ListServices, table: LiveTable, names: Names | undefined): Generator<string> {
  const columns = LAYOUTS[list.layout];
  for (const { service, stats, destinations } of table) {
    yield `${columns.service(serviceText(service, names, list.wide), service, stats, list.exact)}\n`;
    const protocol = isFirewallMark(service) ? undefined : service.protocol;
    for (const server of destinations) {
      yield `  -> ${serverText(server, protocol, names, list.wide).padEnd(SERVER_WIDTH)}${columns.server(server, list.exact)}\n`;
    }
  }
}

function serverText(
  server: DestinationKey,
  protocol: Protocol | undefined,
  names: Names | undefined,
  wide: boolean,
): string {
  const text = endpointText(server.address, server.port, protocol, names, wide);
  return wide || familyOf(server.address) === "ipv6" ? text : text.slice(0, SERVER_WIDTH);
}
