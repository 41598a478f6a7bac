import type { Connection } from "../model/connection.js";
import type { Destination } from "../model/destination.js";
import type { DestinationDocument, Document } from "../model/schema.js";
import { type Daemon, formatVersion, type Info, type Timeouts } from "../model/settings.js";
import type { LiveTable, Table } from "../model/table.js";
import { connectionDocument, destinationDocument, liveDestinationDocument, serviceDocument } from "./document.js";
import { pieces } from "./pieces.js";

// Each of these prints the document of model/schema.ts with the parts that it is about: a line for each service, server and
// connection. Where pieces are returned, they are to be written one after the other.

/** `-L --json`, the same for every layout: the table with all live figures, in the order given. */
export function renderServicesJson(info: Info, table: LiveTable): readonly string[] {
  const ipvs = { version: formatVersion(info.version), connectionTableSize: info.connectionTableSize };
  return pieces(document(field("ipvs", ipvs), services(table, liveDestinationDocument, true)));
}

/** `-S --json`: what is configured, without live figures, so that equal tables give equal texts. */
export function renderSavedJson(table: Table, timeouts?: Timeouts, daemons?: readonly Daemon[]): readonly string[] {
  const settings = [
    ...(timeouts ? [field("timeouts", timeouts)] : []),
    ...(daemons ? [field("daemons", daemons)] : []),
  ];
  return pieces(document(services(table, destinationDocument, false), ...settings));
}

/** `-L --timeout --json`. */
export function renderTimeoutsJson(timeouts: Timeouts): string {
  return pieces(document(field("timeouts", timeouts))).join("");
}

/** `-L --daemon --json`. */
export function renderDaemonsJson(daemons: readonly Daemon[]): string {
  return pieces(document(field("daemons", daemons))).join("");
}

/** `-L -c --json`. */
export async function* renderConnectionsJson(
  connections: AsyncIterable<readonly Connection[]>,
): AsyncGenerator<string, void, undefined> {
  let before = '{"connections":[\n';
  for await (const batch of connections) {
    if (batch.length === 0) continue;
    yield before + batch.map((connection) => JSON.stringify(connectionDocument(connection))).join(",\n");
    before = ",\n";
  }
  yield before === ",\n" ? "\n]}\n" : `${before}]}\n`;
}

function* document(...fields: Iterable<string>[]): Generator<string> {
  let before = "{";
  for (const lines of fields) {
    yield before;
    yield* lines;
    before = ",\n";
  }
  yield "}\n";
}

/** A part of the document, checked against the schema's type. */
function field<N extends "ipvs" | "timeouts" | "daemons">(name: N, value: Readonly<NonNullable<Document[N]>>) {
  return [`"${name}":${JSON.stringify(value)}`];
}

function* services<D extends Destination>(
  table: Table<D>,
  destination: (destination: D) => DestinationDocument,
  withStats: boolean,
): Generator<string> {
  let before = '"services":[\n';
  for (const { service, stats, destinations } of table) {
    yield `${before}${JSON.stringify(serviceDocument(service, withStats ? stats : undefined)).slice(0, -1)},"destinations":[`;
    before = "\n  ";
    for (const server of destinations) {
      yield before + JSON.stringify(destination(server));
      before = ",\n  ";
    }
    yield "]}";
    before = ",\n";
  }
  yield before === ",\n" ? "\n]" : `${before}]`;
}
