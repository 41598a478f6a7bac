import { destinationId } from "../model/destination.js";
import { serviceId, serviceKey } from "../model/service.js";
import type { Count, Remaining } from "./counts.js";
import type { Ending, Target } from "./drain.js";

/** `10.0.0.1:80 of tcp 192.0.2.1:80`. */
export function targetText({ service, server }: Target): string {
  return `${destinationId(server)} of ${serviceId(serviceKey(service))}`;
}

const COUNT_WORDS: Readonly<Record<Count, string>> = {
  activeConnections: "active",
  inactiveConnections: "inactive",
  persistentConnections: "persistent",
};

/** `14 active, 3 inactive`. */
export function remainingText(remaining: Remaining): string {
  return Object.entries(remaining)
    .map(([count, value]) => `${value} ${COUNT_WORDS[count as Count]}`)
    .join(", ");
}

/** What becomes of a server's weight when its drain begins. */
export function startText(target: Target, remembered: number | undefined, remaining: Remaining): string {
  const { weight } = target.server;
  const before = remembered === undefined ? "" : `, was ${remembered}`;
  const change = weight > 0 ? `weight ${weight} -> 0` : `weight is 0 already${before}`;
  return `${targetText(target)}: ${change}; ${remainingText(remaining)}`;
}

/** @param elapsed milliseconds */
export function endingText(target: Target, ending: Ending, elapsed: number, deleted: boolean): string {
  const texts: Readonly<Record<Ending, string>> = {
    drained: `drained after ${clockText(elapsed)}${deleted ? ", deleted" : ""}`,
    deleted: "deleted by another program",
    reweighted: "not drained: another program gave it weight again",
  };
  return `${targetText(target)}: ${texts[ending]}`;
}

/** Minutes and seconds, hours where there are any: `0:42`, `1:00:00`. */
export function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
