import type { Result } from "../command/run.js";
import { withNames } from "../names.js";
import { renderServices } from "../render/services.js";
import { renderDaemons, renderTimeouts } from "../render/settings.js";
import { settingsChanges, tableChanges } from "../rules/changes.js";
import { formatRules } from "../rules/format.js";
import type { Session } from "./session.js";

type Shown<K extends Result["kind"]> = Extract<Result, { kind: K }>;

/** How each kind of result is shown as text. */
const AS_TEXT: { readonly [K in Result["kind"]]: (result: Shown<K>, session: Session) => void | Promise<void> } = {
  done() {},
  async services({ list, table }, { io, info, names }) {
    const shown = list.numeric ? undefined : names;
    const render = () => renderServices(list, info, table, shown);
    for (const piece of await withNames(names, render)) io.out(piece);
  },
  async connections({ list }, { io, names }) {
    const { readConnections } = await import("../client/connections.js");
    const { renderConnections } = await import("../render/connections.js");
    for await (const piece of renderConnections(list, readConnections(), list.numeric ? undefined : names))
      io.out(piece);
  },
  timeouts({ timeouts }, { io }) {
    io.out(renderTimeouts(timeouts));
  },
  daemons({ daemons }, { io }) {
    io.out(renderDaemons(daemons));
  },
  saved({ saved }, { io }) {
    for (const piece of formatRules(tableChanges(saved.table))) io.out(piece);
    for (const piece of formatRules(settingsChanges(saved.timeouts, saved.daemons))) io.out(piece);
  },
};

/** Prints what a command found out. */
export async function present(result: Result, session: Session): Promise<void> {
  await (AS_TEXT[result.kind] as (result: Result, session: Session) => void | Promise<void>)(result, session);
}
