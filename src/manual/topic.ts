import { COMMANDS, OPTIONS, optionsOf, type Row } from "../options/options.js";
import { SCHEDULERS } from "../options/schedulers.js";
import { paragraph, section } from "../program/layout.js";
import { COMMAND_PAGES, type Example } from "./commands.js";
import { commandEntry, optionEntry } from "./entries.js";
import { optionSections } from "./help.js";
import { OPTION_NOTES } from "./options.js";

type Command = (typeof COMMANDS)[number];

/**
 * What `ipvsadm help TOPIC` prints for a command or option of 1.31's kind. Ends in a line feed.
 *
 * @param topic `-A`, `A`, `--add-service`, `add-service`, `-w`, `weight`, …; absent when nothing is called so
 */
export function renderTopic(topic: string): string | undefined {
  const command = COMMANDS.find((row) => isCalled(row, topic) || row.name === topic);
  if (command !== undefined) return renderCommand(command);
  const option = OPTIONS.find((row) => isCalled(row, topic));
  return option && renderOption(option);
}

function isCalled({ long, short = "" }: { readonly long: string; readonly short?: string }, topic: string): boolean {
  if (topic.startsWith("--")) return topic === `--${long}`;
  const name = topic.startsWith("-") ? topic.slice(1) : topic;
  return name.length === 1 ? short.includes(name) : topic === long;
}

function renderCommand(command: Command): string {
  const { text, examples } = COMMAND_PAGES[command.name];
  return [
    `Usage: ipvsadm ${commandEntry(command)[0].trim()}\n`,
    ...text.map(paragraph),
    ...optionSections(optionsOf(command.name)),
    exampleSection(examples),
  ].join("\n");
}

function renderOption(option: Row): string {
  const [usage, help] = optionEntry(option);
  const note = OPTION_NOTES[option.long];
  const commands = COMMANDS.filter(({ name }) => optionsOf(name).includes(option));
  return [
    `Usage: ipvsadm COMMAND ${usage.trim()}\n`,
    paragraph(help),
    ...(note === undefined ? [] : [paragraph(note)]),
    ...(option.long === "scheduler" ? [section("Schedulers", Object.entries(SCHEDULERS))] : []),
    ...(commands.length === 0 ? [] : [section("Goes with", commands.map(commandEntry))]),
  ].join("\n");
}

/** Each example on a line of its own, so that it can be copied. */
function exampleSection(examples: readonly Example[]): string {
  return ["Examples:", ...examples.flatMap(({ line, means }) => [`  ipvsadm ${line}`, `      ${means}`]), ""].join(
    "\n",
  );
}
