import type { Command } from "commander";
import { systemNames } from "../names/system.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import { readFileOrInput } from "../program/file.js";
import { mistakeText } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { readWanted } from "../program/wanted-file.js";

/** `ipvsadm check FILE|-`: every mistake of a file, without a kernel and without root. */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument("<file>", "rules as `ipvsadm-save` writes them, or its JSON; - reads standard input")
    .option("-j, --json", "the mistakes as JSON", false)
    .addHelpText("after", `\n${exitStatusHelp("check")}`)
    .action(async (file: string, { json }: { json: boolean }) => {
      const { mistakes = [] } = await readWanted(readFileOrInput(file, io), systemNames(), program);
      if (json) {
        io.out(`${JSON.stringify({ mistakes }, undefined, 2)}\n`);
      } else for (const mistake of mistakes) io.out(`${mistakeText(mistake)}\n`);
      exit((mistakes.length === 0 ? EXIT.success : EXIT.usage).status);
    });
}
