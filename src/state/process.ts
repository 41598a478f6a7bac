import { readFileSync } from "node:fs";

/** A process, told apart from a later one with the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** When it began, in the kernel's ticks since boot. */
  readonly start: string;
}

/** Fields of /proc/PID/stat behind the name, which may hold anything: proc_pid_stat(5) counts them from 3. */
const STATE = 0;
const GROUP = 2;
const TERMINAL_GROUP = 5;
const START = 19;

/** Zombies and what is about to become nothing. */
const ENDED: ReadonlySet<string> = new Set(["Z", "X", "x"]);

/** Absent when there is no such process, or it has ended. */
export function markOf(pid: number): ProcessMark | undefined {
  const fields = statOf(pid);
  const start = fields?.[START];
  return start === undefined || ENDED.has(fields![STATE]!) ? undefined : { pid, start };
}

export function ownMark(): ProcessMark {
  return markOf(process.pid)!;
}

export function isAlive({ pid, start }: ProcessMark): boolean {
  return markOf(pid)?.start === start;
}

/** Whether this process may read from its terminal: others are stopped when they try. */
export function isInForeground(): boolean {
  const fields = statOf(process.pid);
  return fields !== undefined && fields[GROUP] === fields[TERMINAL_GROUP];
}

function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Another one after each boot. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
}

/** Seconds since boot: a clock that all processes share and nobody sets. */
export function uptime(): number {
  return Number.parseFloat(readFileSync("/proc/uptime", "latin1"));
}
