// How a run of ours differs from the original's on purpose, for runs that nobody knows beforehand. See differences.ts.
import { visible } from "../../src/program/visible.js";
import type { Outcome } from "./harness/shell.js";
import type { Step } from "./harness/steps.js";

/** Changes the lines of standard output that hold rules, which `-S` writes. */
const inRules = (outcome: Outcome, pattern: RegExp, change: string | ((...found: string[]) => string)): Outcome => {
  const changed = outcome.stdout.replace(/^-[Aa] .*$/gm, (rule) => rule.replace(pattern, change as string));
  return { ...outcome, stdout: changed };
};

export const withoutThresholds = (ours: Outcome): Outcome => inRules(ours, / -[xy] \d+/g, "");

export const withoutNetmask = (ours: Outcome): Outcome =>
  inRules(ours, /^(?!.* -p\b)(-A .*?) -M \S+/, (_, service) => service!);

/** Marks from 2^31 on as negative numbers, in columns as wide as before. */
export function signedMarks(ours: Outcome): Outcome {
  const signed = (mark: string) => String(Number(mark) | 0);
  const saved = inRules(ours, / -f (\d+)/, (_, mark) => ` -f ${signed(mark!)}`);
  const listed = saved.stdout.replace(/^FWM {2}(\d+)( IPv6)?( *)/gm, (_, mark: string, family = "", blanks: string) => {
    const moved = blanks.length > 1 ? mark.length - signed(mark).length : 0;
    return `FWM  ${signed(mark)}${family}${" ".repeat(blanks.length + moved)}`;
  });
  return { ...saved, stdout: listed };
}

/** 1.31 knows flags by number for schedulers alone that have no names for any of theirs. */
export function withoutUnnamedFlags(ours: Outcome): Outcome {
  const named = (flags: string) =>
    flags
      .split(",")
      .filter((flag) => !flag.startsWith("flag-"))
      .join(",");
  const saved = inRules(ours, /^(.* -s (?:sh|mh)\b.* -b )(\S+)/, (_, before, flags) => before! + named(flags!));
  const listed = saved.stdout.replace(/( (?:sh|mh) \()([^)]+)\)/g, (_, before, flags) => `${before}${named(flags)})`);
  return { ...saved, stdout: listed };
}

/** The lines of a listing, each server with its service before it, in no order. */
export function unordered(listing: string): string {
  let service = "";
  const lines = listing.split("\n").map((line) => {
    if (line.startsWith("  -> ")) return `${service}${line}`;
    service = line;
    return line;
  });
  return lines.sort().join("\n");
}

/** The same in the order of 1.31, where that subtracts marks that are too far from each other. */
export function inTheOtherOrder(ours: Outcome, original: Outcome): Outcome {
  const far = /(?:FWM {2}| -f )-\d/.test(original.stdout);
  return far && unordered(ours.stdout) === unordered(original.stdout) ? { ...ours, stdout: original.stdout } : ours;
}

export function withoutHint(ours: Outcome, original: Outcome): Outcome {
  const lines = /^(.*\n)( {2}[^ \n][^\n]*\n)$/s.exec(ours.stderr);
  return lines && lines[1] === original.stderr ? { ...ours, stderr: lines[1] } : ours;
}

const sameEnd = (original: Outcome, ours: Outcome) =>
  original.status === ours.status && original.stderr === ours.stderr;

export const ownHelp = (original: Outcome, ours: Outcome): boolean =>
  sameEnd(original, ours) &&
  /^ipvsadm v1\.31 .*\nUsage:\n/.test(original.stdout) &&
  ours.stdout.includes("--add-service");

/** What the original prints, with control characters as `\u001b`; bytes as characters. */
export const escaped = (text: string): string =>
  Buffer.from(visible(Buffer.from(text, "latin1").toString())).toString("latin1");

export const escapedControls = (original: Outcome, ours: Outcome): boolean => {
  const [stdout, stderr] = [escaped(original.stdout), escaped(original.stderr)];
  const hasControls = stdout !== original.stdout || stderr !== original.stderr;
  return hasControls && original.status === ours.status && ours.stdout === stdout && ours.stderr === stderr;
};

export const ownVersion = (original: Outcome, ours: Outcome): boolean =>
  sameEnd(original, ours) && [original, ours].every(({ stdout }) => /^ipvsadm v1\.31 [^\n]*\n$/.test(stdout));

export const filteredListing = (original: Outcome): boolean =>
  original.stderr === "Illegal 'real-server' option with the 'list' command\n";

export const unsortedSave = (original: Outcome): boolean =>
  original.stderr === "Illegal 'nosort' option with the 'save' command\n";

export const wildCardZeroed = (original: Outcome, ours: Outcome, { args }: Step): boolean =>
  args[0] === "-Z" &&
  args.some((arg) => /^(0\.0\.0\.0(:0)?|\[::\](:0)?)$/.test(arg)) &&
  `${original.stdout}${original.stderr}` === "" &&
  ours.stderr === "No such service\n";

export const saveWithNumbers = ([command, ...args]: readonly string[]): readonly string[] =>
  command === "-S" && !args.some((arg) => /^-[^-]*n|^--num/.test(arg)) ? ["-S", "-n", ...args] : [command!, ...args];

export const withoutBrackets = (args: readonly string[]): readonly string[] =>
  args.map((arg) => arg.replace(/^\[(\d+\.\d+\.\d+\.\d+)\]:(.*)$/, "$1:$2"));

/** The value of an option, changed where it stands. The option and its value are words of their own. */
const changed = (
  args: readonly string[],
  option: string,
  change: (value: string, before: readonly string[]) => string,
) => args.map((arg, at) => (args[at - 1] === option ? change(arg, args.slice(0, at)) : arg));

const ipv6 = (before: readonly string[]) => before.some((arg) => arg === "-6" || /:.*:/.test(arg));

export const dottedNetmask = (args: readonly string[]): readonly string[] =>
  changed(args, "-M", (mask, before) => {
    const bits = Number(mask);
    if (ipv6(before) || !/^\d+$/.test(mask) || bits < 1 || bits > 32) return mask;
    const dotted = 2 ** 32 - 2 ** (32 - bits);
    return [24, 16, 8, 0].map((shift) => (dotted >>> shift) & 255).join(".");
  });

export const impossibleNetmask = (args: readonly string[]): readonly string[] =>
  changed(args, "-M", (mask, before) => (ipv6(before) && /^\d{10,}$/.test(mask) ? "0" : mask));

export const eachFlagOnce = (args: readonly string[]): readonly string[] =>
  changed(args, "-b", (flags) => (flags.length > 127 ? [...new Set(flags.split(","))].join(",") : flags));
