// What a fresh clone needs before anything can run: dependencies as locked, and the built programs.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const INSTALLED = `${ROOT}node_modules/.package-lock.json`;
const LOCKED = `${ROOT}package-lock.json`;

/**
 * Runs a program in the project's folder with its output on ours; returns its exit status.
 *
 * @param {string} program
 * @param {string[]} args
 */
export function run(program, args) {
  const { status, signal, error } = spawnSync(program, args, { cwd: ROOT, stdio: "inherit" });
  if (error) throw error;
  return status ?? (signal ? 1 : 0);
}

/**
 * Runs a program that has to succeed: anything else ends this process with its status.
 *
 * @param {string} program
 * @param {string[]} args
 */
export function must(program, args) {
  const status = run(program, args);
  if (status !== 0) {
    console.error(`${program} ${args.join(" ")}: exit status ${status}`);
    process.exit(status);
  }
}

/** Installs the locked dependencies unless they are there. */
export function install() {
  const upToDate = existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCKED).mtimeMs;
  if (!upToDate) must("npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Installs the locked dependencies unless they are there, and builds. */
export function setUp() {
  install();
  must("npm", ["run", "--silent", "build"]);
}
