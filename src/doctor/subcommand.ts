import type { Command } from "commander";
import { withClient } from "../program/connect.js";
import { exitStatusHelp } from "../program/exit-status.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { doctor } from "./index.js";

/** `ipvsadm doctor [VIP[:PORT]]`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return command
    .argument("[service]", "virtual address, with or without a port; default: everything")
    .option("-j, --json", "the findings as JSON", false)
    .addHelpText("after", `\n${exitStatusHelp("doctor")} Nothing is changed.`)
    .action(async (target: string | undefined, { json }: { json: boolean }) => {
      const question = { ...(target !== undefined && { target }), json };
      exit(await withClient((client) => doctor(question, io, client)));
    });
}
