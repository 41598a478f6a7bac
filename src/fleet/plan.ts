import type { Change } from "../model/change.js";
import { formatChange } from "../options/format.js";
import type { Director } from "../remote/director.js";
import { diffTables } from "../rules/diff.js";
import { misordered, misorderedLine } from "../rules/misordered.js";
import { changesOf } from "../rules/settings.js";
import type { SettingsChange, Wanted } from "../rules/wanted.js";

/** What shall become of every director. */
export interface Aim {
  readonly wanted: Wanted;
  /** Move servers of sh, dh and mh services into the wanted order. */
  readonly order: boolean;
  /** A file without services may empty a table. */
  readonly allowEmpty: boolean;
}

/** What a director lacks; counters that shall be zeroed are always among it. */
export function planFor(director: Director, { wanted, order }: Aim): Change[] {
  const table = wanted.table === undefined ? [] : diffTables(director.table, wanted.table, { order });
  return [...table, ...wanted.settings.flatMap(({ change }) => settingChanges(director, change))];
}

/** What a file says of settings, as far as a director does not follow it yet. */
export function openSettings(director: Director, { settings }: Wanted): SettingsChange[] {
  return settings.map(({ change }) => change).filter((change) => settingChanges(director, change).length > 0);
}

function settingChanges({ timeouts, daemons }: Director, change: SettingsChange): Change[] {
  if (change.kind === "stop-daemon" && daemons.every(({ state }) => state !== change.state)) return [];
  return changesOf(change, timeouts, daemons);
}

/** What is still missing after the changes. Whether counters were zeroed cannot be seen. */
export function missingOn(director: Director, aim: Aim): Change[] {
  return planFor(director, aim).filter(({ kind }) => kind !== "zero");
}

/** Why a plan cannot be carried out, or shall not; absent when it can. */
export function refusalOf(director: Director, changes: readonly Change[], aim: Aim): string | undefined {
  const { table, emptyOnPurpose } = aim.wanted;
  const services = director.table.length;
  if (table?.length === 0 && services > 0 && !emptyOnPurpose && !aim.allowEmpty) {
    return `the input holds no service, but the table there holds ${services}; say --allow-empty to empty it`;
  }
  if (director.program.ours) return undefined;
  const unsaid = changes.map(formatChange).find((line) => line.includes(" --raw "));
  return unsaid && `ipvsadm 1.31 there has no words for this: ${unsaid}`;
}

/** A line for each service whose servers stand in another order than wanted, and would stay so. */
export function misorderedText({ table }: Director, { wanted, order }: Aim): string[] {
  return order ? [] : misordered(table, wanted.table ?? []).map(misorderedLine);
}
