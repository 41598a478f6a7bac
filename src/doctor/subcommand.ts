import type { Command } from "commander";
import type { WordContext } from "../cli/subcommands.js";
import { openClient } from "../program/connect.js";
import { doctor } from "./index.js";

/** `ipvsadm doctor [VIP[:PORT]]`. */
export function define(command: Command, { io, exit }: WordContext): Command {
  return command
    .argument("[service]", "virtual address, with or without a port; default: everything")
    .option("-j, --json", "the findings as JSON", false)
    .addHelpText("after", "\nExit status: 0 nothing wrong, 1 something is, 2 trouble. Nothing is changed.")
    .action(async (target: string | undefined, { json }: { json: boolean }) => {
      const client = await openClient();
      try {
        exit(await doctor({ ...(target !== undefined && { target }), json }, io, client));
      } finally {
        client.close();
      }
    });
}
