import { writersText } from "../host/table-writers.js";
import type { Change } from "../model/change.js";
import { formatChange } from "../options/format.js";
import type { Io } from "../program/io.js";
import { type Director, readDirector } from "../remote/director.js";
import { RemoteError } from "../remote/ssh.js";
import { type Aim, misorderedText, missingOn } from "./plan.js";
import { NothingChanged, relay, type Way } from "./way.js";

/** What is to be done on a director, and how. */
export interface Step {
  readonly director: Director;
  /** As planned; there may be others when it is done. */
  readonly changes: readonly Change[];
  readonly way: Way;
}

/** How far it went. */
export interface RolledOut {
  readonly done: readonly Step[];
  /** The one that ended it; it may be changed in part, unless it is `untouched`. */
  readonly failed?: Step;
  readonly untouched?: boolean;
  readonly rest: readonly Step[];
}

/** How many missing changes are named before the rest is only counted. */
const SHOWN = 20;

/**
 * Changes one director after the other and reads each back; the first that fails is the last.
 *
 * @param signal when aborted, the director that is under way is finished, and no other one begun
 */
export async function rollOut(steps: readonly Step[], aim: Aim, signal: AbortSignal, io: Io): Promise<RolledOut> {
  for (const [index, step] of steps.entries()) {
    const done = steps.slice(0, index);
    const gone = done.find(({ way }) => way.decided === "back");
    if (gone !== undefined) io.err(`${nameOf(gone)}: it went back before the others were done\n`);
    if (gone !== undefined || signal.aborted) return { done, rest: steps.slice(index) };
    const fault = await take(step, aim, io);
    if (fault === undefined) continue;
    return { done, failed: step, untouched: fault === "untouched", rest: steps.slice(index + 1) };
  }
  return { done: steps, rest: [] };
}

/** Why a director is not as wanted at the end; absent: it is. */
async function take({ director, changes, way }: Step, aim: Aim, io: Io): Promise<"untouched" | "failed" | undefined> {
  if (changes.length === 0) {
    relay(director, [countText(changes), ...misorderedText(director, aim)].join("\n"), io);
    return undefined;
  }
  // Ours there warns by itself.
  if (!director.program.ours) relay(director, writersText(director.writers), io);
  try {
    await way.make();
    const now = await readDirector(director.target, { shielded: true });
    const missing = missingOn(now, aim);
    if (missing.length > 0) return failed(director, missing, io);
    if (!director.program.ours) for (const line of misorderedText(now, aim)) relay(director, line, io);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    io.err(`${error.message}\n`);
    return error instanceof NothingChanged ? "untouched" : "failed";
  }
  relay(director, `${countText(changes)} made and read back`, io);
  return undefined;
}

function failed(director: Director, missing: readonly Change[], io: Io): "failed" {
  const lines = missing.slice(0, SHOWN).map((change) => `  ${formatChange(change)}`);
  if (missing.length > SHOWN) lines.push(`  and ${missing.length - SHOWN} more`);
  relay(director, ["read back, these changes are missing:", ...lines].join("\n"), io);
  return "failed";
}

/** `done: ssh:lb1; failed: ssh:lb2; not begun: ssh:lb3`, with a line end. */
export function progressText({ done, failed, untouched, rest }: RolledOut): string {
  const parts = [
    ["done", done],
    [
      untouched ? "failed, nothing was changed there" : "failed, perhaps changed in part",
      failed === undefined ? [] : [failed],
    ],
    ["not begun", rest],
  ] as const;
  const told = parts.filter(([, steps]) => steps.length > 0);
  return `${told.map(([what, steps]) => `${what}: ${steps.map(nameOf).join(", ")}`).join("; ")}\n`;
}

export function nameOf({ director }: Step): string {
  return director.target.name;
}

/** `3 changes`. */
export function countText({ length }: readonly Change[]): string {
  if (length === 0) return "nothing to change";
  return length === 1 ? "1 change" : `${length} changes`;
}
