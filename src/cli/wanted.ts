import type { RuleError } from "../errors.js";
import type { Names } from "../names.js";
import { parseRules } from "../rules/parse.js";
import { type Wanted, wantedTable } from "../rules/wanted.js";

/** What a file wants, or what is wrong with it. */
export async function readWanted(
  text: string,
  names: Names,
  program: string,
): Promise<{ wanted: Wanted; mistakes: readonly RuleError[] }> {
  const { rules, mistakes } = await parseRules(text, { names, program });
  const { wanted, mistakes: more } = wantedTable(rules);
  return { wanted, mistakes: [...mistakes, ...more] };
}
