import type { Facts } from "./facts.js";
import type { Remedy, Severity, TablePart } from "./finding.js";
import type { LiveEntry, Subject } from "./subject.js";

/** What a check has to say about one subject. Verdicts of the same severity and reason become one finding. */
export interface Verdict {
  readonly severity: Severity;
  /** A title that says more than that of the check. */
  readonly title?: string;
  /** What was read, as the system shows it. */
  readonly evidence: readonly string[];
  /** Why it matters, in one or two sentences. */
  readonly why: string;
  readonly remedies: readonly Remedy[];
}

interface Named {
  /** Stable name: `forwarding-off`. */
  readonly id: string;
  /** What is wrong, in a few words. */
  readonly title: string;
}

/** Judges each server of each service on its own. */
export interface ServerCheck extends Named {
  readonly scope: "server";
  /** True for a symptom: not reported for servers that an error of an earlier check explains. */
  readonly symptom?: boolean;
  /** Which servers can have the problem at all. */
  readonly appliesTo: (subject: Subject, facts: Facts) => boolean;
  /** Absent: nothing wrong, as far as can be read. */
  readonly verdict: (subject: Subject, facts: Facts) => Verdict | undefined;
}

export interface ServiceCheck extends Named {
  readonly scope: "service";
  readonly appliesTo: (entry: LiveEntry, facts: Facts) => boolean;
  readonly verdict: (entry: LiveEntry, facts: Facts) => Verdict | undefined;
}

/** Judges the director. */
export interface DirectorCheck extends Named {
  readonly scope: "director";
  readonly appliesTo: (facts: Facts) => boolean;
  readonly verdict: (facts: Facts) => Verdict | undefined;
}

export type Check = ServerCheck | ServiceCheck | DirectorCheck;

/** Commands for this director. */
export function onDirector(commands: readonly string[], note?: string): Remedy {
  return { on: "director", commands, ...(note !== undefined && { note }) };
}

/** Commands for this director that change its table. */
export function onTable(changes: TablePart, commands: readonly string[], note?: string): Remedy {
  return { ...onDirector(commands, note), changes };
}

/** Commands for each of the real servers concerned. */
export function onServer(commands: readonly string[], note?: string): Remedy {
  return { on: "server", commands, ...(note !== undefined && { note }) };
}
