/**
 * The entry of a table under a text that comes from outside. Every object also has `constructor`, `toString` and `__proto__`,
 * which `table[text]` would find and which are no entries of the table.
 */
export function own<T>(table: Readonly<Record<string, T>>, text: string): T | undefined {
  return Object.hasOwn(table, text) ? table[text] : undefined;
}
