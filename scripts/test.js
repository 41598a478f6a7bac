// `npm test`: everything. Checks and unit tests run here, the other suites each in a fresh kernel with IPVS.
// With names of suites as arguments, only those.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { must, run, setUp } from "./setup.js";

/** Suites of test/, and whether they need a kernel with IPVS. */
const SUITES = { unit: false, package: false, kernel: true, compat: true, lab: true };

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

const results = mkdtempSync(join(tmpdir(), "ipvsadm-test-"));
const totals = { passed: 0, failed: 0 };
for (const [suite, needsKernel] of Object.entries(SUITES)) {
  if (named.length > 0 && !named.includes(suite)) continue;
  const { passed, failed } = runSuite(suite, needsKernel);
  totals.passed += passed;
  totals.failed += failed;
}
rmSync(results, { recursive: true });
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

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
  return counts(output, status);
}

/**
 * What vitest counted. A test that was skipped has not passed, and a run that failed without a failed test (a file that
 * does not load, a kernel that died) counts as one failure.
 *
 * @param {string} output
 * @param {number} status
 */
function counts(output, status) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(output, "utf8"));
    const failed = numFailedTests + numPendingTests + numTodoTests;
    return { passed: numPassedTests, failed: failed || (status === 0 ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
