// `npm run executable`: the three programs as one file that needs no Node.js, for this machine, in dist/executable.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closedRuntime, ownRuntime } from "./executable/runtime.js";
import { install, must, ROOT } from "./setup.js";

const FOLDER = join(ROOT, "dist/executable");

install();
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
compile(ownRuntime(), join(FOLDER, "ipvsadm"));
for (const name of ["ipvsadm-save", "ipvsadm-restore"]) symlinkSync("ipvsadm", join(FOLDER, name));

/**
 * @param {{ path: string, libc: string }} runtime
 * @param {string} outfile
 */
function compile({ path, libc }, outfile) {
  const work = mkdtempSync(join(ROOT, "dist/compile-"));
  try {
    const runtime = join(work, "runtime");
    writeFileSync(runtime, closedRuntime(path), { mode: 0o755 });
    must(path, ["scripts/executable/compile.js", JSON.stringify({ runtime, libc, outfile })]);
    chmodSync(outfile, 0o755);
  } finally {
    rmSync(work, { recursive: true });
  }
}
