import { UsageError } from "../errors.js";
import { SCHEDULER_FLAG_BITS } from "../model/scheduler-flags.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import { parseSchedulerFlags } from "../options/values.js";

/** What to change in a service; what is absent stays as it is. */
export interface ServiceEdit {
  readonly scheduler?: string;
  /** Seconds; `true`: persistent for as long as it is already, else the usual time; `false`: not persistent. */
  readonly persistent?: number | boolean;
  readonly netmask?: string | number;
  /** `false`: none. */
  readonly persistenceEngine?: string | false;
  /** One-packet scheduling. */
  readonly onePacket?: boolean;
  /** Names after `-b`, separated by commas; those that begin with a dash are turned off. `false`: all off. */
  readonly schedulerFlags?: string | false;
}

/** What `-p` means when it does not say how long. */
const USUAL_PERSISTENCE = 360;

/**
 * A service with what was named changed. Without persistence nothing of it remains: no timeout, netmask or engine.
 *
 * @throws UsageError for what a service may not be, with the text of ipvsadm 1.31
 */
export function editService(service: Service, edit: ServiceEdit): Service {
  const { persistenceEngine: engine, ...rest } = editPersistence(service, edit.persistent);
  const scheduler = edit.scheduler ?? rest.scheduler;
  const persistenceEngine = edit.persistenceEngine ?? engine;
  let { flags } = rest;
  if (edit.schedulerFlags !== undefined) flags = editFlags(flags, edit.schedulerFlags, scheduler);
  if (edit.onePacket !== undefined) flags = withBits(flags, IP_VS_SVC_F_ONEPACKET, edit.onePacket);
  checkService(service, edit);
  return {
    ...rest,
    scheduler,
    flags,
    netmask: edit.netmask ?? rest.netmask,
    ...(persistenceEngine && { persistenceEngine }),
  };
}

function editPersistence(service: Service, persistent: ServiceEdit["persistent"]): Service {
  if (persistent === undefined) return service;
  if (persistent === false) {
    const { persistenceEngine: _, ...rest } = service;
    const flags = withBits(service.flags, IP_VS_SVC_F_PERSISTENT, false);
    return { ...rest, flags, timeout: 0, netmask: FULL_NETMASK[serviceFamily(service)] };
  }
  const before = (service.flags & IP_VS_SVC_F_PERSISTENT) === 0 ? 0 : service.timeout;
  const timeout = persistent === true ? before || USUAL_PERSISTENCE : persistent;
  return { ...service, flags: withBits(service.flags, IP_VS_SVC_F_PERSISTENT, true), timeout };
}

function editFlags(flags: number, names: string | false, scheduler: string): number {
  if (names === false) return withBits(flags, SCHEDULER_FLAG_BITS, false);
  const words = names.split(",");
  const on = words.filter((word) => !word.startsWith("-"));
  const off = words.filter((word) => word.startsWith("-")).map((word) => word.slice(1));
  const added = withBits(flags, parseSchedulerFlags(on.join(","), scheduler), true);
  return withBits(added, parseSchedulerFlags(off.join(","), scheduler), false);
}

function withBits(flags: number, bits: number, on: boolean): number {
  return (on ? flags | bits : flags & ~bits) >>> 0;
}

/** Only what was named is checked: a service that another tool made odd can still be edited elsewhere. */
function checkService(key: ServiceKey, edit: ServiceEdit): void {
  if (isFirewallMark(key)) return;
  if (edit.persistent === false && key.port === 0) {
    throw new UsageError("Zero port specified for non-persistent service");
  }
  if (edit.onePacket && key.protocol !== "udp") {
    throw new UsageError("One-Packet Scheduling is only for UDP virtual services");
  }
}
