import { defineConfig } from "vitest/config";

/** Tests that need a kernel with IPVS, in this process's own network namespace: run them through scripts/kernel.sh. */
export default defineConfig({
  test: {
    name: "kernel",
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    // One table for all: one file after the other, in one process, since starting processes is slow there.
    fileParallelism: false,
    isolate: false,
    pool: "forks",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
