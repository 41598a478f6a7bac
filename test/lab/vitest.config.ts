import { defineConfig } from "vitest/config";

// Chapters one after the other in one process: they share the names of their hosts, and a process start is dear in User Mode Linux.
export default defineConfig({
  test: {
    dir: import.meta.dirname,
    include: ["**/*.test.ts"],
    fileParallelism: false,
    isolate: false,
    pool: "forks",
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
