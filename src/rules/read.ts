import { RuleError, UsageError } from "../errors.js";
import { type Names, withNames } from "../names/names.js";
import type { Command } from "../options/command.js";
import { isCommon, readCommon } from "../options/common.js";
import { dashMistake } from "../options/dashes.js";
import { type ParseContext, parseCommand } from "../options/parse.js";
import { Lines } from "./lines.js";

/** One command of a rule file. */
export interface Rule<C = Command> {
  /** Counted from 1. */
  readonly line: number;
  readonly command: C;
}

/** A whole rule file, and everything that is wrong with it. */
export interface ParsedRules {
  readonly rules: readonly Rule[];
  /** In the order of the lines. */
  readonly mistakes: readonly RuleError[];
}

/**
 * Reads a rule file as `ipvsadm -R` does: a command line per line, words separated by blanks and tabs, no quoting, the word
 * `ipvsadm` dropped wherever it stands. Beyond 1.31, `#` at the start of a word begins a comment. Names are looked up all at
 * once. Never throws for what the file says: mistakes are in the result.
 */
export function parseRules(text: string, context: ParseContext): Promise<ParsedRules> {
  return withNames(context.names, () => parseLines(text, context));
}

function parseLines(text: string, context: ParseContext): ParsedRules {
  const rules: Rule[] = [];
  const mistakes: RuleError[] = [];
  for (const rule of readRules(text, context)) {
    if (rule instanceof RuleError) mistakes.push(rule);
    else rules.push(rule);
  }
  return { rules, mistakes };
}

/**
 * The rules of a text one by one, and a RuleError for every line that is not a rule. For large files that are gone through again
 * rather than kept. While `context.names.pending` is true afterwards, load them and read again.
 */
export function* readRules(text: string, context: ParseContext): Generator<Rule | RuleError, void, undefined> {
  const inRules = { ...context, inRules: true };
  const lines = new Lines(text);
  while (lines.next()) {
    const command = readCommon(lines);
    const rule = command === undefined ? readLine(lines, inRules) : { line: lines.line, command };
    if (rule !== undefined) yield rule;
  }
}

/**
 * Goes through the same rules, only to find the lines that are none. Returns how many lines say something. While
 * `context.names.pending` is true afterwards, load them and check again.
 */
export function checkRules(text: string, context: ParseContext, report: (mistake: RuleError) => void): number {
  const inRules = { ...context, inRules: true };
  const lines = new Lines(text);
  let count = 0;
  while (lines.next()) {
    if (!isCommon(lines.codes, lines.from, lines.to)) {
      const rule = readLine(lines, inRules);
      if (rule === undefined) continue;
      if (rule instanceof RuleError) report(rule);
    }
    count++;
  }
  return count;
}

/** Absent for a line that says nothing. */
function readLine({ line, text, start, stop }: Lines, context: ParseContext) {
  const words = splitWords(text, start, stop);
  return words.length > 0 ? readRule(line, words, context) : undefined;
}

/** A line that adds what an earlier one has added just so. The kernel would refuse it to 1.31, which says so. */
export interface Repetition {
  /** Counted from 1. */
  readonly line: number;
  /** `repeats line 2: server 198.51.100.1:80`. */
  readonly reason: string;
}

/** What there is to say of a line. */
export type Finding = RuleError | Repetition;

/**
 * Goes through rules, and again while names have to be loaded. Every finding is told once, in the order of the lines, as soon
 * as it is certain: behind a name that is not loaded yet nothing is. Resolves with the number of mistakes and what the last
 * pass made of the rules.
 */
export async function inPasses<T>(
  names: Names,
  pass: (report: (finding: Finding) => void) => T,
  report: (finding: Finding) => void,
): Promise<{ readonly value: T; readonly mistakes: number }> {
  let told = 0;
  let mistakes = 0;
  const value = await withNames(names, () => {
    mistakes = 0;
    return pass((finding) => {
      if (finding instanceof RuleError) mistakes++;
      if (names.pending || finding.line <= told) return;
      told = finding.line;
      report(finding);
    });
  });
  return { value, mistakes };
}

function readRule(line: number, words: readonly string[], context: ParseContext): Rule | RuleError {
  try {
    return { line, command: parseRule(words, context) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const reason = error.message.trimEnd();
    const dashes = dashMistake(words);
    return new RuleError(line, dashes === undefined ? reason : `${reason}; ${dashes}`);
  }
}

function parseRule(words: readonly string[], context: ParseContext): Command {
  if (words[0]!.startsWith(BYTE_ORDER_MARK)) {
    throw new UsageError("a byte order mark (U+FEFF) stands before the rule: save the file as UTF-8 without one");
  }
  const command = parseCommand(words, context);
  if (command.kind === "restore") throw new UsageError("a rule file cannot read another one: -R is not allowed here");
  return command;
}

/** What some programs put before the text of a file, and what is none of it. */
export const BYTE_ORDER_MARK = "\uFEFF";
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const NUMBER_SIGN = 0x23;

/** The words of one line. A NUL byte ends its word, and what follows up to the next blank is ignored, as in 1.31. */
function splitWords(text: string, start: number, stop: number): string[] {
  const words: string[] = [];
  for (let at = start; at < stop; ) {
    const code = text.charCodeAt(at);
    if (code === BLANK || code === TAB || code === CARRIAGE_RETURN) {
      at++;
      continue;
    }
    if (code === NUMBER_SIGN) break;
    const begin = at;
    while (at < stop && !isBlank(text.charCodeAt(at))) at++;
    const word = text.slice(begin, at);
    const nul = word.indexOf("\0");
    const kept = nul === -1 ? word : word.slice(0, nul);
    if (kept !== "ipvsadm" && kept !== "") words.push(kept);
  }
  return words;
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB || code === CARRIAGE_RETURN;
}
