import type { Command } from "commander";
import type { SubcommandContext } from "../program/subcommand.js";

/** `ipvsadm schema`. */
export function define(command: Command, { io }: SubcommandContext): Command {
  return command.action(async () => {
    const { jsonSchema } = await import("../model/schema.js");
    io.out(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  });
}
