import { RuleError } from "../errors.js";
import { DocumentError, isDocument } from "../model/document.js";
import { type Names, withNames } from "../names/names.js";
import { type Rule, readRules } from "../rules/read.js";
import { type Wanted, wantedDocument, wantedTable } from "../rules/wanted.js";

/** Something wrong with a file. */
export interface FileMistake {
  /** `line 12`, or a path such as `services[3].destinations[0].weight`; empty for the file as a whole. */
  readonly where: string;
  readonly reason: string;
}

/** What a file wants, or everything that is wrong with it. */
export type ReadWanted =
  | { readonly wanted: Wanted; readonly mistakes?: undefined }
  | { readonly mistakes: readonly FileMistake[]; readonly wanted?: undefined };

/** Reads rules, or JSON, told apart by how the text begins. */
export function readWanted(text: string, names: Names, program: string): Promise<ReadWanted> {
  return isDocument(text) ? readDocument(text) : readRuleFile(text, names, program);
}

async function readRuleFile(text: string, names: Names, program: string): Promise<ReadWanted> {
  const unreadable: RuleError[] = [];
  /** The rules are not kept, since a hundred thousand of them would be much. */
  function* rules(): Generator<Rule> {
    unreadable.length = 0;
    for (const rule of readRules(text, { names, program })) {
      if (rule instanceof RuleError) unreadable.push(rule);
      else yield rule;
    }
  }
  const { wanted, mistakes } = await withNames(names, () => wantedTable(rules()));
  const all = [...unreadable, ...mistakes].sort((a, b) => a.line - b.line);
  if (all.length === 0) return { wanted };
  return { mistakes: all.map(({ line, reason }) => ({ where: `line ${line}`, reason })) };
}

async function readDocument(text: string): Promise<ReadWanted> {
  const { parseDocument } = await import("../model/document-input.js");
  try {
    return { wanted: wantedDocument(parseDocument(text)) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { mistakes: error.mistakes.map(({ path, reason }) => ({ where: path, reason })) };
  }
}
