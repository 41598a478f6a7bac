import { RuleError } from "../errors.js";
import { DocumentError, isDocument } from "../model/document.js";
import type { Names } from "../names/names.js";
import { type Finding, inPasses, readRules } from "../rules/read.js";
import { type Wanted, wantedDocument, wantedFrom } from "../rules/wanted.js";

/** Something wrong with a file. */
export interface FileMistake {
  /** `line 12`, or a path such as `services[3].destinations[0].weight`; empty for the file as a whole. */
  readonly where: string;
  readonly reason: string;
}

/** Told of the mistakes of a file one by one, in its order; those of rules as soon as they are found. */
export type MistakeSink = (mistake: FileMistake) => void;

/**
 * Reads rules, or JSON, told apart by how the text begins. Absent when there was a mistake.
 *
 * @param warn told of what may be a slip and is no mistake
 */
export function readWanted(
  text: string,
  names: Names,
  program: string,
  report: MistakeSink,
  warn: MistakeSink = () => {},
): Promise<Wanted | undefined> {
  return isDocument(text) ? readDocument(text, report) : readRuleFile(text, names, program, report, warn);
}

/** Neither rules nor mistakes are kept, since a hundred thousand of them would be much. */
async function readRuleFile(text: string, names: Names, program: string, report: MistakeSink, warn: MistakeSink) {
  const { value, mistakes } = await inPasses(
    names,
    (found) => wantedFrom(readRules(text, { names, program }), found),
    (finding) => (finding instanceof RuleError ? report : warn)(atLine(finding)),
  );
  return mistakes === 0 ? value : undefined;
}

/** Where a rule file has something to say of. */
export function atLine({ line, reason }: Finding): FileMistake {
  return { where: `line ${line}`, reason };
}

async function readDocument(text: string, report: MistakeSink): Promise<Wanted | undefined> {
  const { parseDocument } = await import("../model/document-input.js");
  try {
    return wantedDocument(parseDocument(text));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    for (const { path, reason } of error.mistakes) report({ where: path, reason });
    return undefined;
  }
}
