import type { ListServices } from "../command/command.js";
import { familyOf } from "../model/address.js";
import { isFirewallMark } from "../model/service.js";
import { formatVersion, type Info } from "../model/settings.js";
import type { LiveDestination, LiveTable } from "../model/table.js";
import type { Names } from "../names.js";
import { endpointText } from "./endpoint.js";
import { LAYOUTS } from "./layouts.js";
import { serviceText } from "./service-line.js";

/** Width of a server's address; longer texts of IPv4 servers are cut. */
const SERVER_WIDTH = 28;

/** `IP Virtual Server version 1.2.1 (size=4096)`, with its line end. */
export function renderInfo(info: Info): string {
  return `IP Virtual Server version ${formatVersion(info.version)} (size=${info.connectionTableSize})\n`;
}

/**
 * The text of `ipvsadm -L`, in the order of the table given. The version line is left out when `list` asks for one
 * service.
 *
 * @param names absent means numeric. When names are given and `names.pending` is true afterwards, load them and render
 *   again.
 */
export function renderServices(list: ListServices, info: Info, table: LiveTable, names?: Names): string {
  const columns = LAYOUTS[list.layout];
  let text = list.service === undefined ? renderInfo(info) : "";
  text += columns.title;
  for (const { service, stats, destinations } of table) {
    text += `${columns.service(serviceText(service, names), service, stats, list.exact)}\n`;
    const protocol = isFirewallMark(service) ? undefined : service.protocol;
    const address = (server: LiveDestination) => {
      const endpoint = endpointText(server.address, server.port, protocol, names);
      return familyOf(server.address) === "ipv6" ? endpoint : endpoint.slice(0, SERVER_WIDTH);
    };
    for (const server of destinations) {
      text += `  -> ${address(server).padEnd(SERVER_WIDTH)}${columns.server(server, list.exact)}\n`;
    }
  }
  return text;
}
