import { setTimeout } from "node:timers/promises";
import { askOnTerminal } from "../confirm/question.js";
import { EXIT } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { RemoteError } from "../remote/ssh.js";
import { uptime } from "../state/process.js";
import { nameOf, progressText, type RolledOut, type Step } from "./roll-out.js";
import { relay } from "./way.js";

/** Milliseconds between two looks at what was decided. */
const INTERVAL = 200;

/**
 * Waits for the yes when all directors are done, and has all of them keep their changes; without it, or when one has failed, has all
 * go back. Returns the exit status.
 *
 * @param seconds from now
 */
export async function settle(outcome: RolledOut, seconds: number, signal: AbortSignal, io: Io): Promise<number> {
  const { done, failed, rest } = outcome;
  const changed = [...done, ...(failed === undefined ? [] : [failed])].filter(({ changes }) => changes.length > 0);
  if (changed.length === 0 && rest.length === 0) return EXIT.success.status;
  const whole = failed === undefined && rest.length === 0;
  if (!whole) io.err(progressText(outcome));
  const no = whole ? await decide(changed, seconds, signal, io) : "not all are done";
  if (no === undefined) return end(changed, "keep", EXIT.success.status, io);
  io.err(`${no}: all go back\n`);
  return end(changed.reverse(), "back", EXIT.wentBack.status, io);
}

/** Why not; absent: yes. */
async function decide(
  steps: readonly Step[],
  seconds: number,
  signal: AbortSignal,
  io: Io,
): Promise<string | undefined> {
  let answer: boolean | undefined;
  const take = (yes: boolean) => {
    answer = yes;
  };
  const question = (await io.watched?.()) ? askOnTerminal(take, io.env.TERM === "dumb") : undefined;
  const waiting = steps.filter(({ way }) => way.waits);
  if (!question && waiting.length === 0) return "there is no terminal to ask on";
  if (!question)
    io.err(`\`ipvsadm confirm\` on ${list(waiting)} keeps the new tables; all go back in ${seconds} seconds\n`);
  const until = uptime() + seconds;
  try {
    for (;;) {
      const left = Math.ceil(until - uptime());
      const gone = waiting.find(({ way }) => way.decided === "back");
      if (gone !== undefined) return `${nameOf(gone)} went back`;
      if (signal.aborted) return "interrupted";
      if (answer === false) return "the answer was no";
      if (answer === true) return undefined;
      if (waiting.length > 0 && waiting.every(({ way }) => way.decided === "kept")) return undefined;
      if (left <= 0) return `not confirmed within ${seconds} seconds`;
      question?.show(left);
      await setTimeout(INTERVAL);
    }
  } finally {
    question?.end();
  }
}

function list(steps: readonly Step[]): string {
  const names = steps.map(nameOf);
  return names.length === 1 ? names[0]! : `each of ${names.join(", ")}`;
}

/** Ends all in one way or the other; those that cannot be told are named. */
async function end(steps: readonly Step[], how: "keep" | "back", status: number, io: Io): Promise<number> {
  let result = status;
  for (const step of steps) {
    try {
      relay(step.director, await step.way[how](), io);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      io.err(`${error.message}\n`);
      result = EXIT.unfinished.status;
    }
  }
  return result;
}
