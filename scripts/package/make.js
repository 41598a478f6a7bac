// Makes the packages: an executable for every machine, and around it a folder of files for every format.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { compile } from "../executable/make.js";
import { closedRuntime } from "../executable/runtime.js";
import { fetchRuntime } from "./runtime.js";
import { FORMATS, TARGETS } from "./targets.js";
import { provideTools } from "./tools.js";

/**
 * @typedef {object} Job
 * @property {string} executable the file of the program
 * @property {string} machine what the format calls the machine
 * @property {string} work an empty folder, removed afterwards
 * @property {string} folder where the package goes
 */

/**
 * Makes the packages and SHA256SUMS in a folder, which is emptied. The same sources give the same bytes.
 *
 * @param {string} folder
 * @param {string[]} formats keys of FORMATS
 * @param {string[]} targets keys of TARGETS; formats that have nothing for one leave it out
 * @returns {string[]} the files
 */
export function makePackages(folder, formats, targets) {
  provideTools(formats);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "ipvsadm-packages-"));
  try {
    const files = targets.flatMap((name) => {
      const target = TARGETS[name];
      const chosen = formats.filter((format) => target[format] !== undefined);
      if (chosen.length === 0) return [];
      const executable = makeExecutableFor(target, join(work, name));
      return chosen.map((format) => {
        const job = { executable, machine: target[format], work: join(work, name, format), folder };
        mkdirSync(job.work);
        return FORMATS[format](job);
      });
    });
    const sums = files.map((file) => `${sha256(file)}  ${basename(file)}\n`).sort(byName);
    writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
    return [...files, join(folder, "SHA256SUMS")];
  } finally {
    rmSync(work, { recursive: true });
  }
}

function makeExecutableFor({ runtime, libc }, work) {
  mkdirSync(work);
  const closed = join(work, "runtime");
  writeFileSync(closed, closedRuntime(fetchRuntime(runtime, work)), { mode: 0o755 });
  const outfile = join(work, "ipvsadm");
  compile({ runtime: closed, libc, outfile });
  return outfile;
}

const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

const byName = (one, other) => (one.slice(64) < other.slice(64) ? -1 : 1);
