import { type DifferenceId, differences } from "../differences.js";
import { escapedControls } from "../rules.js";
import type { Outcome } from "./shell.js";

/** A text that must come, bytes as characters: exactly this, matching this, or made from what the original printed. */
export type ExpectedText = string | RegExp | ((original: string) => string | RegExp);

/** Says that a run differs from the original on purpose, and how. What is left out must equal the original's. */
export interface Claim {
  readonly difference: DifferenceId;
  readonly expected: { readonly stdout?: ExpectedText; readonly stderr?: ExpectedText; readonly status?: number };
}

export type Verdict =
  | { readonly kind: "equal" }
  | { readonly kind: "explained"; readonly difference: DifferenceId }
  | { readonly kind: "unexplained"; readonly report: string };

const streams = ["stdout", "stderr"] as const;

/** The lines of `of` that `among` has not, repetitions counted. */
function linesWithout(of: readonly string[], among: readonly string[]): string[] {
  const left = [...among];
  return of.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** The lines that differ, marked as a diff does. */
function compareLines(wanted: string, got: string): string {
  const [before, after] = [wanted.split("\n"), got.split("\n")];
  const marked = [
    ...linesWithout(before, after).map((line) => `    - ${JSON.stringify(line)}`),
    ...linesWithout(after, before).map((line) => `    + ${JSON.stringify(line)}`),
  ];
  if (marked.length > 0) return marked.join("\n");
  return `    the same lines in another order\n    - ${JSON.stringify(wanted)}\n    + ${JSON.stringify(got)}`;
}

function matches(text: string, expected: string | RegExp): boolean {
  return typeof expected === "string" ? text === expected : expected.test(text);
}

function mismatches(original: Outcome, ours: Outcome, claim: Claim | undefined): string[] {
  const expected = claim?.expected ?? {};
  const reports: string[] = [];
  for (const stream of streams) {
    const claimed = expected[stream] ?? original[stream];
    const wanted = typeof claimed === "function" ? claimed(original[stream]) : claimed;
    if (matches(ours[stream], wanted)) continue;
    reports.push(`  ${stream}:\n${compareLines(String(wanted), ours[stream])}`);
  }
  const status = expected.status ?? original.status;
  if (ours.status !== status) reports.push(`  status: - ${status} + ${ours.status}`);
  return reports;
}

/** Compares one run of our program with the original's. An untrue claim is as wrong as a difference without a claim. */
export function judge(original: Outcome, ours: Outcome, claim?: Claim): Verdict {
  const reports = mismatches(original, ours, claim);
  if (reports.length > 0) {
    // This difference may come anywhere, and is told from what both print.
    const escaped = claim === undefined && escapedControls(original, ours);
    return escaped
      ? { kind: "explained", difference: "control-characters" }
      : { kind: "unexplained", report: reports.join("\n") };
  }
  if (!claim) return { kind: "equal" };
  if (mismatches(original, ours, undefined).length === 0) {
    const { reason } = differences[claim.difference];
    return { kind: "unexplained", report: `  claimed to differ (${claim.difference}: ${reason}), but does not` };
  }
  return { kind: "explained", difference: claim.difference };
}
