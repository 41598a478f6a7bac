import { type Address, familyOf } from "../model/address.js";
import type { Connection, Endpoint } from "../model/connection.js";
import type { Protocol } from "../model/service.js";
import { type Names, withNames } from "../names/names.js";
import type { ListConnections } from "../options/command.js";
import { ByteLines } from "./bytes.js";
import { endpointText } from "./endpoint.js";

const TITLE = "IPVS connection entries\npro expire state       source             virtual            destination";
const TITLE_OF_ENGINES = "        pe name          pe_data";

/**
 * The text of `ipvsadm -L -c` in pieces to be written one after the other, each valid until the next is asked for. Bytes,
 * since the data of persistence engines may be any.
 *
 * @param names absent means numeric; otherwise each batch waits for its names
 */
export async function* renderConnections(
  list: ListConnections,
  connections: AsyncIterable<readonly Connection[]>,
  names?: Names,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new ByteLines();
  let title: Uint8Array | undefined = Buffer.from(`${TITLE}${list.persistenceEngine ? TITLE_OF_ENGINES : ""}\n`);
  for await (const batch of connections) {
    if (title !== undefined) yield title;
    title = undefined;
    const write = () => {
      out.clear();
      for (const connection of batch) writeRow(connection, list, names, out);
    };
    if (names === undefined) write();
    else await withNames(names, write);
    yield out.bytes;
  }
  if (title !== undefined) yield title;
}

function writeRow(connection: Connection, list: ListConnections, names: Names | undefined, out: ByteLines): void {
  const { protocol, client, virtual, destination, state, expires, persistence } = connection;
  const endpoint = ({ address, port }: Endpoint) =>
    names === undefined
      ? writeNumbers(address, port, out)
      : out.text(endpointText(address, port, PORT_NAMES.get(protocol), names, list.wide));
  out.text(protocol);
  out.endField(3);
  writeClock(expires, out);
  out.endField(6);
  out.text(state);
  out.endField(11);
  endpoint(client);
  out.endField(18);
  endpoint(virtual);
  out.endField(18);
  endpoint(destination);
  if (list.persistenceEngine && persistence !== undefined && persistence.data !== "") {
    out.endField(16);
    out.text(persistence.engine);
    out.endField(18);
    out.text(persistence.data);
  }
  out.endLine();
}

/** Minutes and seconds; minutes go on after 59. */
function writeClock(seconds: number, out: ByteLines): void {
  out.number(Math.floor(seconds / 60), 2);
  out.text(":");
  out.number(seconds % 60, 2);
}

/** Protocols whose ports have names. */
const PORT_NAMES: ReadonlyMap<string, Protocol> = new Map([
  ["TCP", "tcp"],
  ["UDP", "udp"],
  ["SCTP", "sctp"],
]);

function writeNumbers(address: Address, port: number, out: ByteLines): void {
  const ipv6 = familyOf(address) === "ipv6";
  if (ipv6) out.text("[");
  out.text(address);
  out.text(ipv6 ? "]:" : ":");
  out.number(port);
}
