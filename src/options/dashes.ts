import { COMMANDS, OPTIONS } from "./options.js";

/** What web pages and word processors make of hyphens: U+2010 to U+2015, the minus sign, and the small and wide hyphens. */
const DASHED = /^-?[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+/;

/**
 * What is wrong with a command line that was not understood because hyphens in it are other dashes, as in text that was copied
 * from a web page: `–m begins with U+2013, which is not a hyphen: type -m`. Absent when no word begins so.
 */
export function dashMistake(words: readonly string[]): string | undefined {
  const word = words.find((word) => DASHED.test(word));
  if (word === undefined) return undefined;
  const bare = word.replace(DASHED, "");
  const name = bare.replace(/=.*/s, "");
  const hyphens = [...COMMANDS, ...OPTIONS].some(({ long }) => long === name) ? "--" : "-";
  const [dash] = /[^-]/.exec(word)!;
  const code = dash.charCodeAt(0).toString(16).toUpperCase();
  return `${word} begins with U+${code}, which is not a hyphen: type ${hyphens}${bare}`;
}
