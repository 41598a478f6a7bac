import { kernelSuite } from "../suite.js";

/** Tests that need a kernel with IPVS, in this process's own network namespace: run them through scripts/kernel.sh. */
export default kernelSuite(import.meta.dirname);
