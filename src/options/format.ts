import { formatEndpoint } from "../model/address.js";
import type { Change } from "../model/change.js";
import {
  type Destination,
  type DestinationKey,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  PLAIN_TUNNEL,
} from "../model/destination.js";
import { SCHEDULER_FLAG_BITS, schedulerFlagNames } from "../model/scheduler-flags.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import type { Daemon } from "../model/settings.js";

/**
 * The command line of a change, as `ipvsadm -S` writes it: `-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 1`. Without the name of
 * the program and a line end. Beyond 1.31 it keeps `-x`, `-y`, all scheduler flags, the sign of firewall marks, and the
 * netmask of services that are not persistent.
 *
 * `parseCommand` gives the same change back, but for what command lines have no words for and only other tools can install:
 * - the timeout of a service that is not persistent is left out (it has no effect there);
 * - `local`, `bypass` and unknown forwarding methods become `-g`, unknown tunnel types ipip, as in 1.31;
 * - tunnel options of servers without a tunnel, and those that the type does not take, are left out; of several checksum
 *   flags the one that the kernel heeds is kept;
 * - a server that is not `masq` has the port of its service, unless that is a firewall mark: 1.31's `-a` ignores the port;
 * - flag bits without a name are left out.
 *
 * Values that have words which `parseCommand` refuses are written nevertheless, so that the mistake is noticed and no rule
 * silently means something else: other protocols (`--xxx-service`, as 1.31), port 0 without persistence, `-o` for TCP, numbers
 * out of range.
 */
export function formatChange(change: Change): string {
  switch (change.kind) {
    case "add-service":
      return `-A ${formatService(change.service)}`;
    case "edit-service":
      return `-E ${formatService(change.service)}`;
    case "delete-service":
      return `-D ${formatServiceKey(change.service)}`;
    case "flush":
      return "-C";
    case "add-server":
      return `-a ${formatServiceKey(change.service)} ${formatServer(change.server)}`;
    case "edit-server":
      return `-e ${formatServiceKey(change.service)} ${formatServer(change.server)}`;
    case "delete-server":
      return `-d ${formatServiceKey(change.service)} ${formatServerKey(change.server)}`;
    case "zero":
      return change.service === undefined ? "-Z" : `-Z ${formatServiceKey(change.service)}`;
    case "set":
      return `--set ${change.timeouts.tcp} ${change.timeouts.tcpFin} ${change.timeouts.udp}`;
    case "start-daemon":
      return `--start-daemon ${formatDaemon(change.daemon)}`;
    case "stop-daemon":
      return `--stop-daemon ${change.state}${option(" --syncid", change.syncId || undefined)}`;
  }
}

const PROTOCOL_OPTIONS = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;

/** The options that name a service: `-t 192.0.2.1:80`, `-f 7 -6`. */
export function formatServiceKey(key: ServiceKey): string {
  if (isFirewallMark(key)) return key.family === "ipv6" ? `-f ${key.fwmark} -6` : `-f ${key.fwmark}`;
  const { protocol } = key;
  const word = typeof protocol === "number" ? "--xxx-service" : PROTOCOL_OPTIONS[protocol];
  return `${word} ${formatEndpoint(key.address, key.port)}`;
}

function formatService(service: Service): string {
  const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
  const names = (flags & SCHEDULER_FLAG_BITS) === 0 ? undefined : schedulerFlagNames(scheduler, flags).join(",");
  return (
    `${formatServiceKey(service)} -s ${scheduler}` +
    option(" -p", (flags & IP_VS_SVC_F_PERSISTENT) === 0 ? undefined : timeout) +
    option(" -M", netmask === FULL_NETMASK[serviceFamily(service)] ? undefined : netmask) +
    option(" --pe", persistenceEngine) +
    ((flags & IP_VS_SVC_F_ONEPACKET) === 0 ? "" : " -o") +
    option(" -b", names)
  );
}

function formatServerKey(key: DestinationKey): string {
  return `-r ${formatEndpoint(key.address, key.port)}`;
}

function formatServer(server: Destination): string {
  const { forwarding, weight, upperThreshold, lowerThreshold } = server;
  const method = forwarding === "masq" ? "-m" : forwarding === "tunnel" ? "-i" : "-g";
  return (
    `${formatServerKey(server)} ${method} -w ${weight}` +
    option(" -x", upperThreshold || undefined) +
    option(" -y", lowerThreshold || undefined) +
    (forwarding === "tunnel" ? formatTunnel(server) : "")
  );
}

/**
 * Checksum flags may come in odd combinations from other tools. The kernel (ip_vs_xmit.c) does with REMCSUM all that it does
 * with CSUM, and GRE knows only CSUM.
 */
function formatTunnel({ tunnel: { type, port, flags } = PLAIN_TUNNEL }: Destination): string {
  const checksum = (flags & IP_VS_TUNNEL_ENCAP_FLAG_CSUM) === 0 ? "--tun-nocsum" : "--tun-csum";
  switch (type) {
    case "ipip":
      return " --tun-type ipip";
    case "gue": {
      const remote = (flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM) !== 0;
      return ` --tun-type gue --tun-port ${port} ${remote ? "--tun-remcsum" : checksum}`;
    }
    case "gre":
      return ` --tun-type gre ${checksum}`;
    default:
      return "";
  }
}

function formatDaemon(daemon: Daemon): string {
  // A word that begins with # would be a comment in a rule file, and "ipvsadm" is dropped there.
  const equals = daemon.interface.startsWith("#") || daemon.interface === "ipvsadm";
  return (
    `${daemon.state} --mcast-interface${equals ? "=" : " "}${daemon.interface} --syncid ${daemon.syncId}` +
    option(" --sync-maxlen", daemon.syncMaxLength) +
    option(" --mcast-group", daemon.multicastGroup) +
    option(" --mcast-port", daemon.multicastPort) +
    option(" --mcast-ttl", daemon.multicastTtl)
  );
}

/** An option and its value; nothing where there is none. */
function option(word: string, value: string | number | undefined): string {
  return value === undefined ? "" : `${word} ${value}`;
}
