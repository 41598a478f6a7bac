import type { Change } from "../model/change.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { SettingsChange } from "./wanted.js";

/** What is left to do for a wanted setting; nothing when it holds. */
export function changesOf(change: SettingsChange, timeouts: Timeouts, daemons: readonly Daemon[]): Change[] {
  if (change.kind === "set") return sameTimeouts(change.timeouts, timeouts) ? [] : [change];
  if (change.kind !== "start-daemon") return [change];
  const running = daemons.find(({ state }) => state === change.daemon.state);
  if (running === undefined) return [change];
  if (sameDaemon(change.daemon, running)) return [];
  const { state, syncId } = running;
  return [{ kind: "stop-daemon", state, syncId }, change];
}

/** 0 means "as it is". */
function sameTimeouts(wanted: Timeouts, live: Timeouts): boolean {
  return (["tcp", "tcpFin", "udp"] as const).every((name) => wanted[name] === 0 || wanted[name] === live[name]);
}

/** Whether a daemon is as it was wanted: what was not said is the kernel's choice. */
export function sameDaemon(wanted: Daemon, live: Daemon): boolean {
  return (Object.keys(wanted) as (keyof Daemon)[]).every((name) => wanted[name] === live[name]);
}
