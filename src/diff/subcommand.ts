import type { Command } from "commander";
import { oldestFirst } from "../model/rows-entry.js";
import type { Table } from "../model/table.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { paragraph } from "../program/layout.js";
import { MistakeReport } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { CONFIG_ID_HELP } from "../program/wanted-file.js";
import { readSource, SOURCE_TEXT } from "../remote/source.js";
import { compareTables } from "../rules/diff.js";
import type { Excuses } from "../rules/wanted.js";
import { renderDifferences } from "./text.js";

/** Below the help. */
const ORDER = paragraph(
  "The order of servers counts for services of sh, dh and mh, whose clients depend on it: it is shown as comments, oldest server first. ipvsadm -S --nosort writes files that hold it, ipvsadm apply --order restores it.",
);

/** Below the help. */
const KEEPALIVED = paragraph(
  "A keepalived.conf stands for the table while all checks succeed. What its checks can do is told in comments and is no difference: a server that is absent, or has weight 0 under inhibit_on_failure, perhaps failed its check; a sorry_server in the table says that the quorum is lost. --strict makes differences of them. Without --config-id, lines that begin with @ are mistakes where they matter.",
);

/** A table to compare, and what keepalived may have done to it. */
interface Side {
  readonly table: Table;
  readonly excuses?: Excuses;
}

interface Options {
  readonly json: boolean;
  readonly strict: boolean;
  readonly configId?: string;
}

/** `ipvsadm diff [A] B`: exit status 0 for equal tables, 1 for different ones, 2 for trouble, as diff(1). */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument(
      "<file>",
      "rules, JSON or a keepalived.conf to compare the live table with; - reads standard input, ssh:HOST another director",
    )
    .argument("[other]", "another one: compare the two, without this host's kernel")
    .option("-j, --json", "the differences as JSON", false)
    .option("--strict", "keepalived.conf: what its checks can do to the table is a difference, too", false)
    .option("--config-id <ID>", CONFIG_ID_HELP)
    .addHelpText("after", `\n${exitStatusHelp("diff")}\n\n${ORDER}\n${KEEPALIVED}\n${paragraph(SOURCE_TEXT)}`)
    .action(async (file: string, other: string | undefined, options: Options) => {
      const read = async (path: string): Promise<Side | undefined> => {
        const mistakes = new MistakeReport(io, `${path}:\n`);
        const context = { io, names: systemNames(), program, keepalived: { configId: options.configId } };
        const wanted = await readSource(path, context, mistakes.add);
        if (wanted) return { table: wanted.table ?? [], ...(wanted.excuses && { excuses: wanted.excuses }) };
        exit(mistakes.end());
        return undefined;
      };
      const last = await read(other ?? file);
      const first = last && (other === undefined ? { table: await liveTable(io) } : await read(file));
      if (first === undefined || last === undefined) return;
      exit(await show(first, last, other === undefined ? "live" : file, other ?? file, options, io));
    });
}

function liveTable(io: Io): Promise<Table> {
  return withConnection(io, async ({ client }) => (await client.rowTable()).map(oldestFirst));
}

async function show(
  from: Side,
  to: Side,
  fromName: string,
  toName: string,
  { json, strict }: Options,
  io: Io,
): Promise<number> {
  const all = compareTables(from.table, to.table, { order: true });
  const lenient = !strict && (from.excuses === undefined) !== (to.excuses === undefined);
  const { differences, excused } = lenient
    ? (await import("./lenient.js")).sortOut(all, from, to)
    : { differences: all, excused: undefined };
  if (json) {
    const { renderDifferencesJson } = await import("./json.js");
    io.out(renderDifferencesJson(differences, excused));
  } else {
    for (const piece of renderDifferences(differences, fromName, toName)) io.out(piece);
    if (excused !== undefined) io.out((await import("./lenient.js")).renderExcused(excused));
  }
  return (differences.length === 0 ? EXIT.success : EXIT.different).status;
}
