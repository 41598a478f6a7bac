import type { Command } from "commander";
import { UsageError } from "../errors.js";
import { own } from "../model/own.js";
import type { SubcommandContext } from "../program/subcommand.js";

/** Subcommands whose JSON has another shape than the document. */
export const OWN_SCHEMAS = ["where", "monitor"] as const;

/** `ipvsadm schema [SUBCOMMAND]`. */
export function define(command: Command, { io, subcommands }: SubcommandContext): Command {
  return command
    .argument(
      "[subcommand]",
      `of what this one prints with --json: ${OWN_SCHEMAS.join(", ")}; default: the document of all others`,
    )
    .action(async (name: string | undefined) => {
      io.out(`${JSON.stringify(await schemaOf(name), undefined, 2)}\n`);
    });

  async function schemaOf(name: string | undefined): Promise<object> {
    if (name === undefined) return (await import("../model/schema.js")).jsonSchema();
    const { schema } = (await own(subcommands, name)?.load()) ?? {};
    if (schema === undefined)
      throw new UsageError(`there is no schema of its own for ${name}; there is for ${OWN_SCHEMAS.join(", ")}`);
    return schema();
  }
}
