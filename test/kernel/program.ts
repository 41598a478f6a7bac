import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { commandOf, type Program } from "../programs.js";

export type { Program };

/** How a program ended: one that a signal ended as shells say it. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The outcome of a program that did what it was asked for and has nothing to say. */
export const SILENT_SUCCESS: Outcome = { status: 0, stdout: "", stderr: "" };

const ended = (status: number | null, signal: NodeJS.Signals | null) => status ?? 128 + constants.signals[signal!];

/** Runs one of the built programs as a process, to its end. */
export function runProgram(program: Program, args: readonly string[], input = ""): Outcome {
  const [file, ...before] = commandOf(program);
  const { status, signal, stdout, stderr, error } = spawnSync(file, [...before, ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (error) throw error;
  return { status: ended(status, signal), stdout, stderr };
}

/** `ipvsadm` with its arguments. */
export const ipvsadm = (...args: string[]): Outcome => runProgram("ipvsadm", args);

/** `ipvsadm` with its arguments in one string. */
export const typed = (line: string, input?: string): Outcome => runProgram("ipvsadm", line.split(" "), input);

/** A program that runs. */
export interface Running {
  kill(signal: NodeJS.Signals): void;
  /** Resolves when standard output and error together hold a text; rejects when the program ends before. */
  says(text: string): Promise<void>;
  readonly outcome: Promise<Outcome>;
}

/** Starts the built `ipvsadm` and lets it run. */
export const startIpvsadm = (...args: string[]): Running => startProgram("ipvsadm", args);

/** Starts one of the built programs and lets it run. */
export function startProgram(program: Program, args: readonly string[], input = ""): Running {
  const [file, ...before] = commandOf(program);
  return start(file, [...before, ...args], input);
}

/** Starts any program. */
export function start(program: string, args: readonly string[], input = ""): Running {
  const child = spawn(program, args).setMaxListeners(0);
  child.stdin.on("error", () => {}); // it may end before it has read all
  child.stdin.end(input);
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      child.emit("said");
    });
  }
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status: ended(status, signal), ...texts }));
  });
  return {
    kill: (signal) => child.kill(signal),
    outcome,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if ((texts.stdout + texts.stderr).includes(text)) resolve();
        };
        child.on("said", look);
        child.once("close", () => reject(new Error(`ended before it said ${text}: ${JSON.stringify(texts)}`)));
        look();
      }),
  };
}
