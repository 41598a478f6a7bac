import type { LiveTable } from "../model/table.js";
import type { ListConnections } from "../options/command.js";
import type { Session } from "../program/session.js";
import { renderServices } from "../render/services.js";
import { renderDaemons, renderTimeouts } from "../render/settings.js";
import { settingsChanges, tableChanges } from "../rules/changes.js";
import { formatRules } from "../rules/format.js";
import { filterConnections } from "./filter-connections.js";
import type { Result, TableParts } from "./run.js";

/** Text to be written one piece after the other. */
type Pieces = Iterable<string> | AsyncIterable<string | Uint8Array>;

/** How each kind of result is shown. */
type Views = {
  readonly [K in Result["kind"]]: (result: Extract<Result, { kind: K }>, session: Session) => Pieces | Promise<Pieces>;
};

const TEXT: Views = {
  done: () => [],
  // Names are looked up all at once, so listings with names come in one part.
  services: async ({ command, parts }, { info, names }) =>
    command.numeric ? renderServices(command, info, parts) : renderServices(command, info, [await whole(parts)], names),
  async connections({ command }, { names }) {
    const { renderConnections } = await import("../render/connections.js");
    return renderConnections(command, await connections(command), command.numeric ? undefined : names);
  },
  timeouts: ({ timeouts }) => [renderTimeouts(timeouts)],
  daemons: ({ daemons }) => [renderDaemons(daemons)],
  async *saved({ saved: { parts, timeouts, daemons } }) {
    for await (const part of parts) yield* formatRules(tableChanges(part));
    yield* formatRules(settingsChanges(timeouts, daemons));
  },
};

/** The same with `--json`. */
async function jsonViews(): Promise<Views> {
  const json = await import("../render/json.js");
  return {
    done: () => [],
    services: async ({ parts }, { info }) => json.renderServicesJson(info, await whole(parts)),
    connections: async ({ command }) => json.renderConnectionsJson(await connections(command)),
    timeouts: ({ timeouts }) => [json.renderTimeoutsJson(timeouts)],
    daemons: ({ daemons }) => [json.renderDaemonsJson(daemons)],
    saved: async ({ saved: { parts, timeouts, daemons } }) =>
      json.renderSavedJson(await whole(parts), timeouts, daemons),
  };
}

async function whole(parts: TableParts): Promise<LiveTable> {
  const table: LiveTable[number][] = [];
  for await (const part of parts) table.push(...part);
  return table;
}

async function connections({ filter }: ListConnections) {
  const { readConnections } = await import("../client/connections.js");
  return filterConnections(readConnections(), filter);
}

/** Prints what a command found out. */
export async function present(result: Result, session: Session): Promise<void> {
  const views = result.kind !== "done" && result.command.json ? await jsonViews() : TEXT;
  const view = views[result.kind] as (result: Result, session: Session) => Pieces | Promise<Pieces>;
  for await (const piece of await view(result, session)) session.io.out(piece);
}
