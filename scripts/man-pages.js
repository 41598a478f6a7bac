// The manual pages themselves; `man.js` prepares and runs this.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  allExitMeanings,
  COMMAND_PAGES,
  COMMANDS,
  exitMeanings,
  GROUPS,
  OPTION_NOTES,
  OPTIONS,
  PROGRAMS,
  SCHEDULERS,
  VERSION,
  valuesText,
} from "../build/man-tables.js";
import { DESCRIPTION, ENVIRONMENT, FILES } from "./man-prose.js";
import { bold, heading, item, literal, paragraphs, sentence, subheading } from "./man-roff.js";
import { subcommandSection, subcommands } from "./man-subcommands.js";

const FOLDER = "dist/man";

/** The day of this version, so that the same source always gives the same pages. */
const [, DATE] = new RegExp(`^## ${VERSION} \\((\\d{4}-\\d\\d-\\d\\d)\\)$`, "m").exec(
  readFileSync("CHANGELOG.md", "utf8"),
);

const DIFFERENCES = differences(readFileSync("README.md", "utf8"));

mkdirSync(FOLDER, { recursive: true });
write("ipvsadm", "Linux Virtual Server administration", await ipvsadm());
for (const program of PROGRAMS) write(program.name, program.summary, programPage(program));

/**
 * @param {string} name
 * @param {string} summary
 * @param {string[]} sections
 */
function write(name, summary, sections) {
  const title = `.TH ${name.toUpperCase()} 8 ${DATE} "ipvsadm ${VERSION}" "System Administration"`;
  const page = [title, heading("NAME"), `${literal(name)} \\- ${summary}`, ...sections].join("\n");
  writeFileSync(`${FOLDER}/${name}.8`, `${page}\n`);
}

async function ipvsadm() {
  const all = await subcommands();
  return [
    heading("SYNOPSIS"),
    [
      ...COMMANDS.map((row) =>
        synopsis(`ipvsadm ${row.short ? `-${row.short[0]}` : `--${row.long}`}`, [argument(row), row.synopsis]),
      ),
      ...all.map(({ name, usage }) => synopsis(`ipvsadm ${name}`, [usage])),
    ].join("\n.br\n"),
    heading("DESCRIPTION"),
    paragraphs(DESCRIPTION),
    heading("COMMANDS"),
    ...COMMANDS.map((row) => item(term(row, row.synopsis), COMMAND_PAGES[row.name].text)),
    heading("OPTIONS"),
    ...Object.entries(GROUPS).flatMap(([group, title]) => [
      subheading(title),
      ...OPTIONS.filter((row) => row.group === group).map(optionItem),
    ]),
    subheading("Schedulers"),
    ...Object.entries(SCHEDULERS).map(([name, text]) => item(bold(name), [sentence(text)])),
    heading("SUBCOMMANDS"),
    ...all.flatMap(subcommandSection),
    heading("EXAMPLES"),
    ...COMMANDS.flatMap(({ name }) => COMMAND_PAGES[name].examples).map(({ line, means }) =>
      item(bold(`ipvsadm ${line}`), [means]),
    ),
    heading("EXIT STATUS"),
    ...allExitMeanings().map(([status, means]) => item(bold(status), [sentence(means)])),
    heading("ENVIRONMENT"),
    ...Object.entries(ENVIRONMENT).map(([name, text]) => item(bold(name), [text])),
    heading("FILES"),
    ...Object.entries(FILES).map(([path, text]) => item(bold(path), [text])),
    heading("DIFFERENCES FROM IPVSADM 1.31"),
    paragraphs([DIFFERENCES.before]),
    ...DIFFERENCES.rows.map((text) => item("\\(bu", [text])),
    ...seeAlso(PROGRAMS.map(({ name }) => name)),
  ];
}

/** @param {(typeof PROGRAMS)[number]} program */
function programPage({ name, synopsis: usage, options, text, examples }) {
  return [
    heading("SYNOPSIS"),
    synopsis(name, [usage]),
    heading("DESCRIPTION"),
    paragraphs(text),
    heading("OPTIONS"),
    ...options.map(({ spellings, argument, help }) =>
      item([spellings.map(bold).join(", "), ...[argument ?? []].flat().map(literal)].join(" "), [sentence(help)]),
    ),
    heading("EXIT STATUS"),
    ...exitMeanings(name).map(([status, means]) => item(bold(status), [sentence(means)])),
    heading("EXAMPLES"),
    ...examples.map(({ line, means }) => item(bold(line), [means])),
    ...seeAlso(["ipvsadm", ...PROGRAMS.map((other) => other.name).filter((other) => other !== name)]),
  ];
}

/** @param {string[]} pages */
function seeAlso(pages) {
  const references = [...pages.map((page) => `${bold(page)}(8)`), `${bold("nft")}(8)`, `${bold("ip")}(8)`];
  return [heading("SEE ALSO"), references.join(",\n")];
}

/**
 * @param {string} program
 * @param {(string | undefined)[]} rest
 */
function synopsis(program, rest) {
  return `${bold(program)} ${literal(rest.filter(Boolean).join(" "))}`.trimEnd();
}

/** @param {{ argument?: { name: string, optional?: true } }} row */
function argument({ argument }) {
  return argument && (argument.optional ? `[${argument.name}]` : argument.name);
}

/**
 * @param {{ long: string, short?: string, argument?: { name: string } }} row
 * @param {string} [rest]
 */
function term(row, rest) {
  const spellings = [...[...(row.short ?? "")].map((letter) => `-${letter}`), `--${row.long}`];
  return [spellings.map(bold).join(", "), ...[argument(row), rest].filter(Boolean).map(literal)].join(" ");
}

/** @param {(typeof OPTIONS)[number]} row */
function optionItem(row) {
  const help = `${row.help}${valuesText(row.argument)}`;
  const note = OPTION_NOTES[row.long];
  return item(term(row), [sentence(help), ...(note ? [note] : [])]);
}

/**
 * The table of differences in the README: the sentence above it, and what and why of each row.
 *
 * @param {string} readme
 */
function differences(readme) {
  const chapter =
    /^## Differences from ipvsadm 1\.31\n\n(.+)\n\n\| What \| Why \|\n\|---\|---\|\n((?:\|.*\|\n)+)/m.exec(readme);
  if (chapter === null) throw new Error("README.md: no table of differences");
  const [, before, table] = chapter;
  const rows = table
    .trimEnd()
    .split("\n")
    .map((row) => row.slice(2, -2).split(" | "));
  return {
    before: before.replace(/, except:$/, ", except for this:"),
    rows: rows.map(([what, why]) => sentence(`${what} (${why})`)),
  };
}
