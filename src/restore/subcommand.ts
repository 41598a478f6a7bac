import type { Command } from "commander";
import { FLEET_TEXT } from "../fleet/help.js";
import { CONFIRM_HELP, CONFIRM_TEXT, ORDER_TEXT } from "../manual/programs.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { exitStatusHelp } from "../program/exit-status.js";
import { paragraph } from "../program/layout.js";
import { MistakeReport } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { ifGiven, once, type Read } from "../program/subcommand-options.js";
import { readSource, SOURCE_TEXT } from "../remote/source.js";
import { parseTargets } from "../remote/target.js";
import { readConfirm } from "./confirm-option.js";
import { type ApplyOptions, apply } from "./restore.js";

/** `ipvsadm apply FILE|-`. */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument(
      "<file>",
      "rules as `ipvsadm-save` writes them, or its JSON; - reads standard input, ssh:HOST another director",
    )
    .option("--allow-empty", "let a file without any service empty the table", false)
    .option("--dry-run", "print the changes instead of making them", false)
    .option("--order", "move servers of sh, dh and mh services into the order of the file", false)
    .addHelpText(
      "after",
      `\n${[exitStatusHelp("apply"), SOURCE_TEXT, ...FLEET_TEXT, ...CONFIRM_TEXT, ...ORDER_TEXT].map(paragraph).join("\n")}`,
    )
    .option("--confirm <SECONDS>", CONFIRM_HELP, once("confirm"))
    .option("--to <DIRECTORS>", "apply it to these directors instead: ssh:HOST,ssh:HOST", once("to"))
    .action(async (file: string, read: Read) => {
      const options = readOptions(read);
      const targets = ifGiven(read.to, parseTargets);
      const mistakes = new MistakeReport(io);
      const context = { io, names: systemNames(), program };
      const wanted = await readSource(file, context, mistakes.add, mistakes.warn);
      const status = mistakes.end();
      if (wanted === undefined) return exit(status);
      if (targets !== undefined) {
        const { applyTo } = await import("../fleet/apply.js");
        return exit(await applyTo(targets, { wanted, ...options }, options, io));
      }
      exit(await withConnection(io, ({ client }) => apply(wanted, options, client, io, "ipvsadm apply")));
    });
}

function readOptions({ allowEmpty, dryRun, order, confirm }: Read): ApplyOptions {
  const flags = {
    warnOfWriters: true,
    allowEmpty: allowEmpty === true,
    dryRun: dryRun === true,
    order: order === true,
  };
  return { ...flags, ...readConfirm(confirm as string | undefined, flags.dryRun) };
}
