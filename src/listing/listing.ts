import type { IpvsClient } from "../client/client.js";
import { type ServiceRows, withRows, withServers } from "../model/service-rows.js";
import type { Command, ListConnections, ListServices, ListSettings } from "../options/command.js";
import type { Session } from "../program/session.js";
import { ByteLines } from "../render/bytes.js";
import { renderServices } from "../render/services.js";
import { renderDaemons, renderTimeouts } from "../render/settings.js";
import { formatRules, settingsChanges, writeTable } from "../rules/write.js";
import { filterConnections } from "./filter-connections.js";
import { filterTable } from "./filter-table.js";

type Save = Extract<Command, { kind: "save" }>;

/** A command that only shows what the kernel holds. */
export type Listing = ListServices | ListConnections | ListSettings | Save;

/** The table in its order, some services at a time; reading goes on while they are used. Throws as IpvsClient does. */
type TableParts = AsyncGenerator<readonly ServiceRows[], void, undefined>;
type Parts = AsyncIterable<readonly ServiceRows[]>;

/** Text to be written one piece after the other. */
type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Prints what a command asks for. Throws as IpvsClient does, and OutputError. */
export async function printListing(listing: Listing, session: Session): Promise<void> {
  if (listing.kind === "list" && listing.show === "services" && (await isColoured(listing, session.io))) {
    const { colouredServices } = await import("./colours.js");
    const text = (parts: Parts) => servicesText(listing, session, parts);
    for await (const piece of colouredServices(listing, listedParts(listing, session.client), text))
      session.io.steer(piece);
    return;
  }
  const pieces = listing.kind === "save" ? await saved(listing, session) : await listed(listing, session);
  for await (const piece of pieces) session.io.out(piece);
}

async function listed(list: Exclude<Listing, Save>, session: Session): Promise<Pieces> {
  const { client } = session;
  const json = list.json ? await import("../render/json.js") : undefined;
  switch (list.show) {
    case "services":
      return services(list, session, json);
    case "connections":
      return connections(list, session, json);
    case "timeouts":
      return [(json?.renderTimeoutsJson ?? renderTimeouts)(await client.timeouts())];
    case "daemons":
      return [(json?.renderDaemonsJson ?? renderDaemons)(await client.daemons())];
  }
}

/** The renderers of JSON; absent for text. They are loaded when they are asked for. */
type Json = typeof import("../render/json.js") | undefined;

/** As `--color` says; without it on a terminal, unless NO_COLOR (https://no-color.org) or a dumb terminal speaks against it. */
async function isColoured({ color = "auto", json }: ListServices, io: Session["io"]): Promise<boolean> {
  if (json || color !== "auto") return !json && color === "always";
  if (io.env.NO_COLOR || (io.env.TERM ?? "dumb") === "dumb") return false;
  return (await io.shown?.()) ?? false;
}

async function services(list: ListServices, session: Session, json: Json): Promise<Pieces> {
  const parts = listedParts(list, session.client);
  return json ? json.renderServiceRows(session.info, parts) : servicesText(list, session, parts);
}

async function servicesText(
  list: ListServices,
  { info, names }: Session,
  parts: Parts,
): Promise<AsyncIterable<string | Uint8Array>> {
  const some = comesInParts(list) ? parts : [await whole(parts)];
  return renderServices(list, info, some, list.numeric ? undefined : names);
}

/** Names are looked up all at once, and wide columns fit all lines. */
function comesInParts({ numeric, wide }: ListServices): boolean {
  return numeric && !wide;
}

async function* listedParts(list: ListServices, client: IpvsClient): TableParts {
  const stats = list.json || list.layout === "stats" || list.layout === "rate";
  const options = { stats, reuse: list.json || comesInParts(list) };
  const parts = list.service
    ? [[withRows(await client.entry(list.service, options))]]
    : client.rowParts(options, list.sort ? "listing" : "kernel");
  for await (const part of parts) {
    const shown = list.filter ? filterTable(part.map(withServers), list.filter).map(withRows) : part;
    yield list.sort ? sorted(shown) : shown;
  }
}

async function connections(list: ListConnections, { names }: Session, json: Json): Promise<Pieces> {
  const { readConnections } = await import("../client/connections.js");
  const found = filterConnections(readConnections(), list.filter);
  if (json) return json.renderConnectionsJson(found);
  const { renderConnections } = await import("../render/connections.js");
  return renderConnections(list, found, list.numeric ? undefined : names);
}

/** `-S`: rules, or JSON; with `--all` timeouts and sync daemons too; with `--nosort` so that a restore gives the same order. */
async function saved({ all, sort, json }: Save, { client }: Session): Promise<Pieces> {
  const parts = sort ? sortedParts(json, client) : oldestFirstParts(json, client);
  const timeouts = all ? await client.timeouts() : undefined;
  const daemons = all ? await client.daemons() : undefined;
  if (!json) return savedRules(parts, [...settingsChanges(timeouts, daemons)]);
  const { renderSavedRows } = await import("../render/json.js");
  return renderSavedRows(parts, timeouts, daemons);
}

async function* sortedParts(stats: boolean, client: IpvsClient): TableParts {
  for await (const part of client.rowParts({ stats, reuse: true }, "listing")) yield sorted(part);
}

function sorted(part: readonly ServiceRows[]): readonly ServiceRows[] {
  for (const { rows, order } of part) rows.sort(order);
  return part;
}

/** The kernel puts what is new before what it has, services as well as servers. */
async function* oldestFirstParts(stats: boolean, client: IpvsClient): TableParts {
  for await (const part of client.rowParts({ stats, reuse: true }, "oldest first")) {
    for (const { order } of part) order.reverse();
    yield part;
  }
}

async function* savedRules(parts: TableParts, settings: Parameters<typeof formatRules>[0]) {
  const out = new ByteLines();
  for await (const part of parts) {
    out.clear();
    writeTable(out, part);
    yield out.piece;
  }
  yield* formatRules(settings);
}

async function whole(parts: Parts): Promise<readonly ServiceRows[]> {
  const table: ServiceRows[] = [];
  for await (const part of parts) table.push(...part);
  return table;
}
