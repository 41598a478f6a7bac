import type { IpvsClient } from "../client/client.js";
import type { Confirmation } from "../confirm/foreground.js";
import { Keeper } from "../confirm/keeper.js";
import { runningWriters, writersText } from "../host/table-writers.js";
import type { Change } from "../model/change.js";
import { formatChange } from "../options/format.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { refusalHint } from "../program/refusal-hint.js";
import { refusalText } from "../program/refusal-text.js";
import { type Misordered, misorderedLine } from "../rules/misordered.js";
import type { Wanted } from "../rules/wanted.js";
import { type Applied, applyTable } from "./apply.js";
import { findMisordered, planTable } from "./plan.js";
import { applySettings, planSettings, readSettings } from "./settings.js";

export interface ApplyOptions {
  /** A file without services may empty the table. */
  readonly allowEmpty: boolean;
  /** Print the changes instead of making them. */
  readonly dryRun: boolean;
  /** Move servers of sh, dh and mh services into the wanted order. */
  readonly order: boolean;
  /** Warn, before a change, of programs that write the table. Default: false. */
  readonly warnOfWriters?: boolean;
  /** Go back after so many seconds unless `ipvsadm confirm` says yes. */
  readonly confirm?: number;
}

/** How many services in another order are named before the rest is only counted. */
const MISORDERED_SHOWN = 20;

/**
 * Makes the kernel's table equal to a wanted one and says what it could not do. Returns the exit status.
 *
 * @param by the program that does it
 */
export async function apply(
  wanted: Wanted,
  options: ApplyOptions,
  client: IpvsClient,
  io: Io,
  by: string,
): Promise<number> {
  const live = await client.rowTable();
  if (wanted.table?.length === 0 && live.length > 0 && !wanted.emptyOnPurpose && !options.allowEmpty) {
    io.err(`the input holds no service, but the table holds ${live.length}: nothing was changed; `);
    io.err("say --allow-empty to empty the table\n");
    return EXIT.usage.status;
  }
  if (options.dryRun) {
    const settings = await planSettings(client, wanted.settings);
    const changes = [...planTable(live, wanted, options), ...settings.map(({ change }) => change)];
    for (const change of changes) io.out(`${formatChange(change)}\n`);
    if (!options.order) reportMisordered(findMisordered(live, wanted), io);
    return EXIT.success.status;
  }
  const keeper = Keeper.open(by, options.confirm, io);
  const settings = await readSettings(client, wanted.settings);
  let confirmation: Confirmation | undefined;
  const planned = async (plan: readonly Change[]) => {
    const changes = [...plan, ...(await planSettings(client, wanted.settings)).map(({ change }) => change)];
    const lasting = changes.filter(({ kind }) => kind !== "zero");
    if (lasting.length > 0 && options.warnOfWriters) io.err(writersText(runningWriters()));
    if (lasting.length > 0) confirmation = await keeper?.keep({ live, settings, changes: lasting });
  };
  const { value: applied, interruptedBy } = await interruptible((signal) => {
    return applyTable(client, live, wanted, signal, { order: options.order, planned });
  });
  const failed = await reportTable(applied, client, io);
  if (interruptedBy !== undefined && applied.unsent > 0) {
    io.err(`${interruptedBy}: ${applied.applied} changes were applied, ${applied.unsent} were not; `);
    io.err("the same command finishes them\n");
    confirmation?.goBack("interrupted");
    return (await confirmation?.wait(0)) ?? signalStatus(interruptedBy);
  }
  reportMisordered(applied.misordered, io);
  const status = (await makeSettings(wanted, client, io)) || failed;
  return (await confirmation?.wait(status)) ?? status;
}

async function reportTable(applied: Applied, client: IpvsClient, io: Io): Promise<number> {
  for (const { origin, change, error } of applied.refused) {
    const hint = await refusalHint(change, error, client);
    io.err(`${origin ?? formatChange(change)}: ${refusalText(error)}\n${hint}`);
  }
  if (applied.refused.length > 0) {
    io.err(`${applied.applied} changes were applied, ${applied.refused.length} were refused by the kernel\n`);
  }
  if (applied.remaining.length > 0) {
    io.err("the table keeps being changed by another program; these changes are still missing:\n");
    for (const change of applied.remaining) io.err(`${formatChange(change)}\n`);
  }
  if (applied.refused.length > 0) return EXIT.refused.status;
  return applied.remaining.length > 0 ? EXIT.stillDifferent.status : 0;
}

/** The table is usable as it is, so this does not count as a failure. */
function reportMisordered(services: readonly Misordered[], io: Io): void {
  for (const one of services.slice(0, MISORDERED_SHOWN)) io.err(`${misorderedLine(one)}\n`);
  const more = services.length - MISORDERED_SHOWN;
  if (more > 0) io.err(`and ${more} more services; --order puts all in the order of the input\n`);
}

async function makeSettings({ settings }: Wanted, client: IpvsClient, io: Io): Promise<number> {
  const refused = await applySettings(client, settings);
  for (const { wanted, change, error } of refused) {
    io.err(`${wanted.origin}: ${refusalText(error)}\n${await refusalHint(change, error, client)}`);
  }
  return refused.length > 0 ? EXIT.refused.status : 0;
}
