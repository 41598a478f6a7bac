import { join, resolve } from "node:path";

export type Program = "ipvsadm" | "ipvsadm-save" | "ipvsadm-restore";

/** Tests run in the project's folder; `npm start` bundles this file, which then has no place of its own. */
const root = process.cwd();

/** `IPVSADM_EXECUTABLE=dist/executable/ipvsadm` tests the executable, which `npm run executable` makes, instead of the programs of bin/. */
export const executable = process.env.IPVSADM_EXECUTABLE ? resolve(root, process.env.IPVSADM_EXECUTABLE) : undefined;

/** The file of one of our programs, which can be started as it is. */
export function programFile(program: Program): string {
  return executable ? join(executable, "..", program) : join(root, "bin", `${program}.js`);
}

/** The words that start one of our programs. */
export function commandOf(program: Program): [string, ...string[]] {
  return executable ? [programFile(program)] : [process.execPath, programFile(program)];
}
