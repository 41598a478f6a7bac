import { join } from "node:path";
import { kernelSuite } from "../suite.js";

/** Our programs and the original side by side on one kernel: run them through scripts/kernel.sh, after a build. */
export default kernelSuite(import.meta.dirname, { reporters: [join(import.meta.dirname, "harness/reporter.ts")] });
