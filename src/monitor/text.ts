import type { Destination, DestinationKey } from "../model/destination.js";
import { SCHEDULER_FLAG_BITS, schedulerFlagNames } from "../model/scheduler-flags.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT, type Service, type ServiceKey } from "../model/service.js";
import type { Timeouts } from "../model/settings.js";
import { formatChange, formatServiceKey } from "../options/format.js";
import { forwardingText, tunnelText } from "../render/server-columns.js";
import { changeOf, type Event, listText } from "./events.js";

const SIGNS = { added: "+", deleted: "-", changed: "~", noticed: "!" } as const;

/** `2026-01-31T12:00:00.000Z ~ -t 192.0.2.1:80 -r 10.0.0.1:80 -w 1 -> 5`, with a line end. */
export function eventText(time: Date, event: Event): string {
  return `${time.toISOString()} ${SIGNS[changeOf(event)]} ${textOf(event)}\n`;
}

function textOf(event: Event): string {
  switch (event.what) {
    case "service":
      if (event.before !== undefined && event.after !== undefined) {
        return `${formatServiceKey(event.service)} ${changes(SERVICE_FIELDS, event.before, event.after)}`;
      }
      return formatChange({ kind: "add-service", service: (event.after ?? event.before)! });
    case "server": {
      const { service, before, after } = event;
      if (before !== undefined && after !== undefined) {
        return `${serverText(service, after)} ${changes(SERVER_FIELDS, before, after)}`;
      }
      return formatChange({ kind: "add-server", service, server: (after ?? before)! });
    }
    case "order":
      return `${formatServiceKey(event.service)} order ${listText(event.before!)} -> ${listText(event.after!)}`;
    case "timeouts":
      return `--set ${changes(TIMEOUT_FIELDS, event.before!, event.after!)}`;
    case "daemon":
      return formatChange({ kind: "start-daemon", daemon: (event.after ?? event.before)! });
    case "connections": {
      const { service, server, before, after, threshold } = event;
      return `${serverText(service, server)} connections ${before} -> ${after} (threshold ${threshold})`;
    }
    case "replies": {
      const { service, server, coming, inPackets, outPackets, seconds } = event;
      const state = coming ? "packets come back again" : "packets do not come back";
      return `${serverText(service, server)} ${state}: ${inPackets} in, ${outPackets} out in ${Math.round(seconds)} s`;
    }
  }
}

function serverText(service: ServiceKey, server: DestinationKey): string {
  const deletion = formatChange({ kind: "delete-server", service, server });
  return deletion.slice("-d ".length);
}

/** A field as options spell it, and its value; the value of what is not set is `none`. */
type Fields<T> = readonly (readonly [option: string, value: (record: T) => string | number])[];

const SERVER_FIELDS: Fields<Destination> = [
  ["-w", ({ weight }) => weight],
  ["forwarding", ({ forwarding }) => forwardingText(forwarding)],
  ["-x", ({ upperThreshold }) => upperThreshold],
  ["-y", ({ lowerThreshold }) => lowerThreshold],
  ["tunnel", tunnelText],
];

const SERVICE_FIELDS: Fields<Service> = [
  ["-s", ({ scheduler }) => scheduler],
  ["-p", ({ flags, timeout }) => ((flags & IP_VS_SVC_F_PERSISTENT) === 0 ? "none" : timeout)],
  ["-M", ({ netmask }) => netmask],
  ["--pe", ({ persistenceEngine }) => persistenceEngine ?? "none"],
  ["-o", ({ flags }) => ((flags & IP_VS_SVC_F_ONEPACKET) === 0 ? "no" : "yes")],
  ["-b", ({ scheduler, flags }) => schedulerFlagNames(scheduler, flags).join(",") || "none"],
  ["flags", ({ flags }) => flags & ~(IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET | SCHEDULER_FLAG_BITS)],
];

const TIMEOUT_FIELDS: Fields<Timeouts> = [
  ["tcp", ({ tcp }) => tcp],
  ["tcpfin", ({ tcpFin }) => tcpFin],
  ["udp", ({ udp }) => udp],
];

/** `-w 1 -> 5, -x 0 -> 100`. */
function changes<T>(fields: Fields<T>, before: T, after: T): string {
  const pairs = fields.map(([option, value]) => [option, value(before), value(after)] as const);
  const different = pairs.filter(([, old, now]) => old !== now);
  return different.map(([option, old, now]) => `${option} ${old} -> ${now}`).join(", ");
}
