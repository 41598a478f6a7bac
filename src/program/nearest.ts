/** The words that a mistyped one may stand for, the nearest first, three at most. */
export function nearest(typed: string, words: Iterable<string>): string[] {
  const text = typed.toLowerCase();
  const limit = Math.min(2, Math.floor((text.length + 1) / 3));
  return Array.from(words, (word) => ({ word, distance: distance(text, word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= limit || isStart(text, word.toLowerCase()))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ word }) => word);
}

/** Abbreviations, which 1.31 does not know: `--num`. */
function isStart(text: string, word: string): boolean {
  return text.length >= 3 && word.startsWith(text);
}

/** How many letters have to be changed, put in, left out, or swapped with the next one (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + change);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, beforeLast[column - 2]! + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
