import { type Command, Option } from "commander";
import { withClient } from "../program/connect.js";
import { exitStatusHelp } from "../program/exit-status.js";
import { paragraph } from "../program/layout.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { doctor } from "./index.js";

interface Options {
  readonly json: boolean;
  readonly peer?: string;
  readonly facts?: boolean;
}

const PEER = paragraph(
  "With --peer it says whether two directors fit together: services and servers, their order where the scheduler heeds it, sync daemons, timeouts, kernel parameters, virtual addresses. The usual examination is left out; run ipvsadm doctor on each for that.",
);

/** Below the help. */
const EXAMPLES = `${PEER}
  ipvsadm doctor --peer ssh:lb2
  ssh lb2 ipvsadm doctor --facts > lb2.json
  ipvsadm doctor --peer lb2.json`;

/** `ipvsadm doctor [VIP[:PORT]]`, `ipvsadm doctor --peer FILE`, `ipvsadm doctor --facts`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return command
    .argument("[service]", "virtual address, with or without a port; default: everything")
    .option("-j, --json", "the findings as JSON", false)
    .addOption(
      new Option(
        "--peer <file>",
        "compare this director with another one: ssh:HOST, or a file of its facts; - reads standard input",
      ),
    )
    .addOption(
      new Option("--facts", "print this director's facts as JSON, for --peer on another one").conflicts("peer"),
    )
    .addHelpText("after", `\n${exitStatusHelp("doctor")} Nothing is changed.\n\n${EXAMPLES}`)
    .action(async (target: string | undefined, { json, peer, facts }: Options) => {
      if (facts && target !== undefined) command.error("error: --facts takes no service: it tells of all");
      const question = { ...(target !== undefined && { target }), json };
      exit(
        await withClient(async (client) => {
          if (!facts && peer === undefined) return doctor(question, io, client);
          const { comparePeer, printFacts } = await import("./peer/index.js");
          return peer === undefined ? printFacts(io, client) : comparePeer({ ...question, peer }, io, client);
        }),
      );
    });
}
