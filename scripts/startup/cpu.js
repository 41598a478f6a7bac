// What a process costs from its start to its end.
import { spawnSync } from "node:child_process";

/**
 * CPU time of one run in milliseconds, in the program and in the kernel for it. Throws when the run fails.
 *
 * @param {string} meter scripts/startup/cpu.c, compiled
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 */
export function cpuTime(meter, argv, env) {
  const { status, stdout, error } = spawnSync(meter, argv, { env, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${argv.join(" ")}: exit status ${status}`);
  return Number(stdout) / 1000;
}

/** @param {number[]} values */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * `runs` results of each of several functions, taken in turn so that a busy moment does not hit one of them alone.
 *
 * @template T
 * @param {number} runs
 * @param {(() => T)[]} functions
 * @returns {T[][]} by function
 */
export function inTurn(runs, functions) {
  const results = functions.map(() => []);
  for (let run = 0; run < runs; run++) for (const [index, once] of functions.entries()) results[index].push(once());
  return results;
}
