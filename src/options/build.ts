import { UsageError } from "../errors.js";
import {
  type Destination,
  type DestinationKey,
  FORWARDING_NUMBERS,
  type ForwardingMethod,
  PLAIN_TUNNEL,
  sameTunnel,
  TUNNEL_NUMBERS,
  type TunnelType,
} from "../model/destination.js";
import { named } from "../model/named.js";
import { IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT, type Service } from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import { checkOptions, checkRaw, checkServer, checkService } from "./checks.js";
import type { Command } from "./command.js";
import type { Draft } from "./draft.js";
import { list } from "./list.js";
import { type CommandName, TIMEOUT_RANGE } from "./options.js";
import { parseNumber, parseSchedulerFlags } from "./values.js";

/** The commands that options belong to. */
type Buildable = Exclude<CommandName, "help" | "version">;

/**
 * Makes the command of a draft: all checks that need to know every word, in the order of ipvsadm 1.31.
 *
 * @param leftovers the words that were neither options nor arguments
 * @throws UsageError
 */
export function build(command: Buildable, draft: Draft, leftovers: readonly string[]): Command {
  let unexpected = leftovers[0];
  if (command === "set") {
    draft.timeouts = timeouts(leftovers);
    unexpected = leftovers[3];
  }
  if (unexpected !== undefined) throw new UsageError(`unexpected argument ${unexpected}`);
  if (draft.schedulerFlags !== "") draft.flags = parseSchedulerFlags(draft.schedulerFlags, draft.scheduler);
  checkOptions(command, draft.given);
  checkRaw(draft);
  return BUILDERS[command](draft);
}

const BUILDERS: Readonly<Record<Buildable, (draft: Draft) => Command>> = {
  "add-service": (draft) => ({ kind: "add-service", service: service(draft) }),
  "edit-service": (draft) => ({ kind: "edit-service", service: service(draft) }),
  "delete-service": (draft) => ({ kind: "delete-service", service: draft.serviceKey() }),
  flush: () => ({ kind: "flush" }),
  list,
  zero: (draft) =>
    draft.given.has("service-address") ? { kind: "zero", service: draft.serviceKey() } : { kind: "zero" },
  "add-server": (draft) => ({ kind: "add-server", service: draft.serviceKey(), server: server(draft) }),
  "edit-server": (draft) => ({ kind: "edit-server", service: draft.serviceKey(), server: server(draft) }),
  "delete-server": (draft) => ({ kind: "delete-server", service: draft.serviceKey(), server: serverKey(draft) }),
  set: (draft) => ({ kind: "set", timeouts: draft.timeouts }),
  restore: () => ({ kind: "restore" }),
  save: ({ given }) => ({ kind: "save", all: given.has("all"), sort: !given.has("nosort"), json: given.has("json") }),
  "start-daemon": (draft) => ({ kind: "start-daemon", daemon: daemon(draft) }),
  "stop-daemon": (draft) => ({ kind: "stop-daemon", state: draft.state, syncId: draft.syncId }),
};

function service(draft: Draft): Service {
  checkService(draft);
  const { given, scheduler, netmask, engine, raw } = draft;
  let { flags } = draft;
  if (given.has("persistent")) flags |= IP_VS_SVC_F_PERSISTENT;
  if (given.has("ops")) flags |= IP_VS_SVC_F_ONEPACKET;
  const options = { scheduler, flags: raw.flags ?? flags, timeout: raw.timeout ?? draft.timeout, netmask };
  if (raw.port !== undefined) draft.port = raw.port;
  const key = draft.serviceKey();
  return engine === "" ? { ...key, ...options } : { ...key, ...options, persistenceEngine: engine };
}

function serverKey(draft: Draft): DestinationKey {
  return { address: draft.serverAddress, port: draft.serverPort };
}

function server(draft: Draft): Destination {
  checkServer(draft);
  const { forwarding, weight, raw } = draft;
  // Only NAT rewrites ports. For firewall marks, whose services have none, 1.31 keeps what was typed.
  const port = forwarding === "masq" || draft.fwmark !== 0 ? draft.serverPort : draft.port;
  const destination = {
    address: draft.serverAddress,
    port: raw.port ?? port,
    forwarding: named<ForwardingMethod>(raw.forwarding ?? forwarding, FORWARDING_NUMBERS),
    weight,
    upperThreshold: raw["u-threshold"] ?? draft.upperThreshold,
    lowerThreshold: raw["l-threshold"] ?? draft.lowerThreshold,
  };
  const type = named<TunnelType>(raw["tun-type"] ?? draft.tunnelType, TUNNEL_NUMBERS);
  const tunnel = { type, port: raw["tun-port"] ?? draft.tunnelPort, flags: raw["tun-flags"] ?? draft.tunnelFlags };
  return sameTunnel(tunnel, PLAIN_TUNNEL) ? destination : { ...destination, tunnel };
}

/** Absent fields of a daemon are the kernel's to choose. */
function daemon(draft: Draft): Daemon {
  const { state, interface: name, syncId, syncMaxLength, multicastGroup, multicastPort, multicastTtl } = draft;
  return {
    state,
    interface: name,
    syncId,
    ...(syncMaxLength !== undefined && { syncMaxLength }),
    ...(multicastGroup !== undefined && { multicastGroup }),
    ...(multicastPort !== undefined && { multicastPort }),
    ...(multicastTtl !== undefined && { multicastTtl }),
  };
}

function timeouts(words: readonly string[]): Timeouts {
  const [tcp, tcpFin, udp] = words;
  if (tcp === undefined || tcpFin === undefined || udp === undefined) {
    throw new UsageError("--set option requires 3 timeout values");
  }
  return { tcp: seconds(tcp), tcpFin: seconds(tcpFin), udp: seconds(udp) };
}

function seconds(text: string): number {
  const value = parseNumber(text, ...TIMEOUT_RANGE);
  if (value === undefined) throw new UsageError(`invalid timeout value \`${text}' specified`);
  return value;
}
