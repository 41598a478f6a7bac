import type { ListConnections } from "../command/command.js";
import type { Connection, Endpoint } from "../model/connection.js";
import type { Protocol } from "../model/service.js";
import { type Names, withNames } from "../names.js";
import { endpointText } from "./endpoint.js";

const TITLE = "IPVS connection entries\npro expire state       source             virtual            destination";

/**
 * The text of `ipvsadm -L -c` in pieces to be written one after the other. Bytes, since the data of persistence engines
 * may be any.
 *
 * @param names absent means numeric; otherwise each batch waits for its names
 */
export async function* renderConnections(
  list: ListConnections,
  connections: AsyncIterable<readonly Connection[]>,
  names?: Names,
): AsyncGenerator<Uint8Array, void, undefined> {
  let title = `${TITLE}${list.persistenceEngine ? "        pe name          pe_data" : ""}\n`;
  for await (const batch of connections) {
    const rows = () => batch.map((connection) => rowText(connection, list, names)).join("");
    yield Buffer.from(title + (names === undefined ? rows() : await withNames(names, rows)), "latin1");
    title = "";
  }
  if (title !== "") yield Buffer.from(title);
}

function rowText(connection: Connection, list: ListConnections, names: Names | undefined): string {
  const { protocol, client, virtual, destination, state, expires, persistence } = connection;
  const ports = PORT_NAMES.get(protocol);
  const text = ({ address, port }: Endpoint) => endpointText(address, port, ports, names, list.wide);
  const row = `${protocol.padEnd(3)} ${clock(expires).padEnd(6)} ${state.padEnd(11)} ${text(client).padEnd(18)} ${text(virtual).padEnd(18)}`;
  return list.persistenceEngine && persistence !== undefined && persistence.data !== ""
    ? `${row} ${text(destination).padEnd(16)} ${persistence.engine.padEnd(18)} ${persistence.data}\n`
    : `${row} ${text(destination)}\n`;
}

/** Protocols whose ports have names. */
const PORT_NAMES: ReadonlyMap<string, Protocol> = new Map([
  ["TCP", "tcp"],
  ["UDP", "udp"],
  ["SCTP", "sctp"],
]);

/** Minutes and seconds; minutes go on after 59. */
function clock(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}
