import { trimmed } from "./blanks.js";
import { refuse } from "./remarks.js";

/** A line that is read once for each value: `~SEQ(VAR, 1, 3) …`, `~LST(VAR, a, b) …`. */
export interface Repeat {
  readonly names: readonly string[];
  /** A value for each name. */
  readonly rounds: readonly (readonly string[])[];
  /** What is read each time. */
  readonly rest: string;
}

const BEGINNING = /^~(SEQx?|LST)[ \t-\r]*\(([^()]*)\)[ \t-\r]*(.*)$/s;
const NAME = /^[A-Za-z_]\w*$/;
const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F]{1,8}|\d{1,10})$/;
const MOST = 100_000;

/**
 * What a line that begins with `~` repeats; absent for all others.
 *
 * @throws Mistake for one that is not as keepalived.conf(5) has it
 */
export function readRepeat(text: string): Repeat | undefined {
  if (!text.startsWith("~")) return undefined;
  const match = BEGINNING.exec(text);
  if (match === null)
    return refuse("a line that begins with ~ must be ~SEQ(…), ~SEQx(…) or ~LST(…) and what is repeated");
  const [, kind, inside, rest] = match as unknown as [string, string, string, string];
  return kind === "LST" ? { ...list(inside), rest } : { ...sequence(inside, kind === "SEQx" ? 16 : 10), rest };
}

function sequence(inside: string, radix: number): Omit<Repeat, "rest"> {
  const [name = "", ...numbers] = inside.split(",").map(trimmed);
  if (!NAME.test(name) || numbers.length < 1 || numbers.length > 3 || !numbers.every((text) => NUMBER.test(text))) {
    return refuse("~SEQ needs the name of a parameter and one to three numbers: (VAR, start, step, end)");
  }
  const { start, step, end } = bounds(numbers.map(numberOf));
  const count = step === 0 ? -1 : Math.floor((end - start) / step) + 1;
  if (count < 1) return refuse("the steps of ~SEQ do not lead from its start to its end");
  if (count > MOST) return refuse(`~SEQ repeats its line more than ${MOST} times`);
  const rounds = Array.from({ length: count }, (_, round) => [(start + round * step).toString(radix)]);
  return { names: [name], rounds };
}

/** Without a start it is 1 or -1, without a step one towards the end. */
function bounds(numbers: readonly number[]): { start: number; step: number; end: number } {
  const end = numbers.at(-1)!;
  const start = numbers.length === 1 ? (end > 0 ? 1 : -1) : numbers[0]!;
  return { start, step: numbers.length === 3 ? numbers[1]! : end < start ? -1 : 1, end };
}

function numberOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[+-]/, "");
  return sign * (/^0[xX]/.test(digits) ? Number.parseInt(digits, 16) : Number.parseInt(digits, 10));
}

function list(inside: string): Omit<Repeat, "rest"> {
  const items = inside.match(/\{[^{}]*\}|[^,{}]+/g)?.map(trimmed) ?? [];
  const [names = [], ...rounds] = items.filter((item) => item !== "").map(values);
  const sound = [names, ...rounds].every((round) => round.length === names.length);
  if (names.length === 0 || !names.every((name) => NAME.test(name)) || rounds.length === 0 || !sound) {
    return refuse("~LST needs (VAR, value, …), or ({VAR, VAR}, {value, value}, …) with as many values as parameters");
  }
  if (rounds.flat().some((value) => /[ \t-\r"'\\]/.test(value)))
    return refuse("a value of ~LST is one word without quotes");
  return { names, rounds };
}

function values(item: string): string[] {
  return item.startsWith("{") ? item.slice(1, -1).split(",").map(trimmed) : [item];
}
