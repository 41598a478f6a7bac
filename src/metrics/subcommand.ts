import { type Command, Option } from "commander";
import { readTotals } from "../client/totals.js";
import { readSysctl } from "../host/proc.js";
import { readStatus } from "../host/status.js";
import { sortTable } from "../model/table.js";
import { withConnection } from "../program/connect.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { FORMATS, type Format } from "./exposition.js";
import { renderMetrics, type Snapshot } from "./metrics.js";

const TEXT = `
For the textfile collector of node_exporter, which reads the older format only
and must never see half a file:

  ipvsadm metrics --format text > ipvs.prom.new && mv ipvs.prom.new ipvs.prom
`;

/** `ipvsadm metrics [--no-servers] [--format openmetrics|text]`. */
export function define(command: Command, { io }: SubcommandContext): Command {
  return command
    .option("--no-servers", "leave out the figures of single servers, which are many in large tables")
    .addOption(new Option("--format <NAME>", "how to write them").choices(FORMATS).default("openmetrics"))
    .addHelpText("after", TEXT)
    .action(async (options: { readonly servers: boolean; readonly format: Format }) => {
      await withConnection(io, async ({ client, info }) => {
        const [timeouts, daemons] = [await client.timeouts(), await client.daemons()];
        const table = sortTable(await client.table({ stats: true }));
        const snapshot = { info, totals: readTotals(), table, timeouts, daemons, ...growth(), ...conntrack() };
        for (const piece of renderMetrics(snapshot, options)) io.out(piece);
      });
    });
}

/** What kernels since 7.1 tell of their tables. */
function growth(): Pick<Snapshot, "tables" | "connectionLimit"> {
  const tables = readStatus();
  const limit = readSysctl("net.ipv4.vs.conn_max");
  return { ...(tables && { tables }), ...(limit !== undefined && { connectionLimit: Number(limit) }) };
}

/** Netfilter's connection tracking, where it is loaded. */
function conntrack(): Pick<Snapshot, "conntrack"> {
  const entries = readSysctl("net.netfilter.nf_conntrack_count");
  const limit = readSysctl("net.netfilter.nf_conntrack_max");
  if (entries === undefined || limit === undefined) return {};
  return { conntrack: { entries: Number(entries), limit: Number(limit) } };
}
