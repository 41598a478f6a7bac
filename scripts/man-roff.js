// The language of manual pages, as far as ours need it: man(7).

/** Longest line of source; mandoc's advice. */
const WIDTH = 78;

/**
 * Text as it is, whatever it begins with or contains. Dashes stay dashes when they are copied from the page.
 *
 * @param {string} text
 */
export function literal(text) {
  return ascii(text).replaceAll("-", "\\-").replace(/^['.]/, "\\&$&");
}

/** @param {string} text */
export const bold = (text) => `\\fB${literal(text)}\\fR`;

/**
 * Prose: options, references to other pages and what stands between backticks become bold; every sentence begins on a line
 * of its own.
 *
 * @param {string} text
 */
export function prose(text) {
  const sentences = text.split(/(?<=[a-z0-9)`][.:?]) (?=[A-Z])/);
  return sentences.flatMap((sentence) => wrap(sentence.match(/(?:`[^`]*`|[^\s`])+/g).map(proseWord))).join("\n");
}

/** @param {string} word */
function proseWord(word) {
  if (word.includes("`"))
    return word
      .split("`")
      .map((part, index) => (index % 2 === 0 ? plain(part) : bold(part)))
      .join("");
  const [, before, option, after] = /^([("]*)(--?[A-Za-z0-9][\w-]*)(.*)$/s.exec(word) ?? [];
  if (option !== undefined) return plain(before) + bold(option) + plain(after);
  const [, page, section] = /^([a-z][\w-]*)(\(\d\).*)$/s.exec(word) ?? [];
  return page === undefined ? plain(word) : bold(page) + plain(section);
}

/** @param {string} word */
const plain = (word) => ascii(word);

/**
 * Other characters by their numbers, as roff has them in the end; lines are as long as they look then.
 *
 * @param {string} text
 */
const ascii = (text) =>
  text.replaceAll("\\", "\\e").replaceAll(/[^ -~\n\t]/gu, (character) => {
    const code = character.codePointAt(0).toString(16).toUpperCase();
    return `\\[u${code.padStart(4, "0")}]`;
  });

/** @param {string[]} words */
function wrap(words) {
  const lines = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => text.replace(/^['.]/, "\\&$&"));
}

/** @param {string} phrase */
export const sentence = (phrase) => `${phrase[0].toUpperCase()}${phrase.slice(1)}.`;

/** @param {string} title */
export const heading = (title) => `.SH ${title}`;
/** @param {string} title */
export const subheading = (title) => `.SS ${title}`;

/** @param {string[]} paragraphs */
export const paragraphs = (paragraphs) => paragraphs.map(prose).join("\n.PP\n");

/**
 * Something typed, and what it does.
 *
 * @param {string} term already marked up
 * @param {string[]} texts paragraphs
 */
export const item = (term, texts) => `.TP\n${term}\n${texts.map(prose).join("\n.IP\n")}`;

/**
 * Lines to be shown as they are.
 *
 * @param {string[]} lines
 */
export const verbatim = (lines) => [".PP", ".RS 4", ".nf", ...lines.map(literal), ".fi", ".RE"].join("\n");
