import { join } from "node:path";
import { suite } from "../suite.js";

/** The programs as one file: what they are started as, and whom they trust. */
export default suite(import.meta.dirname, {
  globalSetup: join(import.meta.dirname, "made.ts"),
  testTimeout: 300_000,
  hookTimeout: 300_000,
});
