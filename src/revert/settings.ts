import type { ChangeRecord, Settings } from "../confirm/record.js";
import type { Change } from "../model/change.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import { formatChange } from "../options/format.js";
import { sameDaemon } from "../rules/settings.js";
import type { Note } from "./three-way.js";

const TIMEOUTS = ["tcp", "tcpFin", "udp"] as const;

type DaemonChange = Extract<Change, { kind: "start-daemon" | "stop-daemon" }>;

/**
 * The changes that take back what a change made of timeouts and sync daemons. What another program changed since stays.
 *
 * @param live the same settings as they are now
 */
export function settingsBefore({ head, changes }: ChangeRecord, live: Settings, note: Note): Change[] {
  const { timeouts, daemons } = head.settings;
  const back: Change[] = [];
  const made = changes.findLast((change) => change.kind === "set");
  if (made && timeouts && live.timeouts) back.push(...timeoutsBefore(timeouts, made.timeouts, live.timeouts, note));
  // Of a daemon that is stopped and started, the last change tells what was made.
  const last = new Map(changes.filter(isOfDaemon).map((change) => [stateOf(change), change]));
  for (const [state, change] of last) {
    const of = (list: readonly Daemon[] = []) => list.find((daemon) => daemon.state === state);
    back.push(...daemonBefore(of(daemons), change, of(live.daemons), note));
  }
  return back;
}

/** In records of timeouts, 0 means "as it is". */
function* timeoutsBefore(old: Timeouts, made: Timeouts, now: Timeouts, note: Note): Generator<Change> {
  const back = { tcp: 0, tcpFin: 0, udp: 0 };
  for (const name of TIMEOUTS) {
    if (made[name] === 0 || now[name] === old[name]) continue;
    if (now[name] === made[name]) back[name] = old[name];
    else note(`timeout ${name}`, `changed, and stays so: ${now[name]}`);
  }
  if (TIMEOUTS.some((name) => back[name] !== 0)) yield { kind: "set", timeouts: back };
}

function* daemonBefore(old: Daemon | undefined, made: DaemonChange, now: Daemon | undefined, note: Note) {
  if (holds(old, now)) return;
  if (!holds(made.kind === "start-daemon" ? made.daemon : undefined, now)) {
    const text = now ? formatChange({ kind: "start-daemon", daemon: now }) : "stopped";
    note(`sync daemon ${stateOf(made)}`, `changed, and stays so: ${text}`);
    return;
  }
  if (now) yield { kind: "stop-daemon", state: now.state, syncId: now.syncId } as const;
  if (old) yield { kind: "start-daemon", daemon: old } as const;
}

/** Whether a daemon runs as said, or none where none is said. */
function holds(said: Daemon | undefined, now: Daemon | undefined): boolean {
  if (said === undefined || now === undefined) return said === now;
  return sameDaemon(said, now);
}

function isOfDaemon(change: Change): change is DaemonChange {
  return change.kind === "start-daemon" || change.kind === "stop-daemon";
}

function stateOf(change: DaemonChange): Daemon["state"] {
  return change.kind === "start-daemon" ? change.daemon.state : change.state;
}
