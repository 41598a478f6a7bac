import { suite } from "../suite.js";

/** The package as it is published: what is in it, whether it installs, and whether programs can use it. */
export default suite(import.meta.dirname, { testTimeout: 900_000, hookTimeout: 900_000 });
