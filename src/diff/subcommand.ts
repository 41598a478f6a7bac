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
import { readSource, SOURCE_TEXT } from "../remote/source.js";
import { compareTables } from "../rules/diff.js";
import { renderDifferences } from "./text.js";

/** Below the help. */
const ORDER = paragraph(
  "The order of servers counts for services of sh, dh and mh, whose clients depend on it: it is shown as comments, oldest server first. ipvsadm -S --nosort writes files that hold it, ipvsadm apply --order restores it.",
);

/** `ipvsadm diff [A] B`: exit status 0 for equal tables, 1 for different ones, 2 for trouble, as diff(1). */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .argument(
      "<file>",
      "rules or JSON to compare the live table with; - reads standard input, ssh:HOST another director",
    )
    .argument("[other]", "another one: compare the two, without this host's kernel")
    .option("-j, --json", "the differences as JSON", false)
    .addHelpText("after", `\n${exitStatusHelp("diff")}\n\n${ORDER}\n${paragraph(SOURCE_TEXT)}`)
    .action(async (file: string, other: string | undefined, { json }: { json: boolean }) => {
      const read = async (path: string) => {
        const mistakes = new MistakeReport(io, `${path}:\n`);
        const wanted = await readSource(path, { io, names: systemNames(), program }, mistakes.add);
        if (wanted) return wanted.table ?? [];
        exit(mistakes.end());
        return undefined;
      };
      const last = await read(other ?? file);
      const first = last && (other === undefined ? await liveTable(io) : await read(file));
      if (first === undefined || last === undefined) return;
      exit(await show(first, last, other === undefined ? "live" : file, other ?? file, json, io));
    });
}

function liveTable(io: Io): Promise<Table> {
  return withConnection(io, async ({ client }) => (await client.rowTable()).map(oldestFirst));
}

async function show(from: Table, to: Table, fromName: string, toName: string, json: boolean, io: Io): Promise<number> {
  const differences = compareTables(from, to, { order: true });
  if (json) {
    const { renderDifferencesJson } = await import("./json.js");
    io.out(renderDifferencesJson(differences));
  } else for (const piece of renderDifferences(differences, fromName, toName)) io.out(piece);
  return (differences.length === 0 ? EXIT.success : EXIT.different).status;
}
