import { trimmed } from "./blanks.js";
import { refuse } from "./remarks.js";

const BACKSLASH = "\\";

/** Where the quoted text ends that begins at a position; absent when it is not closed on its line. */
function closingQuote(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === BACKSLASH) at++;
    else if (text[at] === quote) return at;
  }
  return undefined;
}

/** An apostrophe quotes only at the beginning of a word: names hold them, too. */
function quoteEnd(text: string, at: number): number | undefined {
  const character = text[at];
  if (character === '"') return closingQuote(text, at);
  return character === "'" && (at === 0 || /[ \t-\r{}]/.test(text[at - 1]!)) ? closingQuote(text, at) : undefined;
}

/** A line without its comment, which `#` or `!` begins anywhere but in quotes, and without the blanks around it. */
export function withoutComment(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "#" || character === "!") return trimmed(text.slice(0, at));
    if (character === BACKSLASH) at++;
    else at = quoteEnd(text, at) ?? at;
  }
  return trimmed(text);
}

/**
 * The words of a line, and each brace outside of quotes as a word of its own. Quotes around a whole word are dropped (double
 * ones only, as keepalived does); what else has quotes keeps them.
 *
 * @throws Mistake for quotes that are not closed
 */
export function splitTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let start: number | undefined;
  const end = (at: number) => {
    if (start !== undefined) tokens.push({ word: unquoted(text.slice(start, at)) });
    start = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "}") {
      end(at);
      tokens.push({ brace: character });
    } else if (/[ \t-\r]/.test(character)) end(at);
    else {
      start ??= at;
      if (character === BACKSLASH) at++;
      else {
        const close = quoteEnd(text, at);
        if (close === undefined && character === '"') return refuse("the quotes are not closed on this line");
        at = close ?? at;
      }
    }
  }
  end(text.length);
  return tokens;
}

/** A word, or a brace that begins or ends a block. */
export type Token = { readonly word: string } | { readonly brace: "{" | "}" };

function unquoted(word: string): string {
  return /^"[^"\\]*"$/.test(word) ? word.slice(1, -1) : word;
}
