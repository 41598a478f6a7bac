import { OWN_SCHEMAS } from "../manual/schema-subcommand.js";
import { formatEndpoint } from "../model/address.js";
import { destinationId } from "../model/destination.js";
import { own } from "../model/own.js";
import { SCHEDULER_FLAGS } from "../model/scheduler-flags.js";
import { isFirewallMark, type Protocol, type Service } from "../model/service.js";
import type { LiveDestination, LiveTable, TableEntry } from "../model/table.js";
import { SERVICE_KINDS } from "../options/matches.js";
import { COMMANDS, OPTIONS } from "../options/options.js";
import { SCHEDULERS } from "../options/schedulers.js";
import { forwardingText } from "../render/server-columns.js";
import type { Choice, Offer, Typed, Values } from "./grammar.js";
import { SCRIPTS } from "./scripts.js";

/** What this host has to offer. */
export interface Live {
  /** Empty when it cannot be read. */
  table(): LiveTable;
  /** Names of network interfaces. */
  interfaces(): readonly string[];
  /** Hosts that ssh knows by name. */
  sshHosts(): readonly string[];
}

/** Values of options and operands from what is there. */
export function liveValues(live: Live): Values {
  return (name, typed) => own(VALUES, name)?.(typed, live);
}

const VALUES: Readonly<Record<string, (typed: Typed, live: Live) => Offer>> = {
  "tcp-service": services("tcp"),
  "udp-service": services("udp"),
  "sctp-service": services("sctp"),
  "fwmark-service": ({ command }, live) => (command === "add-service" ? [] : marks(live.table())),
  "real-server": servers,
  vip: (_, live) => endpoints(live.table()),
  service: (_, live) => endpoints(live.table()),
  scheduler: () => Object.entries(SCHEDULERS).map(([value, help]) => ({ value, help })),
  "sched-flags": ({ word, given }) => {
    const scheduler = given.get("scheduler");
    const known = SCHEDULER_FLAGS.filter(
      (flag) => scheduler === undefined || (flag.scheduler ?? scheduler) === scheduler,
    );
    return commaList(
      known.map(({ name }) => name),
      word,
    );
  },
  only: ({ word }) => commaList(SERVICE_KINDS, word),
  state: () => STATES.map((value) => ({ value })),
  "mcast-interface": (_, live) => live.interfaces().map((value) => ({ value })),
  topic: () => [...COMMANDS, ...OPTIONS].map(({ long, help }) => ({ value: long, help })),
  subcommand: () => OWN_SCHEMAS.map((value) => ({ value })),
  shell: () => Object.keys(SCRIPTS).map((value) => ({ value })),
  file: sources,
  other: sources,
  peer: sources,
  to: ({ word }, live) => commaList(directors(live), word),
  all: () => "files",
};

/** Files, and directors where one is begun. */
function sources({ word }: Typed, live: Live): Offer {
  return word.startsWith("ssh:") ? directors(live).map((value) => ({ value })) : "files";
}

function directors(live: Live): string[] {
  return live.sshHosts().map((name) => `ssh:${name}`);
}

/** The kernel's words for the states of TCP and UDP (ip_vs_proto_tcp.c, ip_vs_proto_udp.c) and of templates. */
const STATES = [
  ...["ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN"],
  ...["SYNACK", "UDP", "NONE", "ASSURED"],
];

/** The services of a protocol; none for a command that makes a new one. */
function services(protocol: Protocol) {
  return ({ command }: Typed, live: Live): Choice[] =>
    command === "add-service"
      ? []
      : live.table().flatMap((entry) => {
          const { service } = entry;
          if (isFirewallMark(service) || service.protocol !== protocol) return [];
          return [{ value: formatEndpoint(service.address, service.port), help: serviceHelp(entry) }];
        });
}

function marks(table: LiveTable): Choice[] {
  return table.flatMap((entry) => {
    const { service } = entry;
    return isFirewallMark(service) ? [{ value: String(service.fwmark), help: serviceHelp(entry) }] : [];
  });
}

function endpoints(table: LiveTable): Choice[] {
  const found = table.flatMap((entry) => {
    const { service } = entry;
    return isFirewallMark(service)
      ? []
      : [[formatEndpoint(service.address, service.port), serviceHelp(entry)] as const];
  });
  return distinct(found);
}

function serviceHelp({ service, destinations }: TableEntry): string {
  return `${service.scheduler}, ${destinations.length} ${destinations.length === 1 ? "server" : "servers"}`;
}

/** The servers of the service that is named; for a new one those of other services, for all services the bare hosts. */
function servers({ command, given }: Typed, live: Live): Choice[] {
  const table = live.table();
  const named = table.find(({ service }) => isNamed(service, given));
  if (named === undefined && ANYWHERE.has(command)) {
    return distinct(table.flatMap(({ destinations }) => destinations.map(({ address }) => [address, ""] as const)));
  }
  if (named !== undefined && command !== "add-server") return named.destinations.map(serverChoice);
  const own = new Set(named?.destinations.map(destinationId));
  const all = distinct(table.flatMap(({ destinations }) => destinations.map((server) => [destinationId(server), ""])));
  return all.filter(({ value }) => !own.has(value));
}

/** Commands that look for a server in all services. */
const ANYWHERE: ReadonlySet<string> = new Set(["list", "drain", "monitor"]);

function isNamed(service: Service, given: ReadonlyMap<string, string>): boolean {
  if (isFirewallMark(service)) {
    return given.get("fwmark-service") === String(service.fwmark) && (service.family === "ipv6") === given.has("ipv6");
  }
  return given.get(`${service.protocol}-service`) === formatEndpoint(service.address, service.port);
}

function serverChoice(server: LiveDestination): Choice {
  return { value: destinationId(server), help: `${forwardingText(server.forwarding)}, weight ${server.weight}` };
}

function distinct(choices: readonly (readonly [value: string, help: string])[]): Choice[] {
  return Array.from(new Map(choices), ([value, help]) => (help === "" ? { value } : { value, help }));
}

/** What may be added to words that are separated by commas; with a dash where that is typed: `set` turns such flags off. */
function commaList(words: readonly string[], typed: string): Choice[] {
  const before = /^(?:[^,]*,)*-?/.exec(typed)![0];
  const taken = new Set(before.split(/,-?/));
  return words.filter((word) => !taken.has(word)).map((word) => ({ value: before + word }));
}
