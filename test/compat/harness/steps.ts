import type { DifferenceId } from "../differences.js";
import type { Claim } from "./judge.js";
import type { Invocation } from "./shell.js";

/** One invocation of a scenario. */
export interface Step extends Invocation {
  readonly claim?: Claim;
}

/** A whole command line without the program name, its words as they are, or a full step. */
export type StepLike = string | readonly string[] | Step;

/** Splits at blanks; "double" and 'single' quotes keep a word together. There is nothing more to it. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

export function step(like: StepLike): Step {
  if (typeof like === "string") return { program: "ipvsadm", args: words(like) };
  if ("program" in like) return like;
  return { program: "ipvsadm", args: like };
}

/** `ipvsadm -R` reading `rules`. */
export const restore = (rules: string | Uint8Array): Step => ({ program: "ipvsadm", args: ["-R"], stdin: rules });

/** A shell snippet in which the three programs are real processes. */
export const shell = (snippet: string, stdin?: string | Uint8Array): Step => ({
  program: "bash",
  args: ["-c", snippet],
  ...(stdin === undefined ? {} : { stdin }),
});

/** The step differs from the original, as said. */
export const differs = (difference: DifferenceId, like: StepLike, expected: Claim["expected"]): Step => ({
  ...step(like),
  claim: { difference, expected },
});

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Refused as by the original, in its words; then one line more, which tells `about` what. */
export const hinted = (like: StepLike, about: string): Step =>
  differs("refusal-hints", like, {
    stderr: (original) => new RegExp(`^${literally(original)}  [^\\n]*${literally(about)}[^\\n]*\\n$`),
  });

/** How a person would type it. */
export function describeStep({ program, args, stdin }: Step): string {
  const line = [program, ...args]
    .map((word) => (/^[\w@%+=:,./[\]-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
  return stdin === undefined ? line : `${line} <<< ${JSON.stringify(Buffer.from(stdin).toString("latin1"))}`;
}
