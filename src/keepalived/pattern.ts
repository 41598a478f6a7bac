import { refuse } from "./remarks.js";

/** The names in a folder, in any order; empty when there is no such folder. `""` is the working folder. */
export type ListFolder = (folder: string) => readonly string[];

/** More names than this come from a slip. */
const NAMES = 1000;

/** Whether a name of a file stands for several: `conf.d/*.conf`, `{a,b}.conf`. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path);

/** The files that a pattern of glob(7) with braces stands for, those of each alternative in the order of their names. */
export function expandPattern(path: string, list: ListFolder): string[] {
  return alternatives(path).flatMap((one) => (/[*?[]/.test(one) ? matches(one, list) : [one]));
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`. */
function alternatives(path: string): string[] {
  const open = path.indexOf("{");
  if (open === -1) return [path];
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < path.length; at++) {
    if (path[at] === "{") depth++;
    else if (path[at] === "}") depth--;
    else if (path[at] !== "," || depth !== 1) continue;
    if (depth > 1 || (depth === 1 && path[at] !== ",")) continue;
    parts.push(path.slice(start, at));
    start = at + 1;
    if (depth > 0) continue;
    const all = parts.flatMap((part) => alternatives(path.slice(0, open) + part + path.slice(at + 1)));
    return all.length > NAMES ? refuse(`stands for more than ${NAMES} files`) : all;
  }
  return refuse(`a brace is not closed in ${path}`);
}

function matches(path: string, list: ListFolder): string[] {
  const root = path.startsWith("/") ? "/" : "";
  let found = [root];
  for (const segment of path.split("/").filter((part) => part !== "")) {
    found = found.flatMap((folder) => {
      const inside = folder === "" || folder === "/" ? folder : `${folder}/`;
      if (!/[*?[]/.test(segment)) return [inside + segment];
      const wanted = segmentMatcher(segment);
      return list(folder)
        .filter(wanted)
        .sort()
        .map((name) => inside + name);
    });
    if (found.length > NAMES) refuse(`stands for more than ${NAMES} files`);
  }
  return found;
}

/** By steps through both texts, which takes no more than their lengths multiplied, whatever the pattern. */
function segmentMatcher(segment: string): (name: string) => boolean {
  const parts = segment.match(/\*+|\?|\[[!^]?\]?[^\]]*\]|[^*?]/gu) ?? [];
  const singles = parts.map((part) => (part.startsWith("*") ? undefined : singleMatcher(part)));
  return (name) => {
    if (name.startsWith(".") && !segment.startsWith(".")) return false;
    let states = new Set([0]);
    const skipStars = (all: Set<number>) => {
      for (const state of all) if (state < parts.length && singles[state] === undefined) all.add(state + 1);
      return all;
    };
    skipStars(states);
    for (const character of name) {
      const next = new Set<number>();
      for (const state of states) {
        if (state === parts.length) continue;
        const single = singles[state];
        if (single === undefined) next.add(state);
        else if (single(character)) next.add(state + 1);
      }
      states = skipStars(next);
    }
    return states.has(parts.length);
  };
}

function singleMatcher(part: string): (character: string) => boolean {
  if (part === "?") return () => true;
  if (part.length < 2 || !part.startsWith("[")) return (character) => character === part;
  const negated = part[1] === "!" || part[1] === "^";
  const body = Array.from(part.slice(negated ? 2 : 1, -1));
  return (character) => {
    let inside = false;
    for (let at = 0; at < body.length; at++) {
      const range = body[at + 1] === "-" && at + 2 < body.length;
      inside ||= range ? body[at]! <= character && character <= body[at + 2]! : body[at] === character;
      if (range) at += 2;
    }
    return inside !== negated;
  };
}
