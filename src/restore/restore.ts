import type { IpvsClient } from "../client/client.js";
import type { Change } from "../model/change.js";
import { formatChange } from "../options/format.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { refusalHint } from "../program/refusal-hint.js";
import { refusalText } from "../program/refusal-text.js";
import type { Wanted } from "../rules/wanted.js";
import { requestOf } from "../wire/change.js";
import { type Applied, applyTable, type PlannedSetting, planSettings, planTable } from "./apply.js";

export interface ApplyOptions {
  /** A file without services may empty the table. */
  readonly allowEmpty: boolean;
  /** Print the changes instead of making them. */
  readonly dryRun: boolean;
}

/** Makes the kernel's table equal to a wanted one and says what it could not do. Returns the exit status. */
export async function apply(wanted: Wanted, options: ApplyOptions, client: IpvsClient, io: Io): Promise<number> {
  const live = await client.table();
  const settings =
    wanted.settings.length > 0 ? planSettings(wanted.settings, await client.timeouts(), await client.daemons()) : [];
  if (wanted.table?.length === 0 && live.length > 0 && !wanted.emptyOnPurpose && !options.allowEmpty) {
    io.err(`the input holds no service, but the table holds ${live.length}: nothing was changed; `);
    io.err("say --allow-empty to empty the table\n");
    return EXIT.usage.status;
  }
  if (options.dryRun) {
    for (const change of [...planTable(live, wanted), ...settings.map(({ change }) => change)]) {
      io.out(`${formatChange(change)}\n`);
    }
    return 0;
  }
  const { value: applied, interruptedBy } = await interruptible((signal) => applyTable(client, live, wanted, signal));
  const failed = await reportTable(applied, client, io);
  if (interruptedBy !== undefined && applied.unsent > 0) {
    io.err(`${interruptedBy}: ${applied.applied} changes were applied, ${applied.unsent} were not; `);
    io.err("the same command finishes them\n");
    return signalStatus(interruptedBy);
  }
  return (await applySettings(settings, client, io)) || failed;
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

async function applySettings(settings: readonly PlannedSetting[], client: IpvsClient, io: Io): Promise<number> {
  const { refusals } = await client.batch(settings.map(({ change }: { change: Change }) => requestOf(change)));
  for (const { index, error } of refusals) {
    const { origin, change } = settings[index]!;
    io.err(`${origin}: ${refusalText(error)}\n${await refusalHint(change, error, client)}`);
  }
  return refusals.length > 0 ? EXIT.refused.status : 0;
}
