import type { Command } from "commander";
import type { WordContext } from "../cli/subcommands.js";
import type { LiveTable, Table } from "../model/table.js";
import { systemNames } from "../names/system.js";
import { connect } from "../program/connect.js";
import { readFileOrInput } from "../program/file.js";
import type { Io } from "../program/io.js";
import { reportMistakes } from "../program/report.js";
import { readWanted } from "../program/wanted-file.js";
import { compareTables } from "../rules/diff.js";
import { renderDifferences } from "./text.js";

const EXIT_DIFFERENT = 1;

/** `ipvsadm diff [A] B`: exit status 0 for equal tables, 1 for different ones, 2 for trouble, as diff(1). */
export function define(command: Command, { io, exit, program }: WordContext): Command {
  return command
    .argument("<file>", "rules or JSON to compare the live table with; - reads standard input")
    .argument("[other]", "another file: compare the two files, without a kernel")
    .option("-j, --json", "the differences as JSON", false)
    .addHelpText("after", "\nExit status: 0 nothing differs, 1 something differs, 2 trouble.")
    .action(async (file: string, other: string | undefined, { json }: { json: boolean }) => {
      const read = async (path: string) => {
        const { wanted, mistakes } = await readWanted(readFileOrInput(path, io), systemNames(), program);
        if (wanted) return wanted.table ?? [];
        io.err(`${path}:\n`);
        exit(reportMistakes(mistakes, io));
        return undefined;
      };
      const last = await read(other ?? file);
      const first = last && (other === undefined ? await liveTable(io) : await read(file));
      if (first === undefined || last === undefined) return;
      exit(await show(first, last, other === undefined ? "live" : file, other ?? file, json, io));
    });
}

async function liveTable(io: Io): Promise<LiveTable> {
  const { client } = await connect(io);
  try {
    return await client.table();
  } finally {
    client.close();
  }
}

async function show(from: Table, to: Table, fromName: string, toName: string, json: boolean, io: Io): Promise<number> {
  const differences = compareTables(from, to);
  if (json) {
    const { renderDifferencesJson } = await import("./json.js");
    io.out(renderDifferencesJson(differences));
  } else for (const piece of renderDifferences(differences, fromName, toName)) io.out(piece);
  return differences.length === 0 ? 0 : EXIT_DIFFERENT;
}
