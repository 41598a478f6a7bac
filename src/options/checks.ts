import { UsageError } from "../errors.js";
import { familyOf } from "../model/address.js";
import type { Draft } from "./draft.js";
import {
  type CommandName,
  OPTIONS,
  type OptionName,
  optionName,
  TUNNEL_OPTIONS,
  TUNNEL_USES,
  type Use,
} from "./options.js";

/** What a command makes of each option, in the order of the check; absent means illegal. */
type Line = readonly { readonly name: OptionName; readonly use: Use | undefined }[];

const COMMAND_LINES = new Map<CommandName, Line>();
const TUNNEL_LINES = new Map<string, Line>(
  Object.entries(TUNNEL_USES).map(([type, uses]) => [type, TUNNEL_OPTIONS.map((name) => ({ name, use: uses[name] }))]),
);

/** The line of a command in the matrix, made when it is needed first. */
function lineOf(command: CommandName): Line {
  let line = COMMAND_LINES.get(command);
  if (line === undefined) {
    const uses = new Map<OptionName, Use | undefined>();
    for (const row of OPTIONS) {
      if ("commands" in row) uses.set(optionName(row), (row.commands as Partial<Record<CommandName, Use>>)[command]);
    }
    line = Array.from(uses, ([name, use]) => ({ name, use }));
    COMMAND_LINES.set(command, line);
  }
  return line;
}

/** Which options go with a command and with each other. `subject` is the end of the messages. */
function checkLine(line: Line, given: ReadonlySet<OptionName>, subject: string): void {
  let single: OptionName | undefined;
  for (const { name, use } of line) {
    if (!given.has(name)) {
      if (use === "required") throw new UsageError(`You need to supply the '${name}' option for the ${subject}`);
    } else if (use === undefined) {
      throw new UsageError(`Illegal '${name}' option with the ${subject}`);
    } else if (use === "single") {
      if (single !== undefined) {
        throw new UsageError(`The option '${name}' conflicts with the '${single}' option in the ${subject}`);
      }
      single = name;
    }
  }
}

/** Whether the options go with the command. */
export function checkOptions(command: CommandName, given: ReadonlySet<OptionName>): void {
  checkLine(lineOf(command), given, `'${command}' command`);
}

/** The protocol belongs to the address of a service. */
export function checkRaw({ raw, given, fwmark }: Draft): void {
  if (raw.protocol === undefined || (given.has("service-address") && fwmark === 0)) return;
  throw new UsageError("the raw field 'protocol' needs the address of a service");
}

/** Rules for services that the kernel itself does not enforce. */
export function checkService(draft: Draft): void {
  if (draft.fwmark !== 0) return;
  if (draft.port === 0 && !draft.given.has("persistent") && draft.raw.port === undefined) {
    throw new UsageError("Zero port specified for non-persistent service");
  }
  if (draft.given.has("ops") && draft.protocol !== "udp") {
    throw new UsageError("One-Packet Scheduling is only for UDP virtual services");
  }
}

/** Rules for servers: their family and their tunnel. */
export function checkServer(draft: Draft): void {
  const { given } = draft;
  if (draft.forwarding === "tunnel") {
    checkLine(TUNNEL_LINES.get(draft.tunnelType)!, given, `'${draft.tunnelType}' tunnel type`);
    return;
  }
  if (familyOf(draft.serverAddress) !== draft.family) {
    throw new UsageError("Different address family is allowed only for tunneling servers");
  }
  if (given.has("tun-type") || TUNNEL_OPTIONS.some((name) => given.has(name))) {
    throw new UsageError("Tunnel options conflict with forward method");
  }
}

/** Options that only listings of services, or only listings of connections, can do something with. */
const FIGURES = ["stats", "rate", "thresholds"] as const;
const SERVICE_FILTERS = ["only", "weight-zero", "empty"] as const;
const CONNECTION_FILTERS = ["client", "vip", "state"] as const;

/** Options that may each stand with `-L` but not together. */
export function checkListing(given: ReadonlySet<OptionName>): void {
  const anyGiven = (...names: readonly OptionName[]) => names.some((name) => given.has(name));
  const conflict = anyGiven("timeout", "daemon")
    ? anyGiven(...FIGURES, ...SERVICE_FILTERS, ...CONNECTION_FILTERS, "persistent-conn", "real-server", "wide", "color")
    : given.has("connection")
      ? anyGiven(...FIGURES, ...SERVICE_FILTERS, "color")
      : anyGiven(...CONNECTION_FILTERS) || (given.has("empty") && anyGiven("real-server", "weight-zero"));
  if (conflict) throw new UsageError("options conflicts in the list command");
}
