import type { Command } from "commander";
import { Argument } from "commander";
import { own } from "../model/own.js";
import { oldestFirst } from "../model/rows-entry.js";
import { sortServices, type Table } from "../model/table.js";
import { systemNames } from "../names/system.js";
import { withConnection } from "../program/connect.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { paragraph } from "../program/layout.js";
import { MistakeReport } from "../program/report.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { CONFIG_ID_HELP } from "../program/wanted-file.js";
import { readSource } from "../remote/source.js";
import type { Settings } from "./keepalived.js";
import type { Exported } from "./table.js";

const TEXT = `
${paragraph("Writes the live table, or that of a FILE, in the language of another program. keepalived: a configuration that makes this table on an empty director, the order of servers included; TCP services get a TCP_CHECK, and comments say what a table cannot tell. rules: as ipvsadm-save does, from a keepalived.conf too, for the table while all of its checks succeed.")}
${paragraph("What the other program cannot express is a comment, and named on standard error.")}
${paragraph(exitStatusHelp("export"))}
  ipvsadm export keepalived > keepalived.conf && keepalived -t -f keepalived.conf
  ipvsadm export keepalived /etc/ipvsadm.rules
  ipvsadm export rules /etc/keepalived/keepalived.conf
`;

/** What is written: a table and its settings. */
interface Source {
  readonly table: Table;
  readonly settings: Settings;
}

/** The languages, each loaded when it is asked for. */
const LANGUAGES: Readonly<Record<string, (source: Source) => Promise<Exported>>> = {
  keepalived: async ({ table, settings }) => (await import("./keepalived.js")).exportKeepalived(table, settings),
  rules: async ({ table, settings: { timeouts, daemons } }) => {
    const { formatRules, settingsChanges, tableChanges } = await import("../rules/write.js");
    const changes = [...settingsChanges(timeouts, daemons), ...tableChanges(table)];
    return { text: formatRules(changes).join(""), missing: [] };
  },
};

/** `ipvsadm export keepalived|rules [FILE|-]`. */
export function define(command: Command, { io, exit, program }: SubcommandContext): Command {
  return command
    .addArgument(new Argument("<language>", "what to write").choices(Object.keys(LANGUAGES)))
    .argument(
      "[file]",
      "rules, JSON or a keepalived.conf instead of the live table; - reads standard input, ssh:HOST another director",
    )
    .option("--config-id <ID>", CONFIG_ID_HELP)
    .addHelpText("after", TEXT)
    .action(async (language: string, file: string | undefined, { configId }: { configId?: string }) => {
      const source = file === undefined ? await liveSource(io) : await wantedSource(file, configId);
      if (source === undefined) return;
      const { text, missing } = await own(LANGUAGES, language)!(source);
      io.out(text);
      for (const line of missing) io.err(`not in the ${language} output: ${line}\n`);
      exit((missing.length === 0 ? EXIT.success : EXIT.incomplete).status);
    });

  async function wantedSource(path: string, configId: string | undefined): Promise<Source | undefined> {
    const mistakes = new MistakeReport(io, `${path}:\n`);
    const context = { io, names: systemNames(), program, keepalived: { configId } };
    const wanted = await readSource(path, context, mistakes.add, mistakes.warn);
    const status = mistakes.end();
    if (wanted === undefined) {
      exit(status);
      return undefined;
    }
    const changes = wanted.settings.map(({ change }) => change);
    const timeouts = changes.flatMap((change) => (change.kind === "set" ? [change.timeouts] : [])).at(-1);
    const daemons = changes.flatMap((change) => (change.kind === "start-daemon" ? [change.daemon] : []));
    return { table: wanted.table ?? [], settings: { ...(timeouts && { timeouts }), daemons } };
  }
}

function liveSource(io: Io): Promise<Source> {
  return withConnection(io, async ({ client }) => ({
    table: sortServices(await client.rowTable()).map(oldestFirst),
    settings: { timeouts: await client.timeouts(), daemons: await client.daemons() },
  }));
}
