import type { Command } from "commander";
import type { WordContext } from "../cli/subcommands.js";
import { systemNames } from "../names/system.js";
import { readFileOrInput } from "../program/file.js";
import { EXIT_USAGE, mistakeText } from "../program/report.js";
import { readWanted } from "../program/wanted-file.js";

/** `ipvsadm check FILE|-`: every mistake of a file, without a kernel and without root. */
export function define(command: Command, { io, exit, program }: WordContext): Command {
  return command
    .argument("<file>", "rules as `ipvsadm-save` writes them, or its JSON; - reads standard input")
    .option("-j, --json", "the mistakes as JSON", false)
    .addHelpText("after", "\nExit status: 0 no mistake, 2 mistakes or trouble.")
    .action(async (file: string, { json }: { json: boolean }) => {
      const { mistakes = [] } = await readWanted(readFileOrInput(file, io), systemNames(), program);
      if (json) {
        io.out(`${JSON.stringify({ mistakes }, undefined, 2)}\n`);
      } else for (const mistake of mistakes) io.out(`${mistakeText(mistake)}\n`);
      exit(mistakes.length === 0 ? 0 : EXIT_USAGE);
    });
}
