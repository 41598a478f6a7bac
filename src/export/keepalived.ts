import {
  type Destination,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
} from "../model/destination.js";
import { schedulerFlagNames } from "../model/scheduler-flags.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Service,
  serviceFamily,
} from "../model/service.js";
import type { Daemon, Timeouts } from "../model/settings.js";
import type { TableEntry } from "../model/table.js";
import { visibleLine } from "../program/visible.js";
import { refusal } from "./read-back.js";
import { type Exported, exportTable } from "./table.js";

/** What stands before the services. */
const HEAD = `# The table as a configuration of keepalived. A table does not tell what decides whether a server belongs into it:
# add checks where a comment says so, and delay_loop, quorum, sorry_server and notifications as you need them.
`;

/** A configuration with which keepalived makes a table, and what it has no words for. */
export function exportKeepalived(table: readonly TableEntry[], settings: Settings): Exported {
  return exportTable(`${HEAD}${globalSection(settings)}`, table, {
    service: serviceSection,
    refusal,
    program: "keepalived",
  });
}

/** What stands in `global_defs`. */
export interface Settings {
  readonly timeouts?: Timeouts;
  readonly daemons: readonly Daemon[];
}

const FORWARDING: Readonly<Record<string, string>> = { masq: "NAT", route: "DR", tunnel: "TUN" };
const CHECKSUMS = new Map([
  [IP_VS_TUNNEL_ENCAP_FLAG_CSUM, " csum"],
  [IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM, " remcsum"],
]);

/** `TUN type gue port 6080 csum`. What keepalived has no word for becomes one that no reader takes. */
function methodWords({ forwarding, tunnel }: Destination): string {
  const word = FORWARDING[forwarding] ?? String(forwarding);
  if (tunnel === undefined) return word;
  const port = tunnel.port === 0 ? "" : ` port ${tunnel.port}`;
  return `${word} type ${tunnel.type}${port}${CHECKSUMS.get(tunnel.flags) ?? ""}`;
}

function serviceSection({ service, destinations }: TableEntry): string {
  const method = methodWords(destinations[0]!);
  const lines = [`virtual_server ${targetWords(service)} {`];
  for (const words of serviceWords(service, method, destinations)) lines.push(`    ${words}`);
  for (const server of destinations) lines.push(...serverLines(service, server, method));
  return `${lines.join("\n")}\n}\n`;
}

function targetWords(service: Service): string {
  return isFirewallMark(service) ? `fwmark ${service.fwmark}` : `${service.address} ${service.port}`;
}

function* serviceWords(service: Service, method: string, servers: readonly Destination[]): Generator<string> {
  const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
  if (!isFirewallMark(service)) yield `protocol ${String(service.protocol).toUpperCase()}`;
  yield `lvs_sched ${scheduler}`;
  yield* schedulerFlagNames(scheduler, flags);
  yield `lvs_method ${method}`;
  if ((flags & IP_VS_SVC_F_ONEPACKET) !== 0) yield "ops";
  const family = serviceFamily(service);
  if (isFirewallMark(service) && servers.every(({ forwarding }) => forwarding === "tunnel")) {
    yield `ip_family ${family === "ipv6" ? "inet6" : "inet"}`;
  }
  if ((flags & IP_VS_SVC_F_PERSISTENT) !== 0) {
    yield `persistence_timeout ${timeout}`;
    if (netmask !== FULL_NETMASK[family]) yield `persistence_granularity ${netmask}`;
  }
  if (persistenceEngine !== undefined) yield `persistence_engine ${persistenceEngine}`;
}

function* serverLines(service: Service, server: Destination, common: string): Generator<string> {
  const method = methodWords(server);
  yield `    real_server ${server.address} ${server.port} {`;
  yield `        weight ${server.weight}`;
  if (method !== common) yield `        lvs_method ${method}`;
  if (server.upperThreshold !== 0) yield `        uthreshold ${server.upperThreshold}`;
  if (server.lowerThreshold !== 0) yield `        lthreshold ${server.lowerThreshold}`;
  if (isFirewallMark(service) || service.protocol !== "tcp") yield "        # no check: the table does not tell of one";
  else if (server.port === 0) yield "        # no check: the table does not tell a port";
  else yield* ["        TCP_CHECK {", "            connect_timeout 3", "        }"];
  yield "    }";
}

/** `global_defs`, with what keepalived can start by itself; empty when nothing is to be said. */
function globalSection({ timeouts, daemons }: Settings): string {
  const lines = [...timeoutWords(timeouts), ...daemonWords(daemons)];
  return lines.length === 0 ? "" : `global_defs {\n${lines.map((line) => `    ${line}\n`).join("")}}\n`;
}

function timeoutWords(timeouts: Timeouts | undefined): string[] {
  const { tcp = 0, tcpFin = 0, udp = 0 } = timeouts ?? {};
  const words = Object.entries({ tcp, tcpfin: tcpFin, udp }).filter(([, seconds]) => seconds !== 0);
  return words.length === 0 ? [] : [`lvs_timeouts ${words.map(([key, seconds]) => `${key} ${seconds}`).join(" ")}`];
}

/** Both daemons run where no VRRP instance is named; one alone follows an instance, which a table does not tell. */
function daemonWords([first, second]: readonly Daemon[]): string[] {
  if (first === undefined) return [];
  const words = visibleLine(daemonLine(first));
  const isPlain = /^[\w.@-]+$/.test(first.interface);
  if (isPlain && second !== undefined && daemonLine(second) === words) return [words];
  const only = second === undefined ? `the ${first.state} alone runs` : "master and backup differ";
  return [`# ${words} inst NAME-OF-THE-VRRP-INSTANCE   (${only}, which keepalived makes of the state of an instance)`];
}

function daemonLine({ syncId, syncMaxLength, multicastPort, multicastTtl, multicastGroup, ...daemon }: Daemon): string {
  const options = { id: syncId, maxlen: syncMaxLength, port: multicastPort, ttl: multicastTtl, group: multicastGroup };
  const words = Object.entries(options).filter(([, value]) => value !== undefined);
  return `lvs_sync_daemon ${daemon.interface}${words.map(([key, value]) => ` ${key} ${value}`).join("")}`;
}
