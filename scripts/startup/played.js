// A kernel that is only played, and a meter of CPU time, for measuring programs at native speed.
import { join } from "node:path";
import { must } from "../setup.js";

/**
 * Compiles both into a folder. `meter` is for cpuTime; in `env(services, servers)` a program asks a kernel of so many services with so
 * many servers each, which takes every change and keeps weights only.
 *
 * @param {string} folder
 */
export function playedKernel(folder) {
  const meter = join(folder, "cpu");
  const kernel = join(folder, "replay.so");
  must("cc", ["-O2", "-o", meter, "scripts/startup/cpu.c"]);
  must("cc", ["-O2", "-w", "-shared", "-fPIC", "-Wl,-Bsymbolic", "-o", kernel, "scripts/startup/replay.c", "-ldl"]);
  // Where certificates are named, every start of Node.js reads their file.
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...bare } = process.env;
  const env = (services, servers) => ({
    ...bare,
    LD_PRELOAD: kernel,
    NS: String(services),
    ND: String(servers),
  });
  return { meter, env };
}
