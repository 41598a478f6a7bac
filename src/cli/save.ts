import { EXIT } from "../program/exit-status.js";
import { type Io, processIo } from "../program/io.js";
import { main } from "./main.js";

const USAGE = `ipvsadm-save: Script to save the IPVS table to stdout.
   With the -n option, prints out the table in numeric format.
`;

/** Options of ours that go on to `ipvsadm -S`. */
const PASSED_ON: ReadonlySet<string> = new Set(["-n", "--all", "--nosort", "--json", "-j"]);

/**
 * `ipvsadm-save`: writes the table as rules. Like 1.31's, it takes `-n` (numbers, which is what is written anyway) and
 * ignores operands; beyond it, `--all`, `--nosort` and `--json`.
 *
 * @returns the exit status
 */
export async function save(argv: readonly string[], io: Io = processIo): Promise<number> {
  const args = argv.slice(1);
  const options = args.filter((arg) => arg.startsWith("-"));
  if (options.some((option) => !PASSED_ON.has(option))) {
    io.err(USAGE);
    return EXIT.saveUsage.status;
  }
  return main(["ipvsadm", "-S", ...new Set(options)], io);
}
