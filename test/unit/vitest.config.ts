import { suite } from "../suite.js";

/** Tests that need no kernel: everything that is computed. Properties take as long as the machine needs. */
export default suite(import.meta.dirname, { testTimeout: 60_000 });
