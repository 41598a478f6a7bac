// The subcommands in manual pages, as commander knows them.
import { SUBCOMMANDS, subcommandProgram } from "../build/man-tables.js";
import { bold, item, literal, paragraphs, sentence, subheading, verbatim } from "./man-roff.js";

/** What commander knows of the subcommands, and the text that stands below their help. */
export async function subcommands() {
  const io = { readInput: () => "", out() {}, err() {}, env: {} };
  const context = { program: "ipvsadm", io, subcommands: SUBCOMMANDS, exit() {} };
  const program = await subcommandProgram(context, Object.keys(SUBCOMMANDS));
  return program.commands.map((command) => {
    let help = "";
    command
      .configureOutput({
        writeOut: (text) => {
          help += text;
        },
      })
      .outputHelp();
    return {
      name: command.name(),
      usage: command.usage(),
      summary: command.description(),
      operands: command.registeredArguments.map((operand) => [operand.name(), operand.description]),
      options: command.options.filter(({ hidden }) => !hidden),
      after: help.slice(command.helpInformation().length).trim(),
    };
  });
}

/** @param {Awaited<ReturnType<typeof subcommands>>[number]} subcommand */
export function subcommandSection({ name, usage, summary, operands, options, after }) {
  return [
    subheading(`ipvsadm ${name} ${usage}`),
    paragraphs([sentence(summary)]),
    ...operands
      .filter(([, text]) => text)
      .map(([operand, text]) => item(`\\fI${literal(operand)}\\fR`, [sentence(text)])),
    ...options.map(({ flags, description }) => item(bold(flags), [sentence(description)])),
    ...after.split(/\n\n+/).filter(Boolean).flatMap(block),
  ];
}

/** Lines that are indented are examples, all others prose. */
function block(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const kind = line.startsWith("  ") ? "verbatim" : "prose";
    if (parts.at(-1)?.kind !== kind) parts.push({ kind, lines: [] });
    parts.at(-1).lines.push(line.trim());
  }
  return parts.map(({ kind, lines }) =>
    kind === "verbatim" ? verbatim(lines) : `.PP\n${paragraphs([lines.join(" ")])}`,
  );
}
