import { trimmed } from "./blanks.js";
import type { RawLine } from "./include.js";
import { definition, Parameters } from "./parameters.js";
import { Mistake, type Place, type Remarks, refuse } from "./remarks.js";
import { readRepeat } from "./repeats.js";
import { INCLUDE } from "./sections.js";

/** A line as keepalived acts on it. */
export interface Line {
  readonly place: Place;
  readonly text: string;
  /** The id that decides whether the line counts, where the id of the configuration is not known. */
  readonly onlyFor?: string;
}

const CONDITION = /^@(\^?)([^ \t-\r{}]+)[ \t-\r]+(.+)$/s;
const DEEPEST = 50;
const MOST_LINES = 2_000_000;

/**
 * Carries out what keepalived does with the lines of a configuration before it reads their words: parameters, conditions,
 * sequences and lists. Comments and `include` are done with already.
 */
export class Preprocessor {
  #lines = 0;
  readonly #parameters: Parameters;
  readonly #configId: string | undefined;
  readonly #remarks: Remarks;

  /** @param configId keepalived's configuration id (`-i`); absent: not known */
  constructor(configId: string | undefined, remarks: Remarks) {
    this.#configId = configId;
    this.#remarks = remarks;
    this.#parameters = new Parameters(configId);
  }

  *all(lines: Iterable<RawLine>): Generator<Line> {
    let open: { readonly place: Place; readonly parts: string[] } | undefined;
    for (const { place, text, continues } of lines) {
      if (open !== undefined) {
        open.parts.push(continues ? text.slice(0, -1) : text);
        if (!continues) {
          yield* this.#safely(open.place, this.#process(open.place, open.parts));
          open = undefined;
        }
      } else if (continues && /^(?:@[^ \t-\r]+[ \t-\r]+)?\$\w+=/.test(text))
        open = { place, parts: [text.slice(0, -1)] };
      else yield* this.#safely(place, this.#process(place, [text]));
    }
    if (open !== undefined) yield* this.#safely(open.place, this.#process(open.place, open.parts));
  }

  /** A line with a mistake is left out. */
  *#safely(place: Place, lines: Generator<Line>): Generator<Line> {
    try {
      yield* lines;
    } catch (error) {
      if (!(error instanceof Mistake) || error.place !== undefined) throw error;
      this.#remarks.mistake(place, error.reason);
    }
  }

  /** @param parts the line; the lines of a definition */
  *#process(place: Place, parts: readonly string[], depth = 0, onlyFor?: string): Generator<Line> {
    const first = trimmed(parts[0]!);
    if (first === "" && parts.length === 1) return;
    if (depth > DEEPEST) refuse(`parameters and sequences are nested more than ${DEEPEST} deep`);
    const rest = parts.slice(1);
    if (first.startsWith("@")) {
      if (onlyFor !== undefined) refuse(dependsOn(onlyFor));
      const { text, counts } = this.#condition(first);
      if (counts !== false)
        yield* this.#process(place, [text, ...rest], depth + 1, counts === true ? undefined : counts);
      return;
    }
    const defined = definition(first);
    if (defined !== undefined) return this.#define(defined.name, [defined.value, ...rest], onlyFor);
    const repeat = readRepeat(first);
    if (repeat !== undefined) yield* this.#repeat(place, repeat, depth, onlyFor);
    else yield* this.#replaced(place, first, depth, onlyFor);
  }

  /** Whether a conditional line counts: for certain, or for an id alone. */
  #condition(first: string): { readonly text: string; readonly counts: boolean | string } {
    const [, not, id, text] = CONDITION.exec(first) ?? [];
    if (id === undefined || text === undefined) return refuse("@ needs an id and what shall be read: @ID WORD…");
    if (/^[@~]/.test(text)) return refuse("keepalived heeds one condition, and no ~ behind it");
    if (INCLUDE.test(text)) return refuse("keepalived heeds no condition before an include");
    return { text, counts: this.#configId === undefined ? id : (id === this.#configId) !== (not === "^") };
  }

  #define(name: string, parts: readonly string[], onlyFor: string | undefined): void {
    if (parts.length > 1 && trimmed(parts[0]!) !== "")
      refuse("a value of several lines begins on the line behind $NAME=");
    const lines = parts.length > 1 ? parts.slice(1) : parts;
    if (onlyFor !== undefined && (lines.length > 1 || /[{}]/.test(lines[0]!))) refuse(dependsOn(onlyFor));
    this.#parameters.define(name, onlyFor === undefined ? lines : "unknown");
  }

  *#repeat(
    place: Place,
    { names, rounds, rest }: NonNullable<ReturnType<typeof readRepeat>>,
    depth: number,
    onlyFor: string | undefined,
  ): Generator<Line> {
    const taken = names.find((name) => this.#parameters.has(name));
    if (taken !== undefined) refuse(`$${taken} is defined already: ~SEQ and ~LST need parameters of their own`);
    try {
      for (const round of rounds) {
        for (const [index, name] of names.entries()) this.#parameters.define(name, [round[index]!]);
        yield* this.#process(place, [rest], depth + 1, onlyFor);
      }
    } finally {
      for (const name of names) this.#parameters.forget(name);
    }
  }

  *#replaced(place: Place, text: string, depth: number, onlyFor: string | undefined): Generator<Line> {
    const lines = this.#parameters.replace(text, place.file.slice(0, place.file.lastIndexOf("/")) || ".");
    if (lines.length === 1 && lines[0] === text) {
      if (++this.#lines > MOST_LINES) throw new Mistake(`there are more than ${MOST_LINES} lines`, place);
      yield { place, text, ...(onlyFor !== undefined && { onlyFor }) };
      return;
    }
    if (lines.length === 1 && /^[@~]/.test(trimmed(lines[0]!))) {
      refuse("keepalived reads a condition or a sequence that comes from a parameter in another way");
    }
    for (const line of lines) yield* this.#process(place, [line], depth + 1, onlyFor);
  }
}

/** Why a line cannot be judged. */
export function dependsOn(id: string): string {
  return `counts only with the configuration id ${id}, and it is not known whether that is keepalived's: name it with --config-id`;
}
