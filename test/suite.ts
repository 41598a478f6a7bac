import { defineConfig, type ViteUserConfig } from "vitest/config";

type Options = NonNullable<ViteUserConfig["test"]>;

/**
 * The configuration of a suite: all `*.test.ts` below its folder. With IPVSADM_TEST_RESULTS in the environment the counts
 * also go to that file as JSON, for the sum at the end of `npm test`.
 *
 * @param root the folder
 */
export function suite(root: string, { reporters, ...options }: Options = {}): ViteUserConfig {
  const results = process.env.IPVSADM_TEST_RESULTS;
  const own = Array.isArray(reporters) ? reporters : [];
  return defineConfig({
    cacheDir: `${import.meta.dirname}/../node_modules/.vite`,
    test: {
      root,
      include: ["**/*.test.ts"],
      reporters: ["default", ...own, ...(results ? [["json", { outputFile: results }] as const] : [])] as never,
      ...options,
    },
  });
}

/**
 * For suites that run inside the kernel. All files share its table, so one comes after the other, in one process, since
 * starting processes is slow in User Mode Linux.
 */
export function kernelSuite(root: string, options: Options = {}): ViteUserConfig {
  return suite(root, {
    fileParallelism: false,
    isolate: false,
    pool: "forks",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    ...options,
  });
}
