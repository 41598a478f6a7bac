import type { ListConnections } from "../command/command.js";
import { filterConnections } from "../command/filter-connections.js";
import type { Result } from "../command/run.js";
import { withNames } from "../names.js";
import { renderServices } from "../render/services.js";
import { renderDaemons, renderTimeouts } from "../render/settings.js";
import { settingsChanges, tableChanges } from "../rules/changes.js";
import { formatRules } from "../rules/format.js";
import type { Session } from "./session.js";

/** Text to be written one piece after the other. */
type Pieces = Iterable<string> | AsyncIterable<string | Uint8Array>;

/** How each kind of result is shown. */
type Views = {
  readonly [K in Result["kind"]]: (result: Extract<Result, { kind: K }>, session: Session) => Pieces | Promise<Pieces>;
};

const TEXT: Views = {
  done: () => [],
  services({ command, table }, { info, names }) {
    const shown = command.numeric ? undefined : names;
    return withNames(names, () => renderServices(command, info, table, shown));
  },
  async connections({ command }, { names }) {
    const { renderConnections } = await import("../render/connections.js");
    return renderConnections(command, await connections(command), command.numeric ? undefined : names);
  },
  timeouts: ({ timeouts }) => [renderTimeouts(timeouts)],
  daemons: ({ daemons }) => [renderDaemons(daemons)],
  saved: ({ saved: { table, timeouts, daemons } }) => [
    ...formatRules(tableChanges(table)),
    ...formatRules(settingsChanges(timeouts, daemons)),
  ],
};

/** The same with `--json`. */
async function jsonViews(): Promise<Views> {
  const json = await import("../render/json.js");
  return {
    done: () => [],
    services: ({ table }, { info }) => json.renderServicesJson(info, table),
    connections: async ({ command }) => json.renderConnectionsJson(await connections(command)),
    timeouts: ({ timeouts }) => [json.renderTimeoutsJson(timeouts)],
    daemons: ({ daemons }) => [json.renderDaemonsJson(daemons)],
    saved: ({ saved: { table, timeouts, daemons } }) => json.renderSavedJson(table, timeouts, daemons),
  };
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
