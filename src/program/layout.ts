/** Columns of a terminal that is as narrow as they get. */
const WIDTH = 80;

/** Something typed, and what it does. */
export type Entry = readonly [left: string, right: string];

/** A heading and its entries in two columns. Ends in a line feed. */
export function section(title: string, entries: readonly Entry[]): string {
  const column = Math.max(...entries.map(([left]) => left.length)) + 4;
  const lines = entries.flatMap(([left, right]) =>
    wrap(right, WIDTH - column).map((text, index) => `  ${(index === 0 ? left : "").padEnd(column - 2)}${text}`),
  );
  return [`${title}:`, ...lines, ""].join("\n");
}

/** A paragraph. Ends in a line feed. */
export function paragraph(text: string): string {
  return `${wrap(text, WIDTH).join("\n")}\n`;
}

/** Lines of at most `width` characters, broken at blanks. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
