import type { core } from "zod";
import type { Mistake } from "./document.js";
import { own } from "./own.js";
import { type Path, pathText } from "./path.js";

type Issue = core.$ZodIssue;

/**
 * What is wrong with a value, from the issues that the schema found, each said once.
 *
 * @param value the whole value that was checked
 */
export function mistakesFrom(issues: readonly Issue[], value: unknown): readonly Mistake[] {
  const mistakes = new Map<string, Mistake>();
  for (const mistake of flatten(issues, [], value)) mistakes.set(`${mistake.path}: ${mistake.reason}`, mistake);
  return [...mistakes.values()];
}

function* flatten(issues: readonly Issue[], base: Path, value: unknown): Generator<Mistake> {
  for (const issue of issues) {
    const path = [...base, ...issue.path];
    const found = at(value, path);
    if (found === undefined) {
      yield { path: pathText(path), reason: "is missing" };
    } else if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) yield { path: pathText([...path, key]), reason: "there is no such field" };
    } else if (issue.code === "invalid_union" && issue.message === "") {
      yield* flatten(issue.errors["fwmark" in Object(found) ? 1 : 0] ?? [], path, value);
    } else {
      yield { path: pathText(path), reason: issue.message };
    }
  }
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner, key) => own(Object(inner), String(key)), value);
}

const KINDS: Readonly<Record<string, string>> = { array: "a list", object: "an object", boolean: "true or false" };

/** Messages for what has none of its own. The choice between the two kinds of service has an empty one: it is resolved. */
export function messageOf(issue: { readonly code?: string; readonly expected?: unknown }): string | undefined {
  if (issue.code === "invalid_union") return "";
  if (issue.code !== "invalid_type") return undefined;
  const kind = own(KINDS, String(issue.expected));
  return `must be ${kind ?? `a ${issue.expected}`}`;
}
