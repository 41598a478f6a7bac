import type { UnknownOptionError } from "../errors.js";
import { dashMistake } from "../options/dashes.js";
import { COMMANDS, OPTIONS } from "../options/options.js";
import { nearest } from "./nearest.js";

const ALL = [...COMMANDS, ...OPTIONS].map(({ long }) => long);

/**
 * What may have been meant by an option or command that does not exist, as a line; empty when nothing is near.
 *
 * @param subcommands their names
 */
export function suggestion({ word, first }: UnknownOptionError, subcommands: readonly string[]): string {
  const isOption = word.startsWith("-");
  const known = !first ? ALL : isOption ? COMMANDS.map(({ long }) => long) : subcommands;
  const near = nearest(word.replace(/^-+|=.*/gs, ""), known).map((name) => (isOption ? `--${name}` : name));
  return near.length === 0 ? "" : `  did you mean ${orList(near)}?\n`;
}

/** Names the first word that begins with a dash that is no hyphen, as a line; empty when there is none. */
export function dashHint(words: readonly string[]): string {
  const mistake = dashMistake(words);
  return mistake === undefined ? "" : `  ${mistake}\n`;
}

/**
 * The end of a sentence about a topic that help does not have.
 *
 * @param subcommands their names
 */
export function suggestTopic(topic: string, subcommands: readonly string[]): string {
  const near = nearest(topic.replace(/^-+/, ""), new Set([...subcommands, ...ALL]));
  return near.length === 0 ? "" : `; did you mean ${orList(near)}?`;
}

function orList(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
