import { SCHEDULER_FLAG_BITS, schedulerFlagNames } from "../model/scheduler-flags.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Protocol,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import type { Names } from "../names/names.js";
import { endpointText } from "./endpoint.js";

/** Width of the first column; longer texts of IPv4 services are cut. */
const SERVICE_WIDTH = 33;

/** `TCP  192.0.2.1:80`, `FWM  7 IPv6`. Names are cut to the width of their column unless `wide`. */
export function serviceText(key: ServiceKey, names: Names | undefined, wide = false): string {
  if (isFirewallMark(key)) return `FWM  ${key.fwmark}${key.family === "ipv6" ? " IPv6" : ""}`;
  const text = `${protocolText(key.protocol)} ${endpointText(key.address, key.port, key.protocol, names, wide)}`;
  return wide || serviceFamily(key) === "ipv6" ? text : text.slice(0, SERVICE_WIDTH);
}

function protocolText(protocol: Protocol): string {
  return typeof protocol === "number" ? "?   " : protocol.toUpperCase().padEnd(4);
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
