import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** How a program ended. A program ended by a signal has code -1. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program and leaves it running. A program that cannot be started is an error that nobody awaits: it ends the run. */
export function start(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(argv[0]!, argv.slice(1), options);
}

/** Runs a program to its end, whatever its exit code. */
export async function run(argv: readonly string[], input = ""): Promise<Outcome> {
  const child = start(argv);
  child.stdin!.on("error", () => {}); // a program need not read its input
  child.stdin!.end(input);
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? -1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { code, stdout, stderr };
}

/** Throws when a program failed; `line` is what to call it in the message. */
export function succeed(line: string, outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`${line}\nexit code ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}

/** Splits a command line as typed at a prompt: words, and words in single or double quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare!);
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `probe` gives something. The limit is there for programs that never answer, not for slow ones. */
export async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what} after ${seconds} seconds`);
    await pause(50);
  }
}
