import { loadLibc } from "../client/libc.js";
import { type Io, processIo } from "../program/io.js";
import { main } from "./main.js";

type Program = (argv: readonly string[], io?: Io) => Promise<number>;

/** The programs that one executable is, by the name it is started as. */
const PROGRAMS: ReadonlyMap<string, () => Promise<Program>> = new Map([
  ["ipvsadm-save", async () => (await import("./save.js")).save],
  ["ipvsadm-restore", async () => (await import("./restore.js")).restore],
]);

/** Starting anew, where that has to be, must not lose input. */
const io: Io = {
  ...processIo,
  readInput() {
    loadLibc();
    return processIo.readInput();
  },
};

async function run(typed: string, args: readonly string[]): Promise<number> {
  const name = typed.slice(typed.lastIndexOf("/") + 1);
  const program = (await PROGRAMS.get(name)?.()) ?? main;
  return program([typed, ...args], io);
}

run(process.argv0, process.argv.slice(2)).then((status) => process.exit(status));
