// `npm run bench:startup`: what one command costs as a process, in CPU time: ipvsadm 1.31, a bare `node -e 0`, our program on
// Node.js and as executable, and where the time goes on Node.js. An optional number says how many runs. With the word `script`
// instead: what 500 commands by a shell script take, with a kernel that is only played and on a real one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { makeExecutable } from "./executable/make.js";
import { must, ROOT, setUp } from "./setup.js";
import { cpuTime, inTurn, median } from "./startup/cpu.js";
import { printSeconds } from "./startup/many.js";
import { playedKernel } from "./startup/played.js";

const [choice = "30"] = process.argv.slice(2);
const RUNS = Number(choice);
const ORIGINAL = "/usr/sbin/ipvsadm";
const SERVICE = ["-t", "192.0.2.1:80"];

/** Command lines, and the most that the executable may take of a bare Node.js and as a multiple of 1.31. */
const COMMANDS = [
  { args: ["-v"], ofNode: 0.4, ofOriginal: 4 },
  { args: ["-a", ...SERVICE, "-r", "192.0.2.2:80", "-m"], ofNode: 0.5, ofOriginal: 5 },
];

setUp();
const work = mkdtempSync(join(tmpdir(), "ipvsadm-startup-"));
process.on("exit", () => rmSync(work, { recursive: true }));
makeExecutable(work);
const played = playedKernel(work);
const { meter } = played;
const env = played.env(1, 1);

const BARE = "node -e 0";
const PROGRAMS = {
  ...(existsSync(ORIGINAL) ? { 1.31: [ORIGINAL] } : {}),
  "on Node.js": [process.execPath, `${ROOT}bin/ipvsadm.js`],
  executable: [join(work, "ipvsadm")],
};

if (choice === "script") {
  console.log("500 commands by a shell script, seconds\n\nkernel played");
  printSeconds(PROGRAMS, env);
  console.log("\nreal kernel");
  must("bash", [
    "scripts/kernel.sh",
    "--",
    process.execPath,
    "scripts/startup/many-in-kernel.js",
    JSON.stringify(PROGRAMS),
  ]);
  process.exit();
}

console.log(`${RUNS} runs of each in turn, CPU milliseconds; load average ${loadavg()[0].toFixed(2)}`);
for (const { args, ...most } of COMMANDS) {
  const lines = { [BARE]: [process.execPath, "-e", "0"] };
  for (const [name, argv] of Object.entries(PROGRAMS)) lines[name] = [...argv, ...args];
  const times = inTurn(
    RUNS,
    Object.values(lines).map((argv) => () => cpuTime(meter, argv, env)),
  );
  print(args.join(" "), Object.fromEntries(Object.keys(lines).map((name, index) => [name, times[index]])), most);
}
printPhases();

/**
 * @param {string} title
 * @param {Record<string, number[]>} times
 * @param {{ ofNode: number, ofOriginal: number }} most
 */
function print(title, times, { ofNode, ofOriginal }) {
  const row = (cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(20) : cell.padStart(11))).join("");
  console.log(`\nipvsadm ${title}\n${row(["", "median", "minimum", "of node", "of 1.31"])}`);
  const share = (name, other) => (times[other] ? median(times[name]) / median(times[other]) : Number.NaN);
  for (const [name, each] of Object.entries(times)) {
    const figures = [median(each), Math.min(...each)].map((figure) => figure.toFixed(1));
    console.log(row([name, ...figures, share(name, BARE).toFixed(2), share(name, "1.31").toFixed(1)]));
  }
  const verdict = (value, limit) => `at most ${limit} ${value > limit ? "missed" : "ok"}`;
  const verdicts = [verdict(share("executable", BARE), ofNode), verdict(share("executable", "1.31"), ofOriginal)];
  console.log(`executable: of node ${verdicts[0]}, of 1.31 ${verdicts[1]}`);
}

/** Medians of what the probe measures on Node.js, phase by phase. */
function printPhases() {
  const probe = [process.execPath, "--require", `${ROOT}scripts/startup/probe.cjs`, `${ROOT}bin/ipvsadm.js`];
  const stdio = ["ignore", "ignore", "ignore", "pipe"];
  const measured = inTurn(
    RUNS,
    COMMANDS.map(
      ({ args }) =>
        () =>
          JSON.parse(String(spawnSync(probe[0], [...probe.slice(1), ...args], { env, stdio }).output[3])),
    ),
  );
  console.log(`\nOn Node.js, milliseconds for ${COMMANDS.map(({ args }) => args[0]).join(" and ")}`);
  for (const name of Object.keys(measured.at(-1)[0])) {
    const cells = measured.map((runs) => median(runs.map((run) => run[name] ?? 0)).toFixed(1));
    console.log(`${name.padEnd(36)}${cells.map((cell) => cell.padStart(9)).join("")}`);
  }
}
