import { SERVICE_KINDS } from "./matches.js";
import { SCHEDULER_NAMES } from "./schedulers.js";

/** How a command takes an option: as the user likes, always, or as the only one of the command's "single" options. */
export type Use = "optional" | "required" | "single";

/** What follows a command or an option. */
export interface Argument {
  /** Placeholder in help texts. */
  readonly name: string;
  /** It may be left out; a following word is then taken only if it does not begin with a dash. */
  readonly optional?: true;
  /** The whole numbers that it may be. */
  readonly range?: readonly [least: number, greatest: number];
  /** The words that it may be; where there is no `refusal`, only the usual ones. */
  readonly values?: readonly string[];
  /** What counts when it is not given. */
  readonly default?: string | number;
  /** The message of ipvsadm 1.31 for a value that it does not accept; `%` stands for the value. */
  readonly refusal?: string;
}

/** A row of the table of commands. */
export interface CommandRow {
  /** Its name in messages. */
  readonly name: string;
  /** Without the two dashes. */
  readonly long: string;
  /** Letters that mean the same after one dash. */
  readonly short?: string;
  readonly argument?: Argument;
  /** What else it takes, for help texts. */
  readonly synopsis?: string;
  readonly help: string;
}

/** A row of the table of options. */
export interface OptionRow {
  readonly long: string;
  readonly short?: string;
  /** Its name in messages where that is not `long`. Rows with the same name exclude each other. */
  readonly name?: string;
  readonly group: Group;
  /** The commands that take it; with all others it is illegal. Absent: legal with every command, any number of times. */
  readonly commands?: Readonly<Record<string, Use>>;
  readonly argument?: Argument;
  readonly help: string;
}

/** Headings of help texts, in their order. */
export const GROUPS = {
  service: "Virtual service (SERVICE)",
  "service-options": "Service options",
  "server-options": "Server options",
  listing: "Listing options",
  daemon: "Sync daemon options",
} as const;
export type Group = keyof typeof GROUPS;

const INT_MAX = 0x7fffffff;
const UINT_MAX = 0xffffffff;

/** The seconds that `--set` takes, and `-p` but for 0. */
export const TIMEOUT_RANGE = [0, 31 * 24 * 60 * 60] as const;

const STATE = { name: "master|backup", values: ["master", "backup"] } as const;

/** The commands. The first option of a command line must be one of these, and no other option may. */
// biome-ignore format: a table
export const COMMANDS = [
  { name: "add-service", long: "add-service", short: "A", synopsis: "SERVICE [options]", help: "create a service" },
  { name: "edit-service", long: "edit-service", short: "E", synopsis: "SERVICE [options]", help: "redefine a service" },
  { name: "delete-service", long: "delete-service", short: "D", synopsis: "SERVICE", help: "remove a service" },
  { name: "flush", long: "clear", short: "C", help: "remove all services" },
  { name: "list", long: "list", short: "Ll", synopsis: "[SERVICE] [options]", help: "show services and servers" },
  { name: "zero", long: "zero", short: "Z", synopsis: "[SERVICE]", help: "set counters to zero" },
  { name: "add-server", long: "add-server", short: "a", synopsis: "SERVICE -r HOST [options]", help: "add a server" },
  { name: "edit-server", long: "edit-server", short: "e", synopsis: "SERVICE -r HOST [options]", help: "redefine a server" },
  { name: "delete-server", long: "delete-server", short: "d", synopsis: "SERVICE -r HOST", help: "remove a server" },
  { name: "set", long: "set", synopsis: "TCP TCPFIN UDP", help: "idle seconds; 0 leaves as it is" },
  { name: "restore", long: "restore", short: "R", help: "run commands from stdin" },
  { name: "save", long: "save", short: "S", synopsis: "[options]", help: "print the table as commands" },
  { name: "start-daemon", long: "start-daemon", synopsis: "[options]", help: "synchronise connections",
    argument: { ...STATE, refusal: "illegal start-daemon parameter specified" } },
  { name: "stop-daemon", long: "stop-daemon", help: "stop doing so",
    argument: { ...STATE, refusal: "illegal start_daemon specified" } },
  { name: "help", long: "help", short: "h", help: "this text" },
  { name: "version", long: "version", short: "v", help: "version numbers" },
] as const satisfies readonly CommandRow[];

/** A command, as ipvsadm 1.31 names it in messages. */
export type CommandName = (typeof COMMANDS)[number]["name"];

type Uses = Readonly<Partial<Record<CommandName, Use>>>;
const SERVICES = { "add-service": "optional", "edit-service": "optional" } as const satisfies Uses;
const SERVERS = { "add-server": "optional", "edit-server": "optional" } as const satisfies Uses;
const LISTS = { list: "optional" } as const satisfies Uses;
const LISTS_ALONE = { list: "single" } as const satisfies Uses;
const PRINTS = { list: "optional", save: "optional" } as const satisfies Uses;
const SAVES = { save: "optional" } as const satisfies Uses;
const DAEMONS = { "start-daemon": "optional" } as const satisfies Uses;
const SYNC_IDS = { "start-daemon": "optional", "stop-daemon": "optional", list: "optional" } as const satisfies Uses;
const NAMES_SERVER = {
  "add-server": "required",
  "edit-server": "required",
  "delete-server": "required",
} as const satisfies Uses;
const NAMES_SERVICE = {
  ...NAMES_SERVER,
  "add-service": "required",
  "edit-service": "required",
  "delete-service": "required",
  list: "single",
  zero: "optional",
} as const satisfies Uses;

const RECORDS = {
  ...SERVICES,
  ...SERVERS,
  "delete-service": "optional",
  "delete-server": "optional",
  zero: "optional",
  list: "optional",
} as const satisfies Uses;

const SERVICE_ADDRESS = { name: "HOST[:PORT]", refusal: "illegal virtual server address[:port] specified" } as const;

/** The options, in the order in which ipvsadm 1.31 checks whether the command takes them. */
// biome-ignore format: a table
export const OPTIONS = [
  { long: "numeric", short: "n", group: "listing", commands: PRINTS, help: "addresses and ports as numbers" },
  { long: "connection", short: "c", group: "listing", commands: LISTS_ALONE, help: "connections" },
  { long: "tcp-service", short: "t", name: "service-address", group: "service", commands: NAMES_SERVICE,
    argument: SERVICE_ADDRESS, help: "TCP" },
  { long: "udp-service", short: "u", name: "service-address", group: "service", commands: NAMES_SERVICE,
    argument: SERVICE_ADDRESS, help: "UDP" },
  { long: "sctp-service", name: "service-address", group: "service", commands: NAMES_SERVICE,
    argument: SERVICE_ADDRESS, help: "SCTP" },
  { long: "fwmark-service", short: "f", name: "service-address", group: "service", commands: NAMES_SERVICE,
    argument: { name: "MARK", range: [1, UINT_MAX], refusal: "invalid fwmark value `%' specified" },
    help: "firewall mark" },
  { long: "scheduler", short: "s", group: "service-options", commands: SERVICES,
    argument: { name: "NAME", default: "wlc",
      values: SCHEDULER_NAMES },
    help: "how servers take turns" },
  { long: "persistent", short: "p", group: "service-options", commands: SERVICES,
    argument: { name: "SECONDS", optional: true, range: [1, TIMEOUT_RANGE[1]], default: 360,
      refusal: "invalid timeout value `%' specified" },
    help: "clients keep a server" },
  { long: "netmask", short: "M", group: "service-options", commands: SERVICES,
    argument: { name: "MASK", refusal: "illegal virtual server persistent mask specified" },
    help: "clients taken as one: 255.255.255.0 or 24, for IPv6 64 (default: each alone)" },
  { long: "real-server", short: "r", group: "server-options", commands: { ...NAMES_SERVER, ...LISTS },
    argument: { name: "HOST[:PORT]", refusal: "illegal real server address[:port] specified" },
    help: "the server; its own port with -m or -f only; with -L: show this one, or a network" },
  { long: "gatewaying", short: "g", name: "forwarding-method", group: "server-options", commands: SERVERS,
    help: "direct routing (default)" },
  { long: "ipip", short: "i", name: "forwarding-method", group: "server-options", commands: SERVERS,
    help: "tunnel" },
  { long: "masquerading", short: "m", name: "forwarding-method", group: "server-options", commands: SERVERS,
    help: "NAT" },
  { long: "weight", short: "w", group: "server-options", commands: SERVERS,
    argument: { name: "N", range: [0, INT_MAX], default: 1, refusal: "illegal weight specified" },
    help: "share of the load; 0: no new clients" },
  { long: "u-threshold", short: "x", group: "server-options", commands: SERVERS,
    argument: { name: "N", range: [0, INT_MAX], default: 0, refusal: "illegal u_threshold specified" },
    help: "full at so many connections; 0: never" },
  { long: "l-threshold", short: "y", group: "server-options", commands: SERVERS,
    argument: { name: "N", range: [0, INT_MAX], default: 0, refusal: "illegal l_threshold specified" },
    help: "open again at so many; 0: 3/4 of -x" },
  { long: "mcast-interface", group: "daemon", commands: DAEMONS,
    argument: { name: "INTERFACE", default: "eth0" }, help: "where the daemons meet" },
  { long: "timeout", group: "listing", commands: LISTS_ALONE, help: "the timeouts of --set" },
  { long: "daemon", group: "listing", commands: LISTS_ALONE, help: "sync daemons" },
  { long: "stats", group: "listing", commands: LISTS, help: "connections, packets, bytes" },
  { long: "rate", group: "listing", commands: LISTS, help: "the same per second" },
  { long: "thresholds", group: "listing", commands: LISTS, help: "the limits -x and -y" },
  { long: "persistent-conn", group: "listing", commands: LISTS, help: "persistent connections; with -c what engines know" },
  { long: "nosort", group: "listing", commands: PRINTS, help: "as the kernel orders them; with -S oldest first" },
  { long: "syncid", group: "daemon", commands: SYNC_IDS,
    argument: { name: "N", range: [0, 255], default: 0, refusal: "illegal syncid specified" },
    help: "number of the cluster" },
  { long: "exact", short: "X", group: "listing", commands: LISTS, help: "all digits of large numbers" },
  { long: "ops", short: "o", group: "service-options", commands: SERVICES,
    help: "schedule every packet (UDP or mark)" },
  { long: "pe", group: "service-options", commands: SERVICES,
    argument: { name: "ENGINE", values: ["sip"] }, help: "what tells clients apart" },
  { long: "sched-flags", short: "b", group: "service-options", commands: SERVICES,
    argument: { name: "FLAGS" }, help: "what the scheduler heeds: sh-fallback,sh-port or mh-fallback,mh-port or flag-1,flag-2,flag-3" },
  { long: "mcast-group", group: "daemon", commands: DAEMONS,
    argument: { name: "ADDRESS", default: "224.0.0.81" }, help: "multicast address" },
  { long: "mcast-port", group: "daemon", commands: DAEMONS,
    argument: { name: "PORT", range: [1, 65535], default: 8848, refusal: "illegal mcast-port specified" },
    help: "UDP port" },
  { long: "mcast-ttl", group: "daemon", commands: DAEMONS,
    argument: { name: "N", range: [1, 255], default: 1, refusal: "illegal mcast-ttl specified" },
    help: "hops" },
  { long: "sync-maxlen", group: "daemon", commands: DAEMONS,
    argument: { name: "BYTES", range: [1, 65507], refusal: "illegal sync-maxlen specified" },
    help: "message size; default: by MTU" },
  { long: "tun-info", group: "listing", commands: LISTS, help: "tunnels" },
  { long: "tun-type", group: "server-options", commands: SERVERS,
    argument: { name: "TYPE", values: ["ipip", "gue", "gre"], default: "ipip", refusal: "illegal tunnel type specified" },
    help: "with -i" },
  { long: "tun-port", group: "server-options", commands: SERVERS,
    argument: { name: "PORT", range: [1, 65535], refusal: "illegal tunnel port specified" },
    help: "UDP port of gue" },
  { long: "tun-nocsum", group: "server-options", commands: SERVERS, help: "no checksums, with gue and gre (default)" },
  { long: "tun-csum", group: "server-options", commands: SERVERS, help: "checksums, with gue and gre" },
  { long: "tun-remcsum", group: "server-options", commands: SERVERS, help: "remote checksums, with gue" },
  { long: "json", short: "j", group: "listing", commands: PRINTS, help: "as JSON" },
  { long: "all", group: "listing", commands: SAVES, help: "with -S: timeouts and sync daemons too" },
  { long: "only", group: "listing", commands: LISTS,
    argument: { name: "KINDS", values: SERVICE_KINDS, refusal: "illegal service kind `%' specified" },
    help: "services of these kinds" },
  { long: "weight-zero", group: "listing", commands: LISTS, help: "servers of weight 0" },
  { long: "empty", group: "listing", commands: LISTS, help: "services without servers" },
  { long: "wide", group: "listing", commands: LISTS, help: "names in full, columns as wide as they are" },
  { long: "color", group: "listing", commands: LISTS,
    argument: { name: "WHEN", values: ["auto", "always", "never"], default: "auto", refusal: "illegal color `%' specified" },
    help: "what takes no connections stands out" },
  { long: "client", group: "listing", commands: LISTS,
    argument: { name: "HOST[:PORT]", refusal: "illegal client address[:port] specified" },
    help: "with -c: of this client or network" },
  { long: "vip", group: "listing", commands: LISTS,
    argument: { name: "HOST[:PORT]", refusal: "illegal virtual address[:port] specified" },
    help: "with -c: to this virtual address" },
  { long: "state", group: "listing", commands: LISTS, argument: { name: "STATE" },
    help: "with -c: in this state" },
  { long: "raw", group: "service", commands: RECORDS,
    argument: { name: "FIELD=N[,…]" }, help: "fields in the kernel's numbers, where no other option says it: port=8080 (-g, -i)" },
  { long: "sort", group: "listing", help: "no effect" },
  { long: "ipv6", short: "6", group: "service", help: "after -f: the mark is on IPv6 packets" },
] as const satisfies readonly OptionRow[];

/** A row of the table of options, with its own name. */
export type Row = (typeof OPTIONS)[number];

/** An option without its dashes. */
export type LongOption = Row["long"];

/** An option, as ipvsadm 1.31 names it in messages. */
export type OptionName = Row extends infer R
  ? R extends { name: infer N }
    ? N
    : R extends Row
      ? R["long"]
      : never
  : never;

/** The name of a row in messages. */
export function optionName(row: Row): OptionName {
  return "name" in row ? row.name : row.long;
}

/** What the tunnel types of `-i` make of the tunnel options. Not listed means illegal. */
export const TUNNEL_USES: Readonly<Record<"ipip" | "gue" | "gre", Readonly<Partial<Record<OptionName, Use>>>>> = {
  ipip: {},
  gue: { "tun-port": "required", "tun-nocsum": "single", "tun-csum": "single", "tun-remcsum": "single" },
  gre: { "tun-nocsum": "single", "tun-csum": "single" },
};

/** The options that TUNNEL_USES speaks of, in the order of the check. */
export const TUNNEL_OPTIONS: readonly OptionName[] = ["tun-port", "tun-nocsum", "tun-csum", "tun-remcsum"];

/** The options that a command takes, in the order of the table. `--sort`, which has no effect, is left out. */
export function optionsOf(command: CommandName): Row[] {
  const takes = (row: Row) => "commands" in row && Object.hasOwn(row.commands, command);
  const marks = OPTIONS.some((row) => row.long === "fwmark-service" && takes(row));
  return OPTIONS.filter((row) => takes(row) || (row.long === "ipv6" && marks));
}
