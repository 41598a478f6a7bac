import { SCHEDULER_FLAG_BITS, schedulerFlagNames } from "../model/scheduler-flags.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  PROTOCOL_NUMBERS,
  type Protocol,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import { SERVICE_COLUMN } from "../model/service-list.js";
import type { ServiceRows } from "../model/service-rows.js";
import type { Names } from "../names/names.js";
import { ascii, type ByteLines, putBlanks, putBytes, putEndpoint } from "./bytes.js";
import { endpointText } from "./endpoint.js";

/** Width of the first column; longer texts of IPv4 services are cut. */
const SERVICE_WIDTH = 33;

/** `TCP  192.0.2.1:80`, `FWM  7 IPv6`. Names are cut to the width of their column unless `wide`. */
export function serviceText(key: ServiceKey, names: Names | undefined, wide = false): string {
  if (isFirewallMark(key)) return `FWM  ${key.fwmark}${key.family === "ipv6" ? " IPv6" : ""}`;
  const text = `${protocolText(key.protocol)} ${endpointText(key.address, key.port, key.protocol, names, wide)}`;
  return wide || serviceFamily(key) === "ipv6" ? text : text.slice(0, SERVICE_WIDTH);
}

/** The same before an IPv4 address, by the numbers of protocols. */
const PROTOCOL_TEXTS: ReadonlyMap<number, Uint8Array> = new Map(
  (Object.keys(PROTOCOL_NUMBERS) as (keyof typeof PROTOCOL_NUMBERS)[]).map((name) => [
    PROTOCOL_NUMBERS[name],
    ascii(`${protocolText(name)} `),
  ]),
);

/** More than a protocol and an IPv4 address take. */
const MOST_BYTES = 32;

/** Writes serviceText, and blanks behind it up to a width. */
export function writeServiceText(
  out: ByteLines,
  entry: ServiceRows,
  names: Names | undefined,
  wide: boolean | undefined,
  width: number,
): void {
  const { list, row } = entry;
  const { words } = list;
  const at = list.at(row);
  const protocol = PROTOCOL_TEXTS.get(words[at + SERVICE_COLUMN.PROTOCOL]!);
  if (names === undefined && protocol !== undefined && words[at + SERVICE_COLUMN.VERSION] === 4) {
    const bytes = out.room(MOST_BYTES + width);
    const start = out.length;
    const address = putBytes(bytes, start, protocol);
    const end = putEndpoint(bytes, address, words[at + SERVICE_COLUMN.ADDRESS]!, words[at + SERVICE_COLUMN.PORT]!);
    out.end(putBlanks(bytes, end, start + width));
  } else out.utf8(serviceText(entry.service, names, wide).padEnd(width));
}

function protocolText(protocol: Protocol): string {
  return typeof protocol === "number" ? "?   " : protocol.toUpperCase().padEnd(4);
}

/** Flags that are said besides the scheduler. */
const SAID = SCHEDULER_FLAG_BITS | IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_ONEPACKET;

/** Writes serviceOptionsText. */
export function writeServiceOptions(out: ByteLines, entry: ServiceRows): void {
  const { words } = entry.list;
  const at = entry.list.at(entry.row);
  const scheduler = entry.list.names.bytesOf(words[at + SERVICE_COLUMN.SCHEDULER]!);
  const isPlain = (words[at + SERVICE_COLUMN.FLAGS]! & SAID) === 0 && scheduler !== undefined;
  if (isPlain) out.raw(scheduler);
  else out.utf8(serviceOptionsText(entry.service));
}

/** Scheduler and flags: `rr (flag-1) persistent 360 mask 255.255.255.0 pe sip ops`. */
export function serviceOptionsText(service: Service): string {
  const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
  let text = scheduler;
  if ((flags & SCHEDULER_FLAG_BITS) !== 0) text += ` (${schedulerFlagNames(scheduler, flags).join(",")})`;
  if ((flags & IP_VS_SVC_F_PERSISTENT) !== 0) {
    text += ` persistent ${timeout}`;
    if (netmask !== FULL_NETMASK[serviceFamily(service)]) text += ` mask ${netmask}`;
    if (persistenceEngine !== undefined) text += ` pe ${persistenceEngine}`;
  }
  if ((flags & IP_VS_SVC_F_ONEPACKET) !== 0) text += " ops";
  return text;
}
