import { type Address, familyOf } from "../model/address.js";
import type { Connection, Endpoint } from "../model/connection.js";
import type { Protocol } from "../model/service.js";
import { type Names, withNames } from "../names/names.js";
import type { ListConnections } from "../options/command.js";
import { ByteLines } from "./bytes.js";
import { endpointText } from "./endpoint.js";

/** Widths of columns. */
interface Widths {
  readonly protocol: number;
  readonly source: number;
  readonly virtual: number;
  readonly destination: number;
  readonly engine: number;
}

/** 1.31's. Longer texts push the rest of their line to the right. */
const NARROW: Widths = { protocol: 3, source: 18, virtual: 18, destination: 16, engine: 18 };

/** What wide columns begin with: as 1.31's titles have it, which are not quite above its columns. */
const LEAST: Widths = { protocol: 3, source: 18, virtual: 18, destination: 18, engine: 16 };

/** So many connections are measured together: a million need no more memory than these. */
const MEASURED = 16_384;

/**
 * The text of `ipvsadm -L -c` in pieces to be written one after the other, each valid until the next is asked for. Bytes,
 * since the data of persistence engines may be any. With `wide` columns are as wide as their longest texts, as far as some ten
 * thousand connections tell; longer lists go on with columns that only grow.
 *
 * @param names absent means numeric; otherwise each batch waits for its names
 */
export async function* renderConnections(
  list: ListConnections,
  connections: AsyncIterable<readonly Connection[]>,
  names?: Names,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new ByteLines();
  let widths = list.wide ? LEAST : NARROW;
  let begun = false;
  for await (const batch of list.wide ? gathered(connections) : connections) {
    if (list.wide) widths = await named(names, () => widened(widths, batch, names));
    if (!begun) yield title(list, widths);
    begun = true;
    await named(names, () => {
      out.clear();
      for (const connection of batch) writeRow(connection, list, names, widths, out);
    });
    yield out.bytes;
  }
  if (!begun) yield title(list, widths);
}

async function named<T>(names: Names | undefined, work: () => T): Promise<T> {
  return names === undefined ? work() : withNames(names, work);
}

function title({ wide, persistenceEngine }: ListConnections, widths: Widths): Uint8Array {
  const { protocol, source, virtual, destination } = widths;
  const endpoints = `${"source".padEnd(source)} ${"virtual".padEnd(virtual)} destination`;
  const engine = persistenceEngine
    ? `${" ".repeat((wide ? destination : LEAST.destination) - 10)}pe name          pe_data`
    : "";
  return Buffer.from(`IPVS connection entries\n${"pro".padEnd(protocol)} expire state       ${endpoints}${engine}\n`);
}

/** The same connections in larger batches. */
async function* gathered(batches: AsyncIterable<readonly Connection[]>): AsyncGenerator<readonly Connection[]> {
  let group: Connection[] | undefined;
  for await (const batch of batches) {
    group ??= [];
    for (const connection of batch) group.push(connection);
    if (group.length < MEASURED) continue;
    yield group;
    group = undefined;
  }
  if (group !== undefined) yield group;
}

function widened(widths: Widths, connections: readonly Connection[], names: Names | undefined): Widths {
  let { protocol, source, virtual, destination } = widths;
  for (const connection of connections) {
    const length = ({ address, port }: Endpoint) =>
      endpointText(address, port, PORT_NAMES.get(connection.protocol), names, true).length;
    protocol = Math.max(protocol, connection.protocol.length);
    source = Math.max(source, length(connection.client));
    virtual = Math.max(virtual, length(connection.virtual));
    destination = Math.max(destination, length(connection.destination));
  }
  return { ...widths, protocol, source, virtual, destination };
}

function writeRow(
  connection: Connection,
  list: ListConnections,
  names: Names | undefined,
  widths: Widths,
  out: ByteLines,
): void {
  const { protocol, client, virtual, destination, state, expires, persistence } = connection;
  const endpoint = ({ address, port }: Endpoint) =>
    names === undefined
      ? writeNumbers(address, port, out)
      : out.text(endpointText(address, port, PORT_NAMES.get(protocol), names, list.wide));
  out.text(protocol);
  out.endField(widths.protocol);
  writeClock(expires, out);
  out.endField(6);
  out.text(state);
  out.endField(11);
  endpoint(client);
  out.endField(widths.source);
  endpoint(virtual);
  out.endField(widths.virtual);
  endpoint(destination);
  if (list.persistenceEngine && persistence !== undefined && persistence.data !== "") {
    out.endField(widths.destination);
    out.text(persistence.engine);
    out.endField(widths.engine);
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
