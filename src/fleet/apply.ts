import { formatChange } from "../options/format.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { type Director, readDirector } from "../remote/director.js";
import { RemoteError } from "../remote/ssh.js";
import type { Target } from "../remote/target.js";
import { OriginalWay } from "./original.js";
import { OursWay } from "./ours.js";
import { type Aim, misorderedText, planFor, refusalOf } from "./plan.js";
import { countText, progressText, rollOut, type Step } from "./roll-out.js";
import { settle } from "./settle.js";
import { relay, type Way } from "./way.js";

export interface FleetOptions {
  /** Print the plans instead of carrying them out. */
  readonly dryRun: boolean;
  /** Seconds after which all go back unless they are confirmed; absent: they stay. */
  readonly confirm?: number;
}

/** A day, which is the longest that a director waits. */
const LONGEST = 24 * 60 * 60;

/** Seconds for each director until the last one is done, for which those before it wait in addition. */
const RESERVE = 60;

/**
 * Makes the tables of several directors as wanted. All are read and planned before the first is changed; then one after the other is
 * changed and read back, and the first that fails ends it. Returns the exit status.
 */
export async function applyTo(targets: readonly Target[], aim: Aim, options: FleetOptions, io: Io): Promise<number> {
  const { dryRun, confirm } = options;
  const directors = await readAll(targets, io);
  const limit = confirm && Math.min(LONGEST, confirm + RESERVE * targets.length);
  const steps = directors?.map((director) => stepFor(director, aim, limit, io));
  if (steps === undefined || !(await arePossible(steps, aim, options, io))) {
    io.err("nothing was changed on any director\n");
    return EXIT.usage.status;
  }
  if (dryRun) return show(steps, aim, io);
  // A closed terminal is no answer: the time runs on.
  if (confirm !== undefined) process.on("SIGHUP", () => {});
  const { value: status, interruptedBy } = await interruptible(async (signal) => {
    for (const step of steps) relay(step.director, limitsOf(step, confirm), io);
    const outcome = await rollOut(steps, aim, signal, io);
    if (confirm !== undefined) return settle(outcome, confirm, signal, io);
    if (outcome.failed === undefined && outcome.rest.length === 0) return EXIT.success.status;
    io.err(progressText(outcome));
    return outcome.failed === undefined ? undefined : EXIT.unfinished.status;
  });
  return status ?? signalStatus(interruptedBy!);
}

/** All at once. Absent when one of them does not tell; each that does not is named. */
async function readAll(targets: readonly Target[], io: Io): Promise<Director[] | undefined> {
  const read = await Promise.allSettled(targets.map((target) => readDirector(target)));
  for (const one of read) {
    if (one.status !== "rejected") continue;
    if (!(one.reason instanceof RemoteError)) throw one.reason;
    io.err(`${one.reason.message}\n`);
  }
  const directors = read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  return directors.length === targets.length && areDifferent(directors, io) ? directors : undefined;
}

/** Names the same director under two names: it would be changed once, and counted twice. */
function areDifferent(directors: readonly Director[], io: Io): boolean {
  const names = new Map<string, string>();
  for (const { identity, target } of directors) {
    if (identity === undefined) continue;
    const before = names.get(identity);
    if (before !== undefined) {
      io.err(`${before} and ${target.name} are the same director\n`);
      return false;
    }
    names.set(identity, target.name);
  }
  return true;
}

function stepFor(director: Director, aim: Aim, limit: number | undefined, io: Io): Step {
  const way: Way = director.program.ours ? new OursWay(director, aim, limit, io) : new OriginalWay(director, aim, io);
  return { director, changes: planFor(director, aim), way };
}

async function arePossible(
  steps: readonly Step[],
  aim: Aim,
  { dryRun, confirm }: FleetOptions,
  io: Io,
): Promise<boolean> {
  let possible = true;
  for (const { director, changes } of steps) {
    const refusal = refusalOf(director, changes, aim);
    if (refusal === undefined) continue;
    relay(director, refusal, io);
    possible = false;
  }
  const changed = steps.filter(({ changes }) => changes.length > 0);
  const unasked = confirm !== undefined && !dryRun && changed.length > 0 && !(await io.watched?.());
  if (!unasked || changed.some(({ director }) => director.program.ours)) return possible;
  io.err("ipvsadm 1.31 cannot wait for a confirmation, and there is no terminal to ask on\n");
  return false;
}

/** The plans as comments and rules. */
function show(steps: readonly Step[], aim: Aim, io: Io): number {
  for (const { director, changes } of steps) {
    io.out(`# ${director.target.name}: ${countText(changes)}\n`);
    for (const change of changes) io.out(`${formatChange(change)}\n`);
    for (const line of misorderedText(director, aim)) relay(director, line, io);
  }
  return EXIT.success.status;
}

/** What cannot be promised where 1.31 makes the changes. */
function limitsOf({ director, changes }: Step, confirm: number | undefined): string {
  if (director.program.ours || changes.length === 0) return "";
  const back = confirm === undefined ? "" : "; only this command takes it back, while it runs and reaches the director";
  return `ipvsadm 1.31 there gets the changes one by one, and keeps nothing for \`ipvsadm revert\`${back}`;
}
