import { refuse } from "./remarks.js";

/** A definition, `$NAME=VALUE`. */
const DEFINITION = /^\$([A-Za-z_]\w*)=[ \t-\r]*(.*)$/;
/** Where a parameter is used: `${NAME}` anywhere, `$NAME` before white space or the end. `${_RANDOM 1 9}` has arguments. */
const USE = /\$(?:\{([A-Za-z_]\w*)(?:[ \t-\r][^{}]*)?\}|([A-Za-z_]\w*)(?=[ \t-\r]|$))/g;

/** Replacements in one line, and characters of what they make: far more than any configuration needs. */
const MOST_ROUNDS = 1000;
const LONGEST = 64 * 1024;

/** What a parameter stands for: lines of text, or something that only keepalived knows. */
type Value = readonly string[] | "unknown";

/** What keepalived defines itself and what is not known here. */
const UNKNOWN = ["_RANDOM", "_ENV"];

/** The parameters of a configuration as they are defined so far. */
export class Parameters {
  readonly #values = new Map<string, Value>([
    ["_HASH", ["#"]],
    ["_BANG", ["!"]],
    ...UNKNOWN.map((name) => [name, "unknown"] as const),
  ]);

  /** @param configId keepalived's configuration id; absent: not known */
  constructor(configId?: string) {
    this.#values.set("_INSTANCE", configId === undefined ? "unknown" : [configId]);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  define(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  forget(name: string): void {
    this.#values.delete(name);
  }

  /**
   * The lines that a line becomes. What is not defined stays as it is; what only keepalived knows becomes `$NAME`, which no
   * reader of values takes. Ends with the first parameter of several lines: what these define holds for the rest.
   *
   * @param folder of the file that the line stands in: `${_PWD}`
   * @throws Mistake for a parameter that stands for itself
   */
  replace(text: string, folder: string): readonly string[] {
    this.#values.set("_PWD", [folder]);
    for (let round = 0; ; round++) {
      const use = this.#firstUse(text);
      if (use === undefined) return [text];
      if (round === MOST_ROUNDS) return refuse("a parameter stands for itself");
      const { at, length, value } = use;
      const before = text.slice(0, at);
      const after = text.slice(at + length);
      if (value.length > 1) return [before + value[0], ...value.slice(1, -1), value.at(-1) + after];
      text = before + value[0] + after;
      if (text.length > LONGEST) return refuse("parameters make this line too long");
    }
  }

  #firstUse(
    text: string,
  ): { readonly at: number; readonly length: number; readonly value: readonly string[] } | undefined {
    if (!text.includes("$")) return undefined;
    for (const { 0: whole, 1: braced, 2: bare, index } of text.matchAll(USE)) {
      const name = (braced ?? bare)!;
      const value = this.#values.get(name);
      if (value === undefined || (value === "unknown" && braced === undefined)) continue;
      return { at: index, length: whole.length, value: value === "unknown" ? [`$${name}`] : value };
    }
    return undefined;
  }
}

/** The name and the value of a definition; absent when a line is not one. */
export function definition(text: string): { readonly name: string; readonly value: string } | undefined {
  const match = DEFINITION.exec(text);
  return match === null ? undefined : { name: match[1]!, value: match[2]! };
}
