import type { DestinationKey } from "../model/destination.js";
import type { ServiceKey } from "../model/service.js";

/** `error`: clients are not served. `warning`: some are not, or will not be. `info`: good to know. */
export type Severity = "error" | "warning" | "info";

export const SEVERITIES = ["error", "warning", "info"] as const satisfies readonly Severity[];

/** A service that a finding is about, and which of its servers; no servers: the service as a whole. */
export interface Concern {
  readonly service: ServiceKey;
  readonly servers: readonly DestinationKey[];
}

/** What of the table a program may write. */
export type TablePart =
  | "services"
  | "servers"
  | "weights"
  | "thresholds"
  | "forwarding"
  | "scheduler flags"
  | "one-packet"
  | "timeouts"
  | "sync daemons";

/** A way to put it right. The first of a finding's remedies is the one that is most likely wanted. */
export interface Remedy {
  /** Where the commands are to be typed: on this director, on the one it is compared with, or on each of the real servers concerned. */
  readonly on: "director" | "peer" | "server";
  /** Commands for a shell, in order. */
  readonly commands: readonly string[];
  /** When to prefer it, or what else to know. */
  readonly note?: string;
  /** What of the table the commands change; absent: nothing. */
  readonly changes?: TablePart;
  /**
   * For each program there that writes this part of the table, and would undo the commands: what to change in its
   * configuration instead. Absent: there is no such program.
   */
  readonly instead?: readonly string[];
}

/** Something that keeps traffic from flowing, or may. */
export interface Finding {
  /** Name of the check, such as `forwarding-off`: stable, for scripts. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Empty: the director as a whole. */
  readonly concerns: readonly Concern[];
  /** What was read, as the system shows it: `net.ipv4.vs.conntrack = 0`. */
  readonly evidence: readonly string[];
  /** Why it matters, in one or two sentences. */
  readonly why: string;
  readonly remedies: readonly Remedy[];
}

/** What an examination found. */
export interface Examination {
  /** The most serious first, and among those the most likely cause. */
  readonly findings: readonly Finding[];
  /** What could not be read, and why; checks that need it were left out. */
  readonly unread: readonly string[];
}
