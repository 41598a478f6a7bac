import type { Command } from "commander";
import { EXIT } from "../program/exit-status.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { completeLine } from "./line.js";
import { SCRIPTS } from "./scripts.js";

const TEXT = `
The scripts complete commands, options and their values, and the services and
servers that there are, of ipvsadm, ipvsadm-save and ipvsadm-restore.

  source <(ipvsadm completion bash)       in ~/.bashrc
  source <(ipvsadm completion zsh)        in ~/.zshrc, after compinit
  ipvsadm completion fish | source        in ~/.config/fish/config.fish
`;

/** `ipvsadm completion SHELL`; and, for the scripts, `ipvsadm completion words -- PROGRAM WORD…`. */
export function define(command: Command, context: SubcommandContext): Command {
  const { io, exit } = context;
  const shells = Object.keys(SCRIPTS).join(", ");
  return command
    .usage("<shell>")
    .argument("<shell>", shells)
    .argument("[words...]")
    .addHelpText("after", TEXT)
    .action(async (shell: string, words: readonly string[]) => {
      if (shell === "words") return io.out(await completeLine(words, context));
      if (Object.hasOwn(SCRIPTS, shell)) return io.out(SCRIPTS[shell as keyof typeof SCRIPTS]);
      io.err(`ipvsadm completion: unknown shell ${shell}; there are ${shells}\n`);
      exit(EXIT.usage.status);
    });
}
