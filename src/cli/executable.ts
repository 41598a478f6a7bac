import type { Io } from "../program/io.js";
import { main } from "./main.js";

type Program = (argv: readonly string[], io?: Io) => Promise<number>;

/** The programs that one executable is, by the name it is started as. */
const PROGRAMS: Readonly<Record<string, () => Promise<Program>>> = {
  "ipvsadm-save": async () => (await import("./save.js")).save,
  "ipvsadm-restore": async () => (await import("./restore.js")).restore,
};

async function run(typed: string, args: readonly string[]): Promise<number> {
  const load = PROGRAMS[typed.slice(typed.lastIndexOf("/") + 1)];
  const program = load ? await load() : main;
  return program([typed, ...args]);
}

run(process.argv0, process.argv.slice(2)).then((status) => process.exit(status));
