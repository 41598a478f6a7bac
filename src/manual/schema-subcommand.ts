import type { Command } from "commander";
import type { WordContext } from "../cli/subcommands.js";

/** `ipvsadm schema`. */
export function define(command: Command, { io }: WordContext): Command {
  return command.action(async () => {
    const { jsonSchema } = await import("../model/schema.js");
    io.out(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  });
}
