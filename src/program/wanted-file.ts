import { RuleError } from "../errors.js";
import { DocumentError, isDocument } from "../model/document.js";
import type { Names } from "../names/names.js";
import { BYTE_ORDER_MARK, type Finding, inPasses, readRules } from "../rules/read.js";
import { type Wanted, wantedDocument, wantedFrom } from "../rules/wanted.js";

/** Something wrong with a file. */
export interface FileMistake {
  /** `line 12`, or a path such as `services[3].destinations[0].weight`; empty for the file as a whole. */
  readonly where: string;
  readonly reason: string;
}

/** Told of the mistakes of a file one by one, in its order; those of rules as soon as they are found. */
export type MistakeSink = (mistake: FileMistake) => void;

/** The help of the option that tells `configId`. */
export const CONFIG_ID_HELP = "keepalived.conf: its configuration id (keepalived -i), for lines that begin with @";

/** What reading a keepalived.conf needs besides its text. */
export interface KeepalivedFile {
  readonly path: string;
  /** keepalived's configuration id; absent: not known. */
  readonly configId: string | undefined;
}

/**
 * Reads rules, JSON or a keepalived.conf, told apart by how the text begins. Absent when there was a mistake.
 *
 * @param warn told of what may be a slip and is no mistake
 * @param keepalived absent: a keepalived.conf is refused
 */
export async function readWanted(
  text: string,
  names: Names,
  program: string,
  report: MistakeSink,
  warn: MistakeSink = () => {},
  keepalived?: KeepalivedFile,
): Promise<Wanted | undefined> {
  if (isDocument(text)) return readDocument(text, report);
  // Nearly all rule files begin so.
  if (text.startsWith("-")) return readRuleFile(text, names, program, report, warn);
  const { isKeepalived, unknownBlock } = await import("../keepalived/sections.js");
  if (isKeepalived(text)) return readConfiguration(text, report, warn, keepalived);
  const unknown = keepalived && unknownBlock(text);
  if (!unknown) return readRuleFile(text, names, program, report, warn);
  const { shown } = await import("../keepalived/values.js");
  report({
    where: `line ${unknown.line}`,
    reason: `neither a rule nor a section of keepalived.conf: ${shown(unknown.word)}`,
  });
  return undefined;
}

async function readConfiguration(
  text: string,
  mistake: MistakeSink,
  warn: MistakeSink,
  file: KeepalivedFile | undefined,
): Promise<Wanted | undefined> {
  if (file === undefined) {
    mistake({ where: "", reason: OWNED });
    return undefined;
  }
  if (text.startsWith(BYTE_ORDER_MARK)) {
    mistake({ where: "line 1", reason: MARKED });
    return undefined;
  }
  const { readKeepalived } = await import("../keepalived/read.js");
  const { includedFiles } = await import("./included-files.js");
  const { path, configId } = file;
  const id = configId === undefined ? {} : { configId };
  return readKeepalived(text, { path: path === "-" ? "" : path, ...id, files: includedFiles, mistake, warn });
}

const MARKED =
  "a byte order mark (U+FEFF) stands before the first word, with which keepalived reads another one: save the file as UTF-8 without it";

const OWNED =
  "this is a keepalived.conf, and keepalived decides by its checks which servers get clients: a restore would bring failed ones " +
  "back. `ipvsadm diff FILE` compares it with the table, `ipvsadm export rules FILE` writes it as rules";

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
