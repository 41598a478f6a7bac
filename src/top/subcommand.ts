import { isatty } from "node:tty";
import { type Command, Option } from "commander";
import { KernelError, UsageError } from "../errors.js";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { addServiceOptions, readService } from "../program/selectors.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { once, type Read } from "../program/subcommand-options.js";
import { GROUPINGS, type Grouping, SORT_KEYS, type SortKey } from "./view.js";
import { type ReadTable, topLive, topOnce } from "./watch.js";

const TEXT = `
Rates are what the counters grew by, per second, over the last interval. The
kernel sums its counters up every two seconds, so a change is seen after two
seconds at most; active and inactive connections are those of the moment.
Press h on the screen for the keys.

  ipvsadm top -t 192.0.2.1:80                      one service
  ipvsadm top --once --view servers --sort inBytes
  ipvsadm top --json --interval 10 | jq .services[].rates
`;

/** Seconds. */
const SHORTEST_INTERVAL = 0.2;
const LONGEST_INTERVAL = 3600;

/** How long --once and --json look: the kernel sums up at least once in that time. */
const ONCE_INTERVAL = "3";

const STDOUT = 1;

/** `ipvsadm top [SERVICE] [--interval SECONDS] [--sort COLUMN] [--reverse] [--view NAME] [--filter TEXT] [--once|--json]`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return addServiceOptions(command)
    .option(
      "--interval <SECONDS>",
      "time between two screens (default: 1), or to look with --once and --json (3)",
      once("interval"),
    )
    .addOption(new Option("--sort <COLUMN>", "order of the rows").choices(SORT_KEYS).default("name"))
    .option("--reverse", "reverse that order")
    .addOption(new Option("--view <NAME>", "services, servers, or both").choices(GROUPINGS).default("tree"))
    .option("--filter <TEXT>", "only services and servers whose address contains this")
    .option("--once", "print all rows after one interval")
    .option("-j, --json", "the same as JSON, in the order of listings")
    .addHelpText("after", TEXT)
    .action(async (options: Read) => {
      const names = systemNames();
      const service = await withNames(names, () => readService(options, names));
      const single = options.once === true || options.json === true;
      if (!single && !isatty(STDOUT)) throw new UsageError("standard output is no terminal: say --once or --json");
      const interval = readInterval((options.interval as string | undefined) ?? (single ? ONCE_INTERVAL : "1"));
      const view = {
        sort: options.sort as SortKey,
        reverse: options.reverse === true,
        grouping: options.view as Grouping,
        filter: (options.filter as string | undefined) ?? "",
      };
      await withConnection(io, async ({ client }) => {
        const read: ReadTable = async () => {
          if (service === undefined) return client.table({ stats: true });
          return [await client.entry(service, { stats: true })];
        };
        if (single) await topOnce(read, { interval, view }, options.json === true, io);
        else exit(await topLive(orEmpty(read), { interval, view }, io));
      });
    });
}

function readInterval(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= SHORTEST_INTERVAL && seconds <= LONGEST_INTERVAL) return seconds;
  throw new UsageError(`invalid interval \`${text}': it may be ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL} seconds`);
}

/** A service that is deleted while it is watched may come back. */
function orEmpty(read: ReadTable): ReadTable {
  return async () => {
    try {
      return await read();
    } catch (error) {
      if (error instanceof KernelError && error.code === "ESRCH") return [];
      throw error;
    }
  };
}
