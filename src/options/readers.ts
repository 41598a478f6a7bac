import { UsageError } from "../errors.js";
import { familyOf } from "../model/address.js";
import { IP_VS_TUNNEL_ENCAP_FLAG_CSUM, IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM } from "../model/destination.js";
import type { Protocol } from "../model/service.js";
import type { Names } from "../names/names.js";
import type { Draft } from "./draft.js";
import { type EndpointMatch, parseKinds, parseMatch } from "./matches.js";
import { type Argument, COMMANDS, type CommandName, type CommandRow, type LongOption, OPTIONS } from "./options.js";
import { parseRaw } from "./raw.js";
import { cutBytes, parseEndpoint, parseIpv4Netmask, parseIpv6Netmask, parseMulticast, parseNumber } from "./values.js";

/** Notes an option in a draft. `text` is its argument, absent only where that is optional or there is none. */
export type Reader = (draft: Draft, text: string | undefined, names: Names) => void;

type FieldOf<T> = { [K in keyof Draft]-?: Draft[K] extends T ? K : never }[keyof Draft];

const ARGUMENTS = new Map<LongOption, Argument>(
  OPTIONS.flatMap((row) => ("argument" in row ? [[row.long, row.argument]] : [])),
);

/** The readers of the options that say more than that they are given. */
export const OPTION_READERS: Readonly<Partial<Record<LongOption, Reader>>> = {
  "tcp-service": service("tcp"),
  "udp-service": service("udp"),
  "sctp-service": service("sctp"),
  "fwmark-service": (draft, mark) => {
    draft.fwmark = inRange("fwmark-service", mark!);
    draft.protocol = "tcp";
  },
  ipv6: (draft) => {
    if (draft.fwmark === 0) fail("-6 used before -f\n");
    draft.useIpv6();
  },

  scheduler: module("scheduler", "scheduler", 15, "wlc"),
  persistent: (draft, seconds) => {
    draft.timeout = seconds === undefined ? Number(argumentOf("persistent").default) : inRange("persistent", seconds);
  },
  netmask: (draft, mask, names) => {
    draft.netmask =
      draft.family === "ipv6"
        ? (parseIpv6Netmask(mask!) ?? fail("illegal ipv6 netmask specified"))
        : (parseIpv4Netmask(mask!, names) ?? refuse("netmask", mask!));
  },
  pe: module("pe", "engine", 16),
  "sched-flags": name("schedulerFlags"),

  "real-server": (draft, host, names) => {
    if (draft.command === "list") {
      draft.filter.server = match("real-server", host!, names);
      return;
    }
    const { address, port } = parseEndpoint(host!, draft.protocol, names) ?? refuse("real-server", host!);
    draft.serverAddress = address;
    draft.serverPort = port ?? draft.port;
  },
  gatewaying: fixed("forwarding", "route"),
  ipip: fixed("forwarding", "tunnel"),
  masquerading: fixed("forwarding", "masq"),
  weight: number("weight", "weight"),
  "u-threshold": number("u-threshold", "upperThreshold"),
  "l-threshold": number("l-threshold", "lowerThreshold"),
  "tun-type": (draft, type) => {
    if (type !== "ipip" && type !== "gue" && type !== "gre") return refuse("tun-type", type!);
    draft.tunnelType = type;
  },
  "tun-port": number("tun-port", "tunnelPort"),
  "tun-csum": fixed("tunnelFlags", IP_VS_TUNNEL_ENCAP_FLAG_CSUM),
  "tun-remcsum": fixed("tunnelFlags", IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM),

  "mcast-interface": name("interface", 15, "eth0"),
  syncid: number("syncid", "syncId"),
  "sync-maxlen": number("sync-maxlen", "syncMaxLength"),
  "mcast-group": (draft, group) => {
    const family = group!.includes(":") ? "IPv6" : "IPv4";
    draft.multicastGroup = parseMulticast(group!) ?? fail(`invalid ${family} mcast-group \`${group}'`);
  },
  "mcast-port": number("mcast-port", "multicastPort"),
  "mcast-ttl": number("mcast-ttl", "multicastTtl"),

  raw: (draft, text) => {
    draft.raw = parseRaw(text!, draft.command);
  },

  only: (draft, text) => {
    const read = parseKinds(text!);
    draft.filter.only = "kinds" in read ? read.kinds : refuse("only", read.unknown);
  },
  "weight-zero": (draft) => {
    draft.filter.weightZero = true;
  },
  empty: (draft) => {
    draft.filter.empty = true;
  },
  color: (draft, when) => {
    if (when !== "auto" && when !== "always" && when !== "never") return refuse("color", when!);
    draft.color = when;
  },
  client: (draft, host, names) => {
    draft.filter.client = match("client", host!, names);
  },
  vip: (draft, host, names) => {
    draft.filter.virtual = match("vip", host!, names);
  },
  state: (draft, text) => {
    draft.filter.state = text!.toUpperCase();
  },
};

/** The readers of the commands that have an argument. */
export const COMMAND_READERS: Readonly<Partial<Record<CommandName, Reader>>> = {
  "start-daemon": daemonState("start-daemon"),
  "stop-daemon": daemonState("stop-daemon"),
};

function service(protocol: Protocol): Reader {
  return (draft, text, names) => {
    const { address, port } = parseEndpoint(text!, protocol, names) ?? refuse("tcp-service", text!);
    draft.protocol = protocol;
    draft.address = address;
    draft.port = port ?? 0;
    if (familyOf(address) === "ipv6") draft.useIpv6();
  };
}

function daemonState(command: CommandName): Reader {
  const row: CommandRow = COMMANDS.find(({ name }) => name === command)!;
  const refusal = row.argument!.refusal!;
  return (draft, text) => {
    if (text !== "master" && text !== "backup") return fail(refusal);
    draft.state = text;
  };
}

/** Notes a number in the range of the option's row. */
function number(option: LongOption, field: FieldOf<number | undefined>): Reader {
  const [least, greatest] = argumentOf(option).range!;
  return (draft, text) => {
    draft[field] = parseNumber(text!, least, greatest) ?? refuse(option, text!);
  };
}

/** Notes the name of a scheduler or an engine, which are modules of the kernel. */
function module(option: "scheduler" | "pe", field: "scheduler" | "engine", bytes: number, absent = ""): Reader {
  const note = name(field, bytes, absent);
  return (draft, text, names) => {
    if (draft.inRules && (text!.length > bytes || !/^[!-~]*$/.test(text!))) {
      fail(`illegal ${option} specified: a name has at most ${bytes} characters, all of ASCII`);
    }
    note(draft, text, names);
  };
}

/** Notes a name that the kernel keeps in so many bytes; an empty one means the default. */
function name(field: "scheduler" | "engine" | "interface" | "schedulerFlags", bytes = Infinity, absent = ""): Reader {
  return (draft, text) => {
    draft[field] = cutBytes(text!, bytes) || absent;
  };
}

/** Notes a value that the option itself stands for. */
function fixed<K extends keyof Draft>(field: K, value: Draft[K]): Reader {
  return (draft) => {
    draft[field] = value;
  };
}

/** Addresses that a listing is about. */
function match(option: LongOption, text: string, names: Names): EndpointMatch {
  return parseMatch(text, names) ?? refuse(option, text);
}

/** A number in the range of the option's row. Throws UsageError with 1.31's text. */
export function inRange(option: LongOption, text: string): number {
  const [least, greatest] = argumentOf(option).range!;
  return parseNumber(text, least, greatest) ?? refuse(option, text);
}

function argumentOf(option: LongOption): Argument {
  return ARGUMENTS.get(option)!;
}

/** Throws 1.31's complaint about the value of an option. */
export function refuse(option: LongOption, value: string): never {
  fail(argumentOf(option).refusal!.replace("%", () => value));
}

function fail(message: string): never {
  throw new UsageError(message);
}
