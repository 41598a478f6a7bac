import type { IpvsClient } from "../client/client.js";
import type { Change } from "../model/change.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import { type LiveTable, sortServices, sortTable } from "../model/table.js";
import type { Command, ListConnections, ListServices, ListSettings } from "../options/command.js";
import { requestOf } from "../wire/change.js";
import { filterTable } from "./filter-table.js";

/** What a command that talks to the kernel found out. */
export type Result =
  | { readonly kind: "done" }
  | { readonly kind: "services"; readonly command: ListServices; readonly parts: TableParts }
  | { readonly kind: "connections"; readonly command: ListConnections }
  | { readonly kind: "timeouts"; readonly command: ListSettings; readonly timeouts: Timeouts }
  | { readonly kind: "daemons"; readonly command: ListSettings; readonly daemons: readonly Daemon[] }
  | { readonly kind: "saved"; readonly command: Save; readonly saved: Saved };

type Save = Extract<Command, { kind: "save" }>;

/** The table in its order, some services at a time; reading goes on while they are used. Throws as IpvsClient does. */
export type TableParts = AsyncGenerator<LiveTable, void, undefined>;

/** What `-S` writes. */
export interface Saved {
  readonly parts: TableParts;
  /** With `--all` only. */
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
}

/** The commands that need nothing but the kernel. */
export type KernelCommand = Change | ListServices | ListConnections | ListSettings | Save;

/** Carries out one command. Throws KernelError as IpvsClient does. */
export async function run(command: KernelCommand, client: IpvsClient): Promise<Result> {
  if (command.kind === "list") return list(command, client);
  if (command.kind === "save") return { kind: "saved", command, saved: await save(command, client) };
  await client.execute(requestOf(command));
  return { kind: "done" };
}

async function list(command: ListServices | ListConnections | ListSettings, client: IpvsClient): Promise<Result> {
  switch (command.show) {
    case "connections":
      return { kind: "connections", command };
    case "timeouts":
      return { kind: "timeouts", command, timeouts: await client.timeouts() };
    case "daemons":
      return { kind: "daemons", command, daemons: await client.daemons() };
    case "services":
      return { kind: "services", command, parts: listServices(command, client) };
  }
}

async function* listServices(list: ListServices, client: IpvsClient): TableParts {
  const options = { stats: list.json || list.layout === "stats" || list.layout === "rate" };
  const parts = list.service
    ? [[await client.entry(list.service, options)]]
    : client.tableParts(options, list.sort ? sortServices : undefined);
  for await (const part of parts) {
    const shown = filterTable(part, list.filter);
    yield list.sort ? sortTable(shown) : shown;
  }
}

async function save(command: Save, client: IpvsClient): Promise<Saved> {
  const parts = savedParts(command, client);
  return command.all ? { parts, timeouts: await client.timeouts(), daemons: await client.daemons() } : { parts };
}

async function* savedParts({ json }: Save, client: IpvsClient): TableParts {
  for await (const part of client.tableParts({ stats: json }, sortServices)) yield sortTable(part);
}
