import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { executable, type Program, programFile } from "../../programs.js";
import { unordered } from "../rules.js";
import { type Outcome, Shell } from "./shell.js";
import { builtProgram, processes, type Subject, takingTurns } from "./subject.js";

const root = join(import.meta.dirname, "../../..");
const files = join(import.meta.dirname, "../etc");

/** `COMPAT_SUBJECT=/usr/sbin/ipvsadm` compares the original with itself, which proves the suite: no scenario may differ. */
export const subjectProgram = process.env.COMPAT_SUBJECT;

/** Two network namespaces of one kernel with the same /etc: the original works in the first, our program in the second. */
export interface World {
  /** Runs commands of the original in its namespace. */
  readonly original: Shell;
  /** The shell of our program's namespace, which also runs the original there to look at the table. */
  readonly ours: Shell;
  readonly subject: Subject;
  /** PATH under which `ipvsadm`, `ipvsadm-save` and `ipvsadm-restore` are the original's. */
  readonly path: string;
  close(): Promise<void>;
}

const systemPath = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", dirname(process.execPath)].join(":");

/** An /etc of links to the real one, except for the files of test/compat/etc: names must not depend on the machine. */
function makeEtc(work: string): void {
  mkdirSync(join(work, "etc"));
  const own = readdirSync(files);
  for (const name of own) copyFileSync(join(files, name), join(work, "etc", name));
  for (const name of readdirSync("/etc")) {
    if (!own.includes(name)) symlinkSync(join(work, "host-etc", name), join(work, "etc", name));
  }
}

/** What the programs load, of this project. */
const INSTALLED = [
  ...["bin", "dist/programs.cjs", "dist/programs.cache", "dist/rare.cjs"],
  ...["node_modules/commander", `node_modules/netlink/prebuilds/linux-${process.arch}`],
];

/** The built programs where every user can read them, as an installation has them: a clone may be below /root. */
function install(work: string): string {
  const folder = join(work, "package");
  for (const path of INSTALLED) cpSync(join(root, path), join(folder, path), { recursive: true });
  // Large, and needed for JSON only, which no test reads as another user.
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"));
  execFileSync("chmod", ["-R", "a+rX", folder]);
  return folder;
}

/** A directory where the three programs have their usual names. */
function makeBin(work: string, name: string, target: (program: Program) => string): string {
  const directory = join(work, name);
  mkdirSync(directory);
  for (const program of ["ipvsadm", "ipvsadm-save", "ipvsadm-restore"] as const) {
    symlinkSync(target(program), join(directory, program));
  }
  return `${directory}:${systemPath}`;
}

/** `COMPAT_EXECUTABLE=dist/executable/ipvsadm`: a share of what the program of Node.js would run goes to this one. */
function withExecutable(work: string, shell: Shell, program: Subject): Subject {
  const { COMPAT_EXECUTABLE, COMPAT_SEED = String(Date.now()) } = process.env;
  if (!COMPAT_EXECUTABLE) return program;
  const folder = dirname(resolve(root, COMPAT_EXECUTABLE));
  const path = makeBin(work, "executable", (name) => join(folder, name));
  return takingTurns(program, processes(shell, path), COMPAT_SEED);
}

export async function openWorld(): Promise<World> {
  const work = mkdtempSync("/run/ipvsadm-compat-");
  chmodSync(work, 0o755);
  makeEtc(work);
  const path = makeBin(work, "original", (program) => `/usr/sbin/${program}`);
  const original = await Shell.open(work);
  const ours = await Shell.open(work);
  const installed = subjectProgram || executable ? undefined : install(work);
  const file = (program: Program) => {
    if (installed) return join(installed, "bin", `${program}.js`);
    return subjectProgram ? subjectProgram + program.slice("ipvsadm".length) : programFile(program);
  };
  const bin = makeBin(work, "subject", file);
  const subject = installed
    ? withExecutable(work, ours, await builtProgram(ours, bin, join(installed, "dist/programs.cjs")))
    : processes(ours, bin);
  return {
    original,
    ours,
    subject,
    path,
    async close() {
      await Promise.all([subject.close(), original.close(), ours.close()]);
      rmSync(work, { recursive: true });
    },
  };
}

/** Runs rules with the original, in one process, and insists that none fails. */
export async function load(world: World, shell: Shell, rules: readonly string[]): Promise<void> {
  if (rules.length === 0) return;
  const [outcome] = await shell.run(world.path, [{ program: "ipvsadm", args: ["-R"], stdin: `${rules.join("\n")}\n` }]);
  if (outcome?.status !== 0 || outcome.stderr !== "") throw new Error(`setup failed: ${outcome?.stderr}`);
}

const blank = ["-C", "--stop-daemon master", "--stop-daemon backup", "--set 900 120 300"];
const everything = ["-S -n", "-L -n --thresholds", "-L -n --tun-info", "-L --timeout", "-L --daemon"];

/** An empty table, no daemons, the kernel's default timeouts, then `rules`. */
export async function reset(world: World, shell: Shell, rules: readonly string[]): Promise<void> {
  await shell.run(world.path, [{ program: "ipvsadm", args: ["-R"], stdin: `${blank.join("\n")}\n` }]);
  await load(world, shell, rules);
}

/**
 * All that the original can tell about the state of a namespace, asked in one process. Its order is left out: lists of
 * services start in the order of the kernel's hash, which is another one in every namespace, and the original sorts some
 * addresses inconsistently. Lines of servers begin with their service, so that every line says it all.
 */
export async function stateOf(world: World, shell: Shell): Promise<Outcome> {
  const run = { program: "ipvsadm", args: ["-R"], stdin: `${everything.join("\n")}\n` };
  const [outcome] = await shell.run(world.path, [run]);
  return { ...outcome!, stdout: unordered(outcome!.stdout) };
}
