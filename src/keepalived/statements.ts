import { dependsOn, type Line } from "./lines.js";
import { Mistake, type Place, type Remarks } from "./remarks.js";
import { SECTIONS } from "./sections.js";
import { splitTokens } from "./tokens.js";

/** A keyword with its arguments, and the block behind it. */
export interface Statement {
  readonly place: Place;
  readonly word: string;
  readonly args: readonly string[];
  /** Absent when there is none. */
  block?: Statement[];
}

const DEEPEST = 20;

/**
 * Reads lines as nested blocks. A statement ends with its line; its block may begin on the next one.
 *
 * @throws Mistake where braces do not match, behind which nothing can be understood
 */
export function readStatements(lines: Iterable<Line>, remarks: Remarks): Statement[] {
  const top: Statement[] = [];
  const open: Statement[] = [];
  for (const { place, text, onlyFor } of lines) {
    if (onlyFor !== undefined) {
      if (isIgnored(open[0], text) && !/[{}]/.test(text)) continue;
      remarks.mistake(place, dependsOn(onlyFor));
      if (/[{}]/.test(text)) throw new Mistake("what follows cannot be read without it", place);
      continue;
    }
    for (const part of parts(place, text, remarks)) {
      const inside = open.length === 0 ? top : open.at(-1)!.block!;
      if (part === "}") {
        if (open.pop() === undefined) throw new Mistake("there is no { for this }", place);
      } else if (part === "{") {
        const opener = inside.at(-1);
        if (opener === undefined || opener.block !== undefined) throw new Mistake("a { needs a word before it", place);
        if (open.length === DEEPEST) throw new Mistake(`blocks are nested more than ${DEEPEST} deep`, place);
        opener.block = [];
        open.push(opener);
      } else inside.push(part);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new Mistake(`there is no } for the block of ${unclosed.word}`, unclosed.place);
  return top;
}

/** Lines that say nothing of the table need not be judged. */
function isIgnored(section: Statement | undefined, text: string): boolean {
  const kind = section && SECTIONS.get(section.word);
  return kind === "ignored" || (kind === "global" && !/^(?:lvs_|nftables_ipvs)/.test(text));
}

/** The statements and braces of a line. */
function parts(place: Place, text: string, remarks: Remarks): (Statement | "{" | "}")[] {
  const found: (Statement | "{" | "}")[] = [];
  let words: string[] = [];
  const end = () => {
    const [word, ...args] = words;
    if (word !== undefined) found.push({ place, word, args });
    words = [];
  };
  for (const token of remarks.attempt(place, undefined, () => splitTokens(text)) ?? []) {
    if ("word" in token) words.push(token.word);
    else {
      end();
      found.push(token.brace);
    }
  }
  end();
  return found;
}
