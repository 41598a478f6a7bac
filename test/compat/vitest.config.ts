import { join } from "node:path";
import { kernelSuite } from "../suite.js";

/**
 * Our programs and the original side by side on one kernel: run them through scripts/kernel.sh, after a build.
 *
 *   COMPAT_SUBJECT=/usr/sbin/ipvsadm  compares the original with itself, which proves the suite
 *   IPVSADM_EXECUTABLE=dist/executable/ipvsadm  compares the executable, each command as a process of its own
 *   COMPAT_EXECUTABLE=dist/executable/ipvsadm   has it take turns with the program of Node.js, as `npm test` does
 *   COMPAT_SEED=N, COMPAT_SEED=N-M    repeats the random commands of a run, or of many
 *   COMPAT_RUNS=N                     makes N random sequences of each kind instead of a few
 */
export default kernelSuite(import.meta.dirname, { reporters: [join(import.meta.dirname, "harness/reporter.ts")] });
