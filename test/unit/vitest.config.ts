import { suite } from "../suite.js";

/** Tests that need no kernel: everything that is computed. */
export default suite(import.meta.dirname);
