import { type SpawnSyncReturns, spawnSync } from "node:child_process";
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
