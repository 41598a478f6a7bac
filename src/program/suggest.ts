import { WORDS } from "../cli/subcommands.js";
import type { UnknownOptionError } from "../errors.js";
import { COMMANDS, OPTIONS } from "../options/options.js";
import { nearest } from "./nearest.js";

const ALL = [...COMMANDS, ...OPTIONS].map(({ long }) => long);

/** What somebody may have meant who typed something that does not exist, as a line; empty when nobody can know. */
export function suggestion({ word, first }: UnknownOptionError): string {
  const isOption = word.startsWith("-");
  const known = !first ? ALL : isOption ? COMMANDS.map(({ long }) => long) : Object.keys(WORDS);
  const near = nearest(word.replace(/^-+|=.*/gs, ""), known).map((name) => (isOption ? `--${name}` : name));
  return near.length === 0 ? "" : `  did you mean ${orList(near)}?\n`;
}

/** The end of a sentence about a topic that help does not have. */
export function suggestTopic(topic: string): string {
  const near = nearest(topic.replace(/^-+/, ""), new Set([...Object.keys(WORDS), ...ALL]));
  return near.length === 0 ? "" : `; did you mean ${orList(near)}?`;
}

function orList(words: readonly string[]): string {
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
