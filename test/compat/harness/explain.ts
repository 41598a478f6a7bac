import { type DifferenceId, differences } from "../differences.js";
import type { Outcome } from "./shell.js";
import type { Step } from "./steps.js";

/** How a difference is told by rule, without knowing the case. */
export type Rule =
  /** Our outcome as the original would have it. Other differences may be left in it. */
  | { readonly asOriginal: (ours: Outcome, original: Outcome) => Outcome }
  /** What the original has to be told so that it does what ours does; the same arguments where it needs no help. */
  | { readonly instead: (args: readonly string[]) => readonly string[] }
  /** The whole of a pair of outcomes. */
  | { readonly recognise: (original: Outcome, ours: Outcome, step: Step) => boolean };

const RULES = (Object.keys(differences) as DifferenceId[]).map((id) => ({ id, rule: differences[id].rule }));

const equal = (one: Outcome, other: Outcome) =>
  one.stdout === other.stdout && one.stderr === other.stderr && one.status === other.status;

/** A step as the original needs it to do what ours does, and the difference that this shows, if any. */
export function forOriginal(step: Step): { readonly step: Step; readonly difference?: DifferenceId } {
  let result: { step: Step; difference?: DifferenceId } = { step };
  if (step.program !== "ipvsadm") return result;
  for (const { id, rule } of RULES) {
    if (!("instead" in rule)) continue;
    const args = rule.instead(result.step.args);
    if (args.some((arg, at) => arg !== result.step.args[at])) result = { step: { ...step, args }, difference: id };
  }
  return result;
}

/** The difference that explains an outcome, the first one where several do together; absent when none does. */
export function explanation(original: Outcome, ours: Outcome, step: Step): DifferenceId | undefined {
  let left = ours;
  let first: DifferenceId | undefined;
  for (const { id, rule } of RULES) {
    if ("recognise" in rule && rule.recognise(original, ours, step)) return id;
    if (!("asOriginal" in rule)) continue;
    const next = rule.asOriginal(left, original);
    if (!equal(next, left)) first ??= id;
    left = next;
  }
  return equal(left, original) ? first : undefined;
}
