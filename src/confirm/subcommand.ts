import type { Command } from "commander";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { ChangeStore, changeText } from "./store.js";

/** `ipvsadm confirm`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return command
    .addHelpText("after", `\nThe yes to \`ipvsadm apply --confirm\`, from any shell.\n\n${exitStatusHelp("confirm")}\n`)
    .action(() => {
      const store = new ChangeStore();
      const open = store.open();
      if (open.length === 0) {
        io.err("no change waits for a confirmation\n");
        exit(EXIT.nothingKept.status);
      }
      for (const change of open) {
        const { kind, why } = store.decide(change.number, { kind: "confirmed", why: "" });
        if (kind === "confirmed") {
          io.out(`confirmed: ${changeText(change)} stays\n`);
          continue;
        }
        io.err(`too late: ${changeText(change)} goes back: ${why}\n`);
        exit(EXIT.nothingKept.status);
      }
    });
}
