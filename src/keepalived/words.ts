import { Mistake, type Remarks } from "./remarks.js";
import type { Statement } from "./statements.js";
import { shown } from "./values.js";

/** What a keyword does to what is being read. */
export interface Word<D extends object> {
  /** How many arguments it may have: least and most. */
  readonly args: readonly [least: number, most: number];
  /** Whether it begins a block. */
  readonly block?: true;
  /**
   * Returns what is to change in the draft. Throws Mistake for arguments that it cannot take.
   *
   * @param warn told of what keepalived ignores
   */
  read(draft: D, args: readonly string[], statement: Statement, warn: (reason: string) => void): Partial<D>;
}

/** The keywords of a block. */
export type Words<D extends object> = ReadonlyMap<string, Word<D>>;

/** Words that say nothing of the table: checks, notifications, SNMP. Their arguments are not looked at. */
export function ignored<D extends object>(words: string): [string, Word<D>][] {
  return words.split(" ").map((word) => [word, { args: [0, Number.POSITIVE_INFINITY], read: () => ({}) }]);
}

/** Reads the statements of a block into a draft; every mistake is told, and its statement left out. */
export function readBlock<D extends object>(
  statements: readonly Statement[],
  words: Words<D>,
  draft: D,
  remarks: Remarks,
): void {
  for (const statement of statements) {
    const { place, word } = statement;
    remarks.attempt(place, word, () => readStatement(statement, words, draft, (reason) => remarks.warn(place, reason)));
  }
}

function readStatement<D extends object>(
  statement: Statement,
  words: Words<D>,
  draft: D,
  warn: (reason: string) => void,
): void {
  const { word, args, block, place } = statement;
  const row = words.get(word);
  if (row === undefined) throw new Mistake(`there is no word ${shown(word)} here`, place);
  const [least, most] = row.args;
  if (args.length < least) throw new Mistake(`needs ${least === most ? "" : "at least "}${least} more on its line`);
  if (args.length > most) throw new Mistake(`has too many words on its line: ${args.slice(most).join(" ")}`);
  if (row.block === undefined && block !== undefined) throw new Mistake("has no block");
  if (row.block !== undefined && block === undefined) throw new Mistake("needs a block: {");
  Object.assign(draft, row.read(draft, args, statement, warn));
}
