import type { Command } from "commander";
import { UsageError } from "../errors.js";
import { type Names, withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import type { TableFilter } from "../options/command.js";
import { parseCommand } from "../options/parse.js";
import { parseNumber } from "../options/values.js";
import { withConnection } from "../program/connect.js";
import { exitStatusHelp } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import { paragraph } from "../program/layout.js";
import { addServiceOptions, readService } from "../program/selectors.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { addOptions, ifGiven, once, type Read } from "../program/subcommand-options.js";
import { eventText } from "./text.js";
import { CONDITIONS, parseCondition } from "./until.js";
import { type MonitorOptions, monitor } from "./watch.js";

const TEXT = `
Prints every change of the table as it happens: the time, + for what is added,
- for what is deleted, ~ for what is changed and how, and the rule. Without
filters also timeouts and sync daemons. With --stats ! when the connections of
a server cross a threshold, or its packets stop to come back.

The kernel sends no notifications about IPVS, so the table is read again and
again: what is changed and changed back between two looks is not seen. Of more
than 1,000 services, changes of thresholds, tunnels, scheduler flags and
persistence engines alone are seen after a second for each 1,000; all else at
the next look. --stats reads everything at every look.

${paragraph(`A CONDITION is ${CONDITIONS}.`)}
${paragraph(exitStatusHelp("monitor"))}
  ipvsadm monitor
  ipvsadm monitor -t 192.0.2.1:80 --stats --connections 1000
  ipvsadm monitor --until '-t 192.0.2.1:80 -r 10.0.0.1 gone'
  ipvsadm monitor --json | jq 'select(.change == "deleted")'
`;

/** Seconds. */
const SHORTEST_INTERVAL = 0.1;
const LONGEST_INTERVAL = 3600;

/** `ipvsadm monitor [SERVICE] [-r SERVER] [filters] [--stats] [--json] [--interval SECONDS] [--count N] [--until CONDITION]`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return addOptions(addServiceOptions(command), "real-server", "only", "weight-zero", "empty")
    .option("--stats", "also connections that cross a threshold, and packets that stop to come back")
    .option("--connections <N>", "the threshold; default: the upper threshold of each server", once("connections"))
    .option("-j, --json", "an object a line; ipvsadm schema monitor describes it")
    .option("--interval <SECONDS>", "time between two looks (default: 1)", once("interval"))
    .option("--count <N>", "end after so many changes", once("count"))
    .option("--until <CONDITION>", "end when this holds", once("until"))
    .addHelpText("after", TEXT)
    .action(async (read: Read) => {
      const names = systemNames();
      const options = await withNames(names, () => readOptions(read, names));
      const json = read.json === true ? await import("./json.js") : undefined;
      await withConnection(io, async ({ client }) => {
        const { interruptedBy } = await interruptible((signal) =>
          monitor(client, { ...options, line: json?.eventJson ?? eventText }, io, signal),
        );
        if (interruptedBy !== undefined) exit(signalStatus(interruptedBy));
      });
    });
}

/** `ipvsadm schema monitor`. */
export async function schema(): Promise<object> {
  return (await import("./schema.js")).monitorSchema();
}

function readOptions(read: Read, names: Names): Omit<MonitorOptions, "line"> {
  const service = readService(read, names);
  const filter = readFilter(read, names);
  const threshold = ifGiven(read.connections, (text) => positive("connections", text));
  if (threshold !== undefined && !read.stats) throw new UsageError("--connections goes with --stats only");
  const count = ifGiven(read.count, (text) => positive("count", text));
  const until = ifGiven(read.until, (text) => parseCondition(text, names));
  return {
    ...(service && { service }),
    filter: filter ?? {},
    settings: service === undefined && filter === undefined,
    stats: read.stats === true,
    ...(threshold !== undefined && { threshold }),
    interval: readInterval((read.interval as string | undefined) ?? "1") * 1000,
    ...(count !== undefined && { count }),
    ...(until && { until }),
  };
}

/** The filters of a listing, as that reads them; absent when none is given. */
function readFilter(read: Read, names: Names): TableFilter | undefined {
  const words = [
    ...(typeof read.realServer === "string" ? ["-r", read.realServer] : []),
    ...(typeof read.only === "string" ? ["--only", read.only] : []),
    ...(read.weightZero ? ["--weight-zero"] : []),
    ...(read.empty ? ["--empty"] : []),
  ];
  const list = parseCommand(["-L", ...words], { names, program: "ipvsadm" });
  return list.kind === "list" && list.show === "services" ? list.filter : undefined;
}

function positive(option: string, text: string): number {
  const number = parseNumber(text, 1, 0x7fffffff);
  if (number === undefined) throw new UsageError(`invalid ${option} \`${text}': it may be 1 to 2147483647`);
  return number;
}

function readInterval(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= SHORTEST_INTERVAL && seconds <= LONGEST_INTERVAL) return seconds;
  throw new UsageError(`invalid interval \`${text}': it may be ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL} seconds`);
}
