import { join } from "node:path";
import { suite } from "../suite.js";

/** The packages of the executable: what is in them, and whether distributions and their programs can use them. */
export default suite(import.meta.dirname, {
  globalSetup: join(import.meta.dirname, "made.ts"),
  testTimeout: 900_000,
  hookTimeout: 900_000,
});
