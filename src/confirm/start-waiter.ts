import { spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { StateError } from "../state/folder.js";
import { markOf, type ProcessMark } from "../state/process.js";

/** What the waiter prints when nothing is missing that it needs to take the change back; else it prints why. */
export const READY = "ready\n";

/**
 * Starts the process that takes a change back when the time is up. It has a session of its own and nothing of the terminal, so
 * that neither a hangup nor the end of this process reaches it. Resolves when it is ready; throws StateError when it cannot be.
 */
export async function startWaiter(number: number): Promise<ProcessMark> {
  const { file, args } = ownProgram();
  const child = spawn(file, [...args, "revert", "--count-down", String(number)], {
    argv0: "ipvsadm",
    cwd: "/",
    detached: true,
    env: {},
    stdio: ["ignore", "pipe", "ignore"],
  });
  const mark = child.pid === undefined ? undefined : markOf(child.pid);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said === READY) child.stdout.destroy();
  });
  await Promise.race([
    once(child.stdout, "close"),
    once(child, "error").then(([error]) => Promise.reject(error)),
  ]).catch((error: Error) => {
    throw new StateError(`cannot start ${file}: ${error.message}`);
  });
  if (said !== READY || mark === undefined)
    throw new StateError(`cannot count down: ${said.trim() || "no reason given"}`);
  child.unref();
  return mark;
}

/** `ipvsadm`, however this process was started: the executable is all programs in one, on Node.js each has a file. */
function ownProgram(): { readonly file: string; readonly args: readonly string[] } {
  if (process.versions.bun !== undefined) return { file: process.execPath, args: [] };
  const folder = dirname(realpathSync(process.argv[1]!));
  return { file: process.execPath, args: [join(folder, "ipvsadm.js")] };
}
