// What 500 commands by a shell script take: many.js PROGRAM..., in seconds from start to end. Environment: as it is.
import { spawnSync } from "node:child_process";

/** 100 services with 4 servers each, as scripts write them: a process for each. */
const SCRIPT = `
mark=1
while [ $mark -le 100 ]; do
  "$@" -A -f $mark -s rr || exit
  for host in 1 2 3 4; do "$@" -a -f $mark -r 192.0.2.$host -g || exit; done
  mark=$((mark + 1))
done`;

/**
 * Seconds of the script with a program. Throws when a command fails.
 *
 * @param {string[]} argv the program
 * @param {NodeJS.ProcessEnv} env
 */
export function seconds(argv, env) {
  const start = process.hrtime.bigint();
  const { status, error } = spawnSync("/bin/sh", ["-c", SCRIPT, "sh", ...argv], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${argv.join(" ")}: exit status ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** @param {Record<string, string[]>} programs by what to call them */
export function printSeconds(programs, env, clear = () => {}) {
  for (const [name, argv] of Object.entries(programs)) {
    console.log(`${name.padEnd(20)}${seconds(argv, env).toFixed(1).padStart(11)}`);
    clear();
  }
}
