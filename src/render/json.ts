import type { Connection } from "../model/connection.js";
import type { Document } from "../model/schema.js";
import { type ServiceRows, withRows } from "../model/service-rows.js";
import { type Daemon, formatVersion, type Info, type Timeouts } from "../model/settings.js";
import type { LiveTable, Table } from "../model/table.js";
import { ByteLines } from "./bytes.js";
import { connectionDocument } from "./document.js";
import { writeServices } from "./json-rows.js";

// Each of these prints the document of model/schema.ts with the parts that it is about: a line for each service, server and
// connection. Where pieces are returned, they are to be written one after the other.

/** `-L --json`, the same for every layout: the table with all live figures, in the order given. */
export function renderServicesJson(info: Info, table: LiveTable): readonly string[] {
  const { head, tail } = around(listedFields(info), []);
  return [head, ...whole(table, true), tail];
}

/** `-S --json`: what is configured, without live figures, so that equal tables give equal texts. */
export function renderSavedJson(table: Table, timeouts?: Timeouts, daemons?: readonly Daemon[]): readonly string[] {
  const { head, tail } = around([], savedFields(timeouts, daemons));
  return [head, ...whole(table, false), tail];
}

/** The same as renderServicesJson for a table that comes in parts. A piece is valid until the next is asked for. */
export function renderServiceRows(info: Info, parts: Parts): AsyncGenerator<string | Uint8Array, void, undefined> {
  return streamed(parts, true, around(listedFields(info), []));
}

/** The same as renderSavedJson for a table that comes in parts. A piece is valid until the next is asked for. */
export function renderSavedRows(
  parts: Parts,
  timeouts?: Timeouts,
  daemons?: readonly Daemon[],
): AsyncGenerator<string | Uint8Array, void, undefined> {
  return streamed(parts, false, around([], savedFields(timeouts, daemons)));
}

type Parts = AsyncIterable<readonly ServiceRows[]>;

const listedFields = (info: Info) => [
  field("ipvs", { version: formatVersion(info.version), connectionTableSize: info.connectionTableSize }),
];

const savedFields = (timeouts?: Timeouts, daemons?: readonly Daemon[]) => [
  ...(timeouts ? [field("timeouts", timeouts)] : []),
  ...(daemons ? [field("daemons", daemons)] : []),
];

/** What comes before the services and behind them. */
function around(before: readonly string[], after: readonly string[]) {
  return {
    head: `{${[...before, '"services":['].join(",\n")}`,
    tail: `${["\n]", ...after].join(",\n")}}\n`,
  };
}

function whole(table: Table, live: boolean): string[] {
  const out = new ByteLines();
  writeServices(out, table.map(withRows), live, true);
  return [String(Buffer.from(out.bytes))];
}

async function* streamed(parts: Parts, live: boolean, { head, tail }: ReturnType<typeof around>) {
  const out = new ByteLines();
  yield head;
  let first = true;
  for await (const part of parts) {
    out.clear();
    writeServices(out, part, live, first);
    if (part.length > 0) first = false;
    yield out.piece;
  }
  yield tail;
}

/** `-L --timeout --json`. */
export function renderTimeoutsJson(timeouts: Timeouts): string {
  return `{${field("timeouts", timeouts)}}\n`;
}

/** `-L --daemon --json`. */
export function renderDaemonsJson(daemons: readonly Daemon[]): string {
  return `{${field("daemons", daemons)}}\n`;
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

/** A part of the document, checked against the schema's type. */
function field<N extends "ipvs" | "timeouts" | "daemons">(name: N, value: Readonly<NonNullable<Document[N]>>) {
  return `"${name}":${JSON.stringify(value)}`;
}
