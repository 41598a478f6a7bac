// What programs take in user space at native speed, in CPU time: ipvsadm 1.31 and ours on a kernel that is only played.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { makeExecutable } from "../executable/make.js";
import { ROOT } from "../setup.js";
import { cpuTime, inTurn, median } from "../startup/cpu.js";
import { playedKernel } from "../startup/played.js";

const ORIGINAL = "/usr/sbin/";

/**
 * Command lines, what 1.31 is measured with where it lacks them, and the most that we may take, as a multiple of it: on Node.js, as
 * executable. `restore`: the file of the table is its standard input.
 */
const CASES = [
  { program: "ipvsadm", args: ["-Sn"], most: [2, 1] },
  { program: "ipvsadm", args: ["-Ln"], most: [2, 1] },
  { program: "ipvsadm", args: ["-Ln", "--stats"], most: [2.5, 1.2] },
  { program: "ipvsadm", args: ["-Ln", "--json"], original: ["-Ln", "--stats"], most: [5, 2.5] },
  { program: "ipvsadm", args: ["-S", "--json"], original: ["-Ln", "--stats"], most: [5, 2.5] },
  { program: "ipvsadm", args: ["-R"], restore: true, most: [0.45, 0.3] },
  { program: "ipvsadm-restore", args: [], original: ["-R"], restore: true, most: [0.6, 0.45] },
];

/**
 * Measures every case on tables of each size; prints a table, or JSON.
 *
 * @param {{ sizes: { services: number, servers: number }[], runs: number, directory: string, json: boolean }} job
 */
export function measureNatively({ sizes, runs, directory, json }) {
  const executable = join(directory, "executable");
  makeExecutable(executable);
  const programs = {
    1.31: (name) => [ORIGINAL + name],
    node: (name) => [process.execPath, `${ROOT}bin/${name}.js`],
    executable: (name) => [join(executable, name)],
  };
  const rows = sizes.flatMap(({ services, servers }) => {
    const { meter, env } = playedKernel(directory, { services, servers });
    const file = join(directory, `native-${services}x${servers}`);
    const saved = outputOf([...programs[1.31]("ipvsadm"), "-Sn"], env);
    writeFileSync(file, saved);
    return CASES.map(({ program, args, original, restore, most }) => {
      const lines = Object.entries(programs).map(([name, words]) =>
        name === "1.31" && original ? [...words("ipvsadm"), ...original] : [...words(program), ...args],
      );
      const input = restore ? ["<", file] : [];
      const times = inTurn(
        runs,
        lines.map((argv) => () => cpuTime(meter, [...input, ...argv], env)),
      ).map((each) => median(each) / 1000);
      const same = original || restore || lines.every((argv) => outputOf(argv, env).equals(outputOf(lines[0], env)));
      return { command: [program, ...args].join(" "), services, servers, seconds: times, most, same };
    });
  });
  const versions = { node: process.version, cpu: cpus()[0].model, load: loadavg()[0], date: new Date().toISOString() };
  if (json) console.log(JSON.stringify({ ...versions, runs, rows }, undefined, 2));
  else print(rows, versions, runs);
  if (rows.some(({ same }) => !same)) process.exitCode = 1;
}

function outputOf([program, ...args], env) {
  const { stdout, error } = spawnSync(program, args, { env, maxBuffer: 1 << 30 });
  if (error) throw error;
  return stdout;
}

function print(rows, { node, cpu, load, date }, runs) {
  console.log(
    `CPU seconds at native speed, median of ${runs}; ${date.slice(0, 10)}, Node.js ${node}, ${cpu}, load ${load.toFixed(2)}\n`,
  );
  const line = (cells) =>
    console.log(cells.map((cell, index) => (index < 2 ? cell.padEnd(24 - 8 * index) : cell.padStart(11))).join(""));
  line(["", "services", "1.31", "Node.js", "ratio", "at most", "executable", "ratio", "at most"]);
  for (const { command, services, servers, seconds, most, same } of rows) {
    const [original, ...ours] = seconds;
    const cells = ours.flatMap((each, index) => [
      each.toFixed(3),
      (each / original).toFixed(2),
      `${most[index]} ${each / original <= most[index] ? "ok" : "missed"}`,
    ]);
    line([command, `${services} x ${servers}`, original.toFixed(3), ...cells, same ? "" : " THE OUTPUTS DIFFER"]);
  }
}
