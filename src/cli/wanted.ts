import { DocumentError, isDocument } from "../model/document.js";
import type { Names } from "../names.js";
import { parseRules } from "../rules/parse.js";
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
  return isDocument(text) ? readDocument(text) : readRules(text, names, program);
}

async function readRules(text: string, names: Names, program: string): Promise<ReadWanted> {
  const { rules, mistakes } = await parseRules(text, { names, program });
  const { wanted, mistakes: more } = wantedTable(rules);
  const all = [...mistakes, ...more].sort((a, b) => a.line - b.line);
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
