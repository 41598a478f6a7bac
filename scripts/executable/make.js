// Makes the programs as one file.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { must } from "../setup.js";
import { closedRuntime, ownRuntime } from "./runtime.js";

/**
 * Puts the executable of this machine and its links into a folder, which is made.
 *
 * @param {string} folder
 */
export function makeExecutable(folder) {
  const { path, libc } = ownRuntime();
  const work = mkdtempSync(join(tmpdir(), "ipvsadm-executable-"));
  try {
    const runtime = join(work, "runtime");
    writeFileSync(runtime, closedRuntime(path), { mode: 0o755 });
    mkdirSync(folder, { recursive: true });
    compile({ runtime, libc, outfile: join(folder, "ipvsadm") });
    for (const name of ["ipvsadm-save", "ipvsadm-restore"]) {
      rmSync(join(folder, name), { force: true });
      symlinkSync("ipvsadm", join(folder, name));
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * @param {{ runtime: string, libc: string, outfile: string }} job the program `bun` that becomes the executable, the C library that
 *   it runs on, and where the executable goes
 */
export function compile({ runtime, libc, outfile }) {
  must(ownRuntime().path, [
    "scripts/executable/compile.js",
    JSON.stringify({ runtime: resolve(runtime), libc, outfile: resolve(outfile) }),
  ]);
}
