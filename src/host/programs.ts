import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { HostError } from "./host.js";

/** Where programs of this kind are installed. Nothing is looked for in $PATH. */
const DIRECTORIES = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** Limits of a program that only lists rules: milliseconds and bytes. */
const TIMEOUT = 10_000;
const OUTPUT_LIMIT = 64 * 1024 * 1024;

/** Absolute path of a program; absent when it is not installed. */
export function findProgram(name: string): string | undefined {
  return DIRECTORIES.map((directory) => `${directory}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a program without a shell and returns its standard output. Throws HostError with the first line of its standard
 * error when it fails.
 *
 * @param path absolute
 */
export function runProgram(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: TIMEOUT, maxBuffer: OUTPUT_LIMIT, encoding: "utf8", env: { LC_ALL: "C" } } as const;
    const child = execFile(path, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const reason = stderr.trim().split("\n")[0] || error.message.split("\n")[0];
      reject(new HostError(`${[path, ...args].join(" ")}: ${reason}`));
    });
    child.stdin?.end();
  });
}
