import type { Command } from "commander";
import { UsageError } from "../errors.js";
import { readSysctl } from "../host/proc.js";
import { sortTable } from "../model/table.js";
import { withNames } from "../names/names.js";
import { systemNames } from "../names/system.js";
import { parseNumber } from "../options/values.js";
import { withConnection } from "../program/connect.js";
import { exitStatusHelp } from "../program/exit-status.js";
import { paragraph } from "../program/layout.js";
import { addServiceOptions, entryOf } from "../program/selectors.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { once, type Read, several } from "../program/subcommand-options.js";
import { listDrained } from "./list.js";
import { LONGEST_REASON, WeightMemory } from "./memory.js";
import { putBack } from "./remembered.js";
import { type DrainOptions, drain } from "./run.js";
import { readSelection } from "./targets.js";

const TEXT = `
Sets the weight to 0, so that a server gets no new clients, and waits until it
has finished with those it has: until it has no active connection; for UDP and
firewall marks no connection at all; for persistent services also no template
that sends known clients to it, unless net.ipv4.vs.expire_quiescent_template
is 1. The weight is remembered in /run/ipvsadm until --restore-weight puts it
back or the host is rebooted.

With --kill the connections that are left when the time is up end: the server is
deleted, the kernel ends its connections (net.ipv4.vs.expire_nodest_conn has to be
1), and it is added again with weight 0, or left out with --delete. It is the last
server of its service then: sh, dh and mh, which heed the order, send clients of
other servers elsewhere.

${paragraph(exitStatusHelp("drain"))}
  ipvsadm drain -t 192.0.2.1:80 -r 10.0.0.1 --timeout 300
  ipvsadm drain -r 10.0.0.1 --delete            a host, in all services
  ipvsadm drain -r 10.0.0.1 --reason "new disk" --timeout 60 --kill
  ipvsadm drain --list                          who is out, since when, and why
  ipvsadm drain -r 10.0.0.1 --restore-weight    and back again
  ipvsadm drain --restore-weight                everything back
`;

/** `ipvsadm drain [SERVICE] -r SERVER… [--timeout SECONDS] [--inactive] [--delete] | --restore-weight | --list`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return addServiceOptions(command)
    .option("-r, --real-server <HOST[:PORT]>", "server, in all services if none is named; may be repeated", several)
    .option("--timeout <SECONDS>", "give up after so long; the weight stays 0", once("timeout"))
    .option("--inactive", "wait for inactive connections of TCP and SCTP too")
    .option("--delete", "delete each server when it is drained")
    .option("--kill", "end the connections that are left when the time is up")
    .option("--reason <TEXT>", "why; --list shows it", once("reason"))
    .option("--restore-weight", "put weights back; without -r all that are remembered")
    .option("--list", "show who has weight 0, since when, why, and what connections are left")
    .option("-j, --json", "with --list: JSON")
    .addHelpText("after", TEXT)
    .action(async (options: Read) => {
      const names = systemNames();
      const selection = await withNames(names, () => readSelection(options, names));
      const work = readWork(options);
      if (work === "drain" && !selection.named) throw new UsageError("name the servers with -r");
      await withConnection(io, async ({ client }) => {
        const table = sortTable(selection.service ? [await entryOf(client, selection.service)] : await client.table());
        const targets = selection.targets(table);
        const memory = new WeightMemory();
        if (work === "list") listDrained(memory, targets, options.json === true, io);
        else if (work === "restore") exit(await putBack(client, memory, targets, selection.named, io));
        else exit(await drain(client, memory, table, targets, readDrainOptions(options), io));
      });
    });
}

/** Options that only a drain has. */
const OF_DRAINS = ["timeout", "inactive", "delete", "kill", "reason"] as const;

function readWork(options: Read): "drain" | "restore" | "list" {
  const { restoreWeight, list } = options;
  if (options.json && !list) throw new UsageError("--json goes with --list");
  if (!restoreWeight && !list) return "drain";
  const drains = OF_DRAINS.find((name) => options[name] !== undefined);
  const own = restoreWeight ? "--restore-weight" : "--list";
  if (drains) throw new UsageError(`--${drains} and ${own} exclude each other`);
  if (restoreWeight && list) throw new UsageError("--list and --restore-weight exclude each other");
  return restoreWeight ? "restore" : "list";
}

/** A month; longer waits are typing mistakes. */
const LONGEST_TIMEOUT = 31 * 24 * 60 * 60;

function readDrainOptions(options: Read): DrainOptions {
  const { timeout } = options;
  const seconds = timeout === undefined ? undefined : parseNumber(timeout as string, 1, LONGEST_TIMEOUT);
  if (timeout !== undefined && seconds === undefined) {
    throw new UsageError(`invalid timeout value \`${timeout}' specified`);
  }
  return {
    ...readReason(options.reason as string | undefined),
    kill: readKill(options.kill === true, seconds),
    ...(seconds !== undefined && { timeout: seconds * 1000 }),
    inactive: options.inactive === true,
    delete: options.delete === true,
    templatesEnd: readSysctl("net.ipv4.vs.expire_quiescent_template") === "1",
  };
}

function readReason(reason: string | undefined): { readonly reason?: string } {
  if (reason === undefined) return {};
  if (reason.trim() !== "" && reason.length <= LONGEST_REASON && !/\p{Cc}/u.test(reason)) return { reason };
  throw new UsageError(`--reason takes one line of 1 to ${LONGEST_REASON} characters`);
}

/** Refused where the kernel would not end anything. */
function readKill(kill: boolean, seconds: number | undefined): boolean {
  if (!kill) return false;
  if (seconds === undefined) throw new UsageError("--kill needs --timeout: it ends the connections that are left then");
  if (readSysctl(EXPIRE_NODEST_CONN) === "1") return true;
  throw new UsageError(
    `--kill needs ${EXPIRE_NODEST_CONN}=1: else the kernel does not end the connections of a server that is deleted`,
  );
}

const EXPIRE_NODEST_CONN = "net.ipv4.vs.expire_nodest_conn";
