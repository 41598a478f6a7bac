import { type Path, pathText } from "./path.js";

/** Where in the text the scan is: in an object after some keys, or in a list. */
interface Level {
  /** The keys so far; absent in a list. */
  readonly keys?: Set<string>;
  /** The last key, or the place in the list. */
  step: string | number;
}

/**
 * The paths of keys that stand more than once in the same object of a JSON text, which JSON.parse does not tell: it takes the
 * last one. Each path once, in the order of the text. The text has to be valid JSON.
 */
export function duplicateKeys(text: string): readonly string[] {
  const duplicates = new Set<string>();
  const levels: Level[] = [];
  let keyIsNext = false;
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1);
    switch (text[at]) {
      case "{":
        levels.push({ keys: new Set(), step: "" });
        keyIsNext = true;
        break;
      case "[":
        levels.push({ step: 0 });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        keyIsNext = level!.keys !== undefined;
        if (typeof level!.step === "number") level!.step++;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (keyIsNext) {
          level!.step = JSON.parse(text.slice(at, end + 1)) as string;
          if (level!.keys!.has(level!.step)) duplicates.add(pathText(pathOf(levels)));
          level!.keys!.add(level!.step);
        }
        keyIsNext = false;
        at = end;
      }
    }
  }
  return [...duplicates];
}

function pathOf(levels: readonly Level[]): Path {
  return levels.map(({ step }) => step);
}

/** Where the string ends that begins at `start`: the next quote that no backslash escapes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
