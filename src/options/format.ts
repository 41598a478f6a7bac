import { formatEndpoint } from "../model/address.js";
import type { Change } from "../model/change.js";
import {
  type Destination,
  type DestinationKey,
  FORWARDING_NUMBERS,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  PLAIN_TUNNEL,
  TUNNEL_NUMBERS,
  type Tunnel,
} from "../model/destination.js";
import { numbered } from "../model/named.js";
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
import { TIMEOUT_RANGE } from "./options.js";
import { formatRaw, type Raw } from "./raw.js";

/**
 * The command line of a change, as `ipvsadm -S` writes it: `-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 1`. Without the name of
 * the program and a line end. `parseCommand` gives the same change back.
 *
 * Beyond 1.31 it keeps `-x`, `-y`, all scheduler flags, the sign of firewall marks, and the netmask of services that are not
 * persistent. What other programs can install and 1.31 has no words for follows in numbers, after the words that come closest:
 * `-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -g -w 1 --raw port=8080`. 1.31 refuses such a line, and does not take it for another.
 *
 * Timeouts of connections (`--set`) above 31 days are written, and refused when read.
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
      return `-a ${formatServer(change.service, change.server)}`;
    case "edit-server":
      return `-e ${formatServer(change.service, change.server)}`;
    case "delete-server":
      return `-d ${keyWords(change.service)} ${formatServerKey(change.server)}${formatRaw(rawKey(change.service))}`;
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

/** The largest threshold that `-x` and `-y` take. */
const LARGEST_THRESHOLD = 0x7fffffff;

const CHECKSUMS = {
  none: { word: "--tun-nocsum", flags: IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM },
  csum: { word: "--tun-csum", flags: IP_VS_TUNNEL_ENCAP_FLAG_CSUM },
  remcsum: { word: "--tun-remcsum", flags: IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM },
} as const;

/** The options that name a service which is found by its address. */
export const PROTOCOL_OPTIONS = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;

/** The options that name a service: `-t 192.0.2.1:80`, `-f 7 -6`, `-t 192.0.2.1:80 --raw protocol=50`. */
export function formatServiceKey(key: ServiceKey): string {
  return `${keyWords(key)}${formatRaw(rawKey(key))}`;
}

/** The words for a service, where another protocol looks like TCP. */
function keyWords(key: ServiceKey): string {
  if (isFirewallMark(key)) return key.family === "ipv6" ? `-f ${key.fwmark} -6` : `-f ${key.fwmark}`;
  const { protocol } = key;
  const word = PROTOCOL_OPTIONS[typeof protocol === "number" ? "tcp" : protocol];
  return `${word} ${formatEndpoint(key.address, key.port)}`;
}

function rawKey(key: ServiceKey): Raw {
  return isFirewallMark(key) || typeof key.protocol !== "number" ? {} : { protocol: key.protocol };
}

/** Notes a field whose value is not the one that the words stand for. */
function unless(same: boolean, value: number): number | undefined {
  return same ? undefined : value;
}

function formatService(service: Service): string {
  const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
  const persistent = (flags & IP_VS_SVC_F_PERSISTENT) !== 0 && timeout > 0 && timeout <= TIMEOUT_RANGE[1];
  const marked = isFirewallMark(service);
  const onePacket = (flags & IP_VS_SVC_F_ONEPACKET) !== 0 && (marked || service.protocol === "udp");
  const scheduling = flags & SCHEDULER_FLAG_BITS;
  const said = (persistent ? IP_VS_SVC_F_PERSISTENT : 0) | (onePacket ? IP_VS_SVC_F_ONEPACKET : 0) | scheduling;
  const full = netmask === FULL_NETMASK[serviceFamily(service)];
  return (
    `${keyWords(service)} -s ${scheduler}` +
    option(" -p", unless(!persistent, timeout)) +
    option(" -M", full ? undefined : netmask) +
    option(" --pe", persistenceEngine) +
    (onePacket ? " -o" : "") +
    option(" -b", scheduling === 0 ? undefined : schedulerFlagNames(scheduler, flags).join(",")) +
    formatRaw({
      ...rawKey(service),
      port: unless(marked || service.port > 0 || persistent, 0),
      flags: unless(flags === said, flags),
      timeout: unless(timeout === (persistent ? timeout : 0), timeout),
    })
  );
}

function formatServerKey(key: DestinationKey): string {
  return `-r ${formatEndpoint(key.address, key.port)}`;
}

const FORWARDING_OPTIONS = { masq: "-m", tunnel: "-i", route: "-g" } as const;

/** Servers that are forwarded to otherwise look like routed ones, as in 1.31. */
function formatServer(service: ServiceKey, server: Destination): string {
  const { forwarding, weight, upperThreshold: upper, lowerThreshold: lower, tunnel = PLAIN_TUNNEL } = server;
  const method = forwarding === "masq" || forwarding === "tunnel" ? forwarding : "route";
  const said = method === "tunnel" ? tunnelWords(tunnel) : { words: "", means: PLAIN_TUNNEL };
  return (
    `${keyWords(service)} ${formatServerKey(server)} ${FORWARDING_OPTIONS[method]} -w ${weight}` +
    option(" -x", unless(upper === 0 || upper > LARGEST_THRESHOLD, upper)) +
    option(" -y", unless(lower === 0 || lower > LARGEST_THRESHOLD, lower)) +
    said.words +
    formatRaw({
      ...rawKey(service),
      port: unless(method === "masq" || isFirewallMark(service) || server.port === service.port, server.port),
      forwarding: unless(forwarding === method, numbered(forwarding, FORWARDING_NUMBERS)),
      "u-threshold": unless(upper <= LARGEST_THRESHOLD, upper),
      "l-threshold": unless(lower <= LARGEST_THRESHOLD, lower),
      "tun-type": unless(tunnel.type === said.means.type, numbered(tunnel.type, TUNNEL_NUMBERS)),
      "tun-port": unless(tunnel.port === said.means.port, tunnel.port),
      "tun-flags": unless(tunnel.flags === said.means.flags, tunnel.flags),
    })
  );
}

/**
 * The words that come closest to an encapsulation, and what they mean. Checksum flags may come in odd combinations from other
 * tools: the kernel (ip_vs_xmit.c) does with REMCSUM all that it does with CSUM, and GRE knows only CSUM.
 */
function tunnelWords({ type, port, flags }: Tunnel): { readonly words: string; readonly means: Tunnel } {
  const sum = (flags & IP_VS_TUNNEL_ENCAP_FLAG_CSUM) === 0 ? CHECKSUMS.none : CHECKSUMS.csum;
  if (type === "ipip") return { words: " --tun-type ipip", means: PLAIN_TUNNEL };
  if (type === "gre") return { words: ` --tun-type gre ${sum.word}`, means: { type, port: 0, flags: sum.flags } };
  if (type !== "gue" || port === 0) return { words: "", means: PLAIN_TUNNEL };
  const gue = (flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM) === 0 ? sum : CHECKSUMS.remcsum;
  return { words: ` --tun-type gue --tun-port ${port} ${gue.word}`, means: { type, port, flags: gue.flags } };
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
