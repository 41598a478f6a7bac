import type { Command } from "commander";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import { formatChange } from "../options/format.js";
import { withConnection } from "../program/connect.js";
import { EXIT } from "../program/exit-status.js";
import { refusalText } from "../program/refusal-text.js";
import { addServiceOptions, entryOf } from "../program/selectors.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { addOptions, once, type Read, several } from "../program/subcommand-options.js";
import { requestOf } from "../wire/change.js";
import { planEdit } from "./edit.js";
import { readEdit } from "./options.js";

const EXAMPLES = `
Only what is named changes; -e and -E of ipvsadm 1.31 reset everything else.
  ipvsadm set -t 192.0.2.1:80 -r 10.0.0.1 -w 9            the weight of one server
  ipvsadm set -t 192.0.2.1:80 --all -w 1 -x 1000          of every server
  ipvsadm set -t 192.0.2.1:80 -s sh -b sh-port,-sh-fallback
  ipvsadm set -t 192.0.2.1:80 -p 600 -M 255.255.255.0
`;

/** `ipvsadm set SERVICE [-r SERVER…|--all] OPTION…`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  addServiceOptions(command)
    .option("-r, --real-server <HOST[:PORT]>", "server to change; may be given several times", several)
    .option("--all", "change all servers of the service");
  addOptions(command, "weight", "u-threshold", "l-threshold", "gatewaying", "ipip", "masquerading");
  addOptions(command, "tun-type", "tun-port", "tun-nocsum", "tun-csum", "tun-remcsum");
  addOptions(command, "scheduler", "persistent").option("--no-persistent", "end persistence, its mask and engine");
  addOptions(command, "netmask", "pe").option("--no-pe", "no persistence engine");
  addOptions(command, "ops").option("--no-ops", "schedule connections, not packets");
  return command
    .option(
      "-b, --sched-flags <FLAGS>",
      "turn scheduler flags on, or off with a dash: sh-port,-sh-fallback",
      once("sched-flags"),
    )
    .option("--no-sched-flags", "turn all scheduler flags off")
    .option("--dry-run", "print the changes instead of making them")
    .addHelpText("after", EXAMPLES)
    .action(async (options: Read) => {
      const names = systemNames();
      const { service, edit } = await withNames(names, () => readEdit(options, names));
      await withConnection(io, async ({ client }) => {
        const changes = planEdit(await entryOf(client, service), edit);
        if (options.dryRun) return io.out(changes.map((change) => `${formatChange(change)}\n`).join(""));
        const { refusals } = await client.batch(changes.map(requestOf));
        for (const { index, error } of refusals) io.err(`${formatChange(changes[index]!)}: ${refusalText(error)}\n`);
        if (refusals.length > 0) exit(EXIT.refused.status);
      });
    });
}
