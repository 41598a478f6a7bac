import type { IpvsClient } from "../client/client.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import { type LiveTable, sortTable } from "../model/table.js";
import type { Change, Command, ListConnections, ListServices, ListSettings } from "./command.js";
import { requestOf } from "./requests.js";

/** What a command that talks to the kernel found out. */
export type Result =
  | { readonly kind: "done" }
  | { readonly kind: "services"; readonly list: ListServices; readonly table: LiveTable }
  | { readonly kind: "connections"; readonly list: ListConnections }
  | { readonly kind: "timeouts"; readonly list: ListSettings; readonly timeouts: Timeouts }
  | { readonly kind: "daemons"; readonly list: ListSettings; readonly daemons: readonly Daemon[] }
  | { readonly kind: "saved"; readonly save: Save; readonly saved: Saved };

type Save = Extract<Command, { kind: "save" }>;

/** What `-S` writes. */
export interface Saved {
  readonly table: LiveTable;
  /** With `--all` only. */
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
}

/** The commands that need nothing but the kernel. */
export type KernelCommand = Change | ListServices | ListConnections | ListSettings | Save;

/** Carries out one command. Throws KernelError as IpvsClient does. */
export async function run(command: KernelCommand, client: IpvsClient): Promise<Result> {
  if (command.kind === "list") return list(command, client);
  if (command.kind === "save") return { kind: "saved", save: command, saved: await save(command, client) };
  await client.execute(requestOf(command));
  return { kind: "done" };
}

async function list(list: ListServices | ListConnections | ListSettings, client: IpvsClient): Promise<Result> {
  switch (list.show) {
    case "connections":
      return { kind: "connections", list };
    case "timeouts":
      return { kind: "timeouts", list, timeouts: await client.timeouts() };
    case "daemons":
      return { kind: "daemons", list, daemons: await client.daemons() };
    case "services":
      return { kind: "services", list, table: await listServices(list, client) };
  }
}

async function listServices(list: ListServices, client: IpvsClient): Promise<LiveTable> {
  const stats = list.json || list.layout === "stats" || list.layout === "rate";
  const table = list.service ? [await client.entry(list.service, { stats })] : await client.table({ stats });
  return list.sort ? sortTable(table) : table;
}

async function save(command: Save, client: IpvsClient): Promise<Saved> {
  const table = sortTable(await client.table({ stats: command.json }));
  return command.all ? { table, timeouts: await client.timeouts(), daemons: await client.daemons() } : { table };
}
