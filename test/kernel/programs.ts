import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";

const bin = join(import.meta.dirname, "../../bin");

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `ipvsadm` as a user would. */
export function ipvsadm(...args: string[]): Outcome {
  const { status, stdout, stderr, error }: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    [join(bin, "ipvsadm.js"), ...args],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (error) throw error;
  return { status, stdout, stderr };
}

/** The outcome of a program that did what it was asked for and has nothing to say. */
export const SILENT_SUCCESS: Outcome = { status: 0, stdout: "", stderr: "" };

/** A program that runs. */
export interface Running {
  readonly pid: number;
  /** Resolves when standard output and error together hold a text; rejects when the program ends before. */
  says(text: string): Promise<void>;
  readonly outcome: Promise<Outcome>;
}

/** Starts the built `ipvsadm` and lets it run. */
export function startIpvsadm(...args: string[]): Running {
  return start(process.execPath, [join(bin, "ipvsadm.js"), ...args]);
}

/** Starts a program with nothing on standard input. */
export function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      child.emit("said");
    });
  }
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ status: code ?? 128 + constants.signals[signal!], ...texts }));
  });
  return {
    pid: child.pid!,
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
