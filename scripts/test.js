// `npm test`: everything. First checks and unit tests, then the other suites, two at a time, many of them in a fresh kernel with IPVS.
// With names of suites as arguments, only those.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, release, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { must, ROOT, setUp } from "./setup.js";

const EXECUTABLE = "dist/executable/ipvsadm";

/**
 * Part of a suite of test/, run on its own.
 *
 * @typedef {{ suite: string, files?: string, kernel?: boolean, env?: Record<string, string> }} Job
 * `files`: only those whose path has this; `kernel`: in a kernel with IPVS.
 */

/**
 * The longest first, so that two at a time end together. The lab starts many programs, for which the executable is quicker, and
 * the comparison lets both take turns.
 *
 * @type {readonly Job[]}
 */
const JOBS = [
  { suite: "lab", files: "doctor/", kernel: true, env: { IPVSADM_EXECUTABLE: EXECUTABLE } },
  { suite: "compat", kernel: true, env: { COMPAT_EXECUTABLE: EXECUTABLE } },
  { suite: "kernel", kernel: true },
  { suite: "lab", files: "chapters/", kernel: true, env: { IPVSADM_EXECUTABLE: EXECUTABLE } },
  { suite: "distribution" },
  { suite: "package" },
  { suite: "executable" },
];
/** Takes all CPUs, and says first what is wrong. */
const UNIT = { suite: "unit" };

const named = process.argv.slice(2);
const suites = [...new Set([UNIT, ...JOBS].map(({ suite }) => suite))];
const unknown = named.filter((name) => !suites.includes(name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}; there are ${suites.join(", ")}`);
  process.exit(2);
}

setUp();
must("npx", ["--no-install", "biome", "check", "."]);
must("npx", ["--no-install", "tsc", "--noEmit", "-p", "test"]);
// Every exported thing has its docstring: warnings are errors there.
must("npx", ["--no-install", "typedoc", "--emit", "none"]);
must("node", ["scripts/executable.js"]);

// Every Node.js that a test starts would read it, for twice its time to start.
delete process.env.NODE_EXTRA_CA_CERTS;

const results = mkdtempSync(join(tmpdir(), "ipvsadm-test-"));
/** @param {Job} job */
const isNamed = ({ suite }) => named.length === 0 || named.includes(suite);
const jobs = JOBS.filter(isNamed);
const outcomes = isNamed(UNIT) ? [await runJob(UNIT)] : [];
const width = jobs.some(({ kernel }) => kernel) ? kernels() : availableParallelism();
outcomes.push(...(await runTogether(jobs, Math.min(2, width))));
rmSync(results, { recursive: true });

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failures = outcomes.flatMap((outcome) => outcome.failures);
console.log("");
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

/**
 * How many kernels to run at a time; installs what they need. The host's own kernel serves one job: services of other network
 * namespaces disturb its listings.
 */
function kernels() {
  const { status, stdout } = spawnSync("bash", ["scripts/kernel.sh", "--", "uname", "-r"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) process.exit(1);
  return stdout.trim() === release() ? 1 : availableParallelism();
}

/**
 * @param {readonly Job[]} queue
 * @param {number} width
 */
async function runTogether(queue, width) {
  const waiting = queue.values();
  const lanes = Array.from({ length: width }, async (_, lane) => {
    // A kernel takes the CPU on which no other runs: it has to see those that began before.
    await setTimeout(lane * 5000);
    const ended = [];
    for (const job of waiting) ended.push(await runJob(job));
    return ended;
  });
  return (await Promise.all(lanes)).flat();
}

/** @param {Job} job */
async function runJob({ suite, files, kernel, env }) {
  const name = [suite, files?.replace("/", "")].filter(Boolean).join(" ");
  console.log(`\n=== ${name}`);
  const output = join(results, `${name}.json`);
  const config = `test/${suite}/vitest.config.ts`;
  const vitest = [
    process.execPath,
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    config,
    ...(files ? [files] : []),
  ];
  const [program, ...args] = kernel ? ["bash", "scripts/kernel.sh", "--", ...vitest] : vitest;
  const status = await runNamed(name, program, args, { ...process.env, ...env, IPVSADM_TEST_RESULTS: output });
  return outcome(name, output, status);
}

/**
 * Runs a program whose every line of output begins with a name, since others write at the same time; resolves to its exit status.
 *
 * @param {string} name
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function runNamed(name, program, args, env) {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const [stream, print] of /** @type {const} */ ([
    [child.stdout, console.log],
    [child.stderr, console.error],
  ])) {
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) =>
      print(`${name} | ${line}`),
    );
  }
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}

/**
 * What vitest counted. A test that was skipped has not passed, and a run that failed without a failed test (a file that
 * does not load, a kernel that died) counts as one failure.
 *
 * @param {string} name
 * @param {string} output
 * @param {number} status
 */
function outcome(name, output, status) {
  try {
    /** @type {{ fullName: string, status: string, failureMessages: string[] }[]} */
    const tests = JSON.parse(readFileSync(output, "utf8")).testResults.flatMap((file) => file.assertionResults);
    const others = tests.filter((test) => test.status !== "passed");
    const failures = others.map((test) => `${name}: ${test.fullName}\n${(test.failureMessages ?? []).join("\n")}`);
    if (failures.length === 0 && status !== 0) failures.push(`${name}: ended with exit code ${status}`);
    return { passed: tests.length - others.length, failures };
  } catch {
    return { passed: 0, failures: [`${name}: ended with exit code ${status} and without results`] };
  }
}
