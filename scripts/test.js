// `npm test`: everything. Checks and unit tests run here, the other suites each in a fresh kernel with IPVS.
// With names of suites as arguments, only those.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, run, setUp } from "./setup.js";

/** Suites of test/, and whether they need a kernel with IPVS. */
const SUITES = { unit: false, executable: false, package: false, kernel: true, compat: true, lab: true };

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}; there are ${Object.keys(SUITES).join(", ")}`);
  process.exit(2);
}

setUp();
must("npx", ["--no-install", "biome", "check", "."]);
must("npx", ["--no-install", "tsc", "--noEmit", "-p", "test"]);
// Every exported thing has its docstring: warnings are errors there.
must("npx", ["--no-install", "typedoc", "--emit", "none"]);

// Every Node.js that a test starts would read it, for twice its time to start.
delete process.env.NODE_EXTRA_CA_CERTS;

const results = mkdtempSync(join(tmpdir(), "ipvsadm-test-"));
const suites = Object.entries(SUITES).filter(([suite]) => named.length === 0 || named.includes(suite));
const outcomes = suites.map(([suite, needsKernel]) => runSuite(suite, needsKernel));
rmSync(results, { recursive: true });

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failures = outcomes.flatMap((outcome) => outcome.failures);
console.log("");
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

/**
 * @param {string} suite
 * @param {boolean} needsKernel
 */
function runSuite(suite, needsKernel) {
  console.log(`\n=== ${suite}`);
  const output = join(results, `${suite}.json`);
  const command = [
    process.execPath,
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    `test/${suite}/vitest.config.ts`,
  ];
  process.env.IPVSADM_TEST_RESULTS = output;
  const [program, ...args] = needsKernel ? ["bash", "scripts/kernel.sh", "--", ...command] : command;
  const status = run(program, args);
  return outcome(suite, output, status);
}

/**
 * What vitest counted. A test that was skipped has not passed, and a run that failed without a failed test (a file that
 * does not load, a kernel that died) counts as one failure.
 *
 * @param {string} suite
 * @param {string} output
 * @param {number} status
 */
function outcome(suite, output, status) {
  try {
    /** @type {{ fullName: string, status: string, failureMessages: string[] }[]} */
    const tests = JSON.parse(readFileSync(output, "utf8")).testResults.flatMap((file) => file.assertionResults);
    const others = tests.filter((test) => test.status !== "passed");
    const failures = others.map((test) => `${suite}: ${test.fullName}\n${(test.failureMessages ?? []).join("\n")}`);
    if (failures.length === 0 && status !== 0) failures.push(`${suite}: ended with exit code ${status}`);
    return { passed: tests.length - others.length, failures };
  } catch {
    return { passed: 0, failures: [`${suite}: ended with exit code ${status} and without results`] };
  }
}
