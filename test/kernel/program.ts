import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = (name: string) => fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));

export type Program = "ipvsadm" | "ipvsadm-save" | "ipvsadm-restore";

/** What a program did. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the built programs as a process, to its end. */
export function runProgram(program: Program, args: readonly string[], input = ""): Ran {
  const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(process.execPath, [bin(program), ...args], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  return { status, stdout, stderr };
}

/** `ipvsadm` with its arguments in one string. */
export const ipvsadm = (line: string, input?: string): Ran => runProgram("ipvsadm", line.split(" "), input);

/** Starts one of the built programs and lets it run. */
export function startProgram(program: Program, args: readonly string[], input: string) {
  const child = spawn(process.execPath, [bin(program), ...args], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null; stderr: string }>((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal, stderr }));
  });
  return { child, ended };
}
