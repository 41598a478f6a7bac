import { OptionReader } from "../options/popt.js";
import type { Choice, Grammar, Offer, Shape, Typed, Values } from "./grammar.js";

/** Stands for the word that is being typed; it cannot be typed itself. */
const CURSOR = "\0";

/**
 * What the last word of a command line could become.
 *
 * @param words those behind the command; the last one is being typed and may be empty
 */
export function complete(command: string, grammar: Grammar, words: readonly string[], values: Values): Offer {
  const word = words.at(-1) ?? "";
  const given = new Map<string, string>();
  const typed: Typed = { command, given, operands: 0, word };
  const reader = new OptionReader(vocabulary(grammar), [...words.slice(0, -1), CURSOR]);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const wanted = reader.argument === CURSOR && (option.takes === "argument" || !word.startsWith("-"));
    if (wanted) return offer(option, typed, values);
    given.set(option.long, reader.argument ?? "");
  }
  const [, name, text] = /^--([\w-]+)=(.*)$/s.exec(word) ?? [];
  if (name !== undefined) return afterEquals(name, text!, grammar, typed, values);
  const operands = reader.leftovers.filter((leftover) => leftover !== CURSOR).length;
  const operand = grammar.operands[Math.min(operands, grammar.operands.length - 1)];
  if (!word.startsWith("-") && operand !== undefined) {
    const found = values(operand, { ...typed, operands });
    if (found !== undefined) return matching(found, word);
  }
  return matching(optionChoices(grammar, given, word), word);
}

/** `--weight=5`: the values with what stands before them. */
function afterEquals(name: string, word: string, grammar: Grammar, typed: Typed, values: Values): Offer {
  const option = grammar.options.find(({ long }) => long === name);
  const found = option === undefined ? [] : offer(option, { ...typed, word }, values);
  return found === "files" ? found : found.map((choice) => ({ ...choice, value: `--${name}=${choice.value}` }));
}

function offer(option: Shape, typed: Typed, values: Values): Offer {
  const found = values(option.long, typed) ?? option.values?.map((value) => ({ value })) ?? [];
  return matching(found, typed.word);
}

/** The options that may still be given; letters only for one dash. */
function optionChoices({ options }: Grammar, given: ReadonlyMap<string, string>, word: string): Choice[] {
  const taken = new Set(options.filter(({ long }) => given.has(long)).map(({ once }) => once));
  const open = options.filter(({ once }) => once === undefined || !taken.has(once));
  const long = open.map(({ long, help }) => ({ value: `--${long}`, help }));
  if (word !== "-") return long;
  return [...open.flatMap(({ short, help }) => (short === undefined ? [] : [{ value: `-${short}`, help }])), ...long];
}

export function matching(found: Offer, word: string): Offer {
  return found === "files" ? found : found.filter(({ value }) => value.startsWith(word));
}

function vocabulary({ options }: Grammar) {
  const short: (Shape | undefined)[] = [];
  for (const option of options) if (option.short !== undefined) short[option.short.charCodeAt(0)] = option;
  return { long: new Map(options.map((option) => [option.long, option])), short };
}
