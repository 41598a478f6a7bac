// `npm run bench:startup`: how long our programs take from start to exit on this host, compared with a bare `node -e 0`, and where the
// time goes. An optional number says how many runs.
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { ROOT, setUp } from "./setup.js";

const RUNS = Number(process.argv[2] ?? 30);
const TARGET = 1.3;
const PROBE = fileURLToPath(new URL("startup/probe.cjs", import.meta.url));

const ipvsadm = (...args) => [`${ROOT}bin/ipvsadm.js`, ...args];
const SERVICE = "-t=192.0.2.1:80";

/** What is started, always with Node.js. */
const PROGRAMS = {
  "node -e 0": ["-e", "0"],
  "ipvsadm -v": ipvsadm("-v"),
  "ipvsadm -A, a mistake": ipvsadm("-A", SERVICE, "-x"),
  "ipvsadm -A": ipvsadm("-A", SERVICE),
};

// Where it is set, every start reads a file of certificates.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Runs a program once. Returns milliseconds, and what it printed to the fourth descriptor. */
function start(args, options = []) {
  const stdio = ["ignore", "ignore", "ignore", "pipe"];
  const before = performance.now();
  const { error, output } = spawnSync(process.execPath, [...options, ...args], { env, stdio });
  if (error) throw error;
  return { time: performance.now() - before, printed: String(output[3]) };
}

/** `RUNS` results of `run` for every program, taken in turn so that a busy moment does not hit one of them alone. */
function inTurn(run) {
  const results = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]));
  for (let count = 0; count < RUNS; count++) {
    for (const [name, args] of Object.entries(PROGRAMS)) results[name].push(run(args));
  }
  return results;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function printTimes(times) {
  const [bare] = Object.values(times);
  console.log(`${"".padEnd(24)}   median  minimum    ratio`);
  for (const [name, each] of Object.entries(times)) {
    const ratio = median(each) / median(bare);
    const verdict = each === bare ? "" : `  at most ${TARGET} ${ratio <= TARGET ? "ok" : "missed"}`;
    const figures = [median(each).toFixed(1), Math.min(...each).toFixed(1), ratio.toFixed(2)];
    console.log(`${name.padEnd(24)}${figures.map((text) => text.padStart(9)).join("")}${verdict}`);
  }
}

/** Medians of what the probe measured, phase by phase. */
function printPhases(phases) {
  const fullest = Object.values(phases)
    .flat()
    .reduce((a, b) => (Object.keys(b).length > Object.keys(a).length ? b : a));
  for (const name of Object.keys(fullest)) {
    const cells = Object.values(phases).map((runs) =>
      median(runs.map((run) => run[name] ?? 0))
        .toFixed(1)
        .padStart(9),
    );
    console.log(`${name.padEnd(36)}${cells.join("")}`);
  }
}

setUp();
console.log(`${RUNS} runs of each in turn, milliseconds; load average ${loadavg()[0].toFixed(2)}\n`);
printTimes(inTurn((args) => start(args).time));
console.log(`\nWhere it goes, in the same order\n`);
printPhases(inTurn((args) => JSON.parse(start(args, ["--require", PROBE]).printed)));
