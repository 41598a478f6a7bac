import type { IpvsClient } from "../client/client.js";
import type { ChangeRecord, Settings } from "../confirm/record.js";
import { changeText, type Outcome } from "../confirm/store.js";
import type { Change } from "../model/change.js";
import type { LiveTable } from "../model/table.js";
import { formatChange } from "../options/format.js";
import { EXIT } from "../program/exit-status.js";
import { refusalText } from "../program/refusal-text.js";
import { applyTable } from "../restore/apply.js";
import { planTable } from "../restore/plan.js";
import type { Wanted } from "../rules/wanted.js";
import { requestOf } from "../wire/change.js";
import { settingsBefore } from "./settings.js";
import { type Note, tableBefore } from "./three-way.js";

/** How many things that another program changed are named before the rest is only counted. */
const NOTED = 20;

/** What taking a change back comes down to. */
export interface Plan {
  readonly live: LiveTable;
  readonly wanted: Wanted;
  readonly changes: readonly Change[];
  readonly settings: readonly Change[];
  /** Lines about what another program changed since. */
  readonly notes: string;
}

/** What would have to be changed now. Throws as IpvsClient does. */
export async function planBack(record: ChangeRecord, client: IpvsClient): Promise<Plan> {
  const notes: string[] = [];
  const note: Note = (where, what) => notes.push(`  ${where}: ${what}\n`);
  const live = await client.rowTable();
  const wanted = aimOf(record, note)(live);
  const settings = settingsBefore(record, await liveSettings(record.head.settings, client), note);
  const changes = planTable(live, wanted, { order: true });
  return { live, wanted, changes, settings, notes: noteText(notes) };
}

/** Takes a change back. Throws as IpvsClient does, but for refusals of changes. */
export async function takeBack(record: ChangeRecord, client: IpvsClient, why: string): Promise<Outcome> {
  const { live, wanted, settings, notes } = await planBack(record, client);
  const aim = aimOf(record, () => {});
  const { applied, refused, remaining } = await applyTable(client, live, wanted, undefined, { order: true, aim });
  const { refusals } = await client.batch(settings.map(requestOf));
  const missing = [
    ...refused.map(({ change, error }) => `${formatChange(change)}: ${refusalText(error)}\n`),
    ...refusals.map(({ index, error }) => `${formatChange(settings[index]!)}: ${refusalText(error)}\n`),
    ...remaining.map((change) => `still missing, another program keeps changing the table: ${formatChange(change)}\n`),
  ];
  const made = applied + settings.length - refusals.length;
  const done = missing.length === 0 ? "was taken back" : "was taken back in part";
  const head = `${why === "" ? "" : `${why}: `}${changeText(record)} ${done}, ${made === 1 ? "1 change" : `${made} changes`}\n`;
  const refusedAny = refused.length + refusals.length > 0;
  const failed = refusedAny ? EXIT.refused : missing.length > 0 ? EXIT.stillDifferent : EXIT.success;
  return { status: failed.status, report: head + missing.join("") + notes, at: new Date().toISOString() };
}

function aimOf(record: ChangeRecord, note: Note): (live: LiveTable) => Wanted {
  return (live) => ({
    table: tableBefore(record, live, note),
    settings: [],
    emptyOnPurpose: true,
    origin: () => undefined,
  });
}

async function liveSettings({ timeouts, daemons }: Settings, client: IpvsClient): Promise<Settings> {
  return {
    ...(timeouts && { timeouts: await client.timeouts() }),
    ...(daemons && { daemons: await client.daemons() }),
  };
}

function noteText(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  const more = notes.length > NOTED ? `  and ${notes.length - NOTED} more\n` : "";
  return `another program has changed since:\n${notes.slice(0, NOTED).join("")}${more}`;
}
