import { UsageError } from "../errors.js";
import { type ServiceKey, serviceFamily } from "../model/service.js";
import type { Names } from "../names/names.js";
import { inRange, refuse } from "../options/readers.js";
import { cutBytes, parseIpv4Netmask, parseIpv6Netmask } from "../options/values.js";
import { readServer, readService } from "../program/selectors.js";
import { ifGiven, type Read } from "../program/subcommand-options.js";
import type { Edit } from "./edit.js";
import type { ServerEdit } from "./server.js";
import type { ServiceEdit } from "./service.js";

/** What the options ask for. Throws UsageError. */
export function readEdit(options: Read, names: Names): { readonly service: ServiceKey; readonly edit: Edit } {
  const service = readService(options, names);
  if (service === undefined) throw new UsageError("name the service with -t, -u, --sctp-service or -f");
  const edit: Edit = { ...readServers(options, service, names), ...readEdits(options, service, names) };
  const chosen = edit.servers === "all" || edit.servers.length > 0;
  if (edit.server !== undefined && !chosen) throw new UsageError("name the servers with -r, or --all of the service");
  if (edit.server === undefined && chosen) throw new UsageError("nothing to change in the servers is named");
  if (edit.server === undefined && edit.service === undefined) throw new UsageError("nothing to change is named");
  return { service, edit };
}

function readServers({ all, realServer = [] }: Read, service: ServiceKey, names: Names): Pick<Edit, "servers"> {
  const texts = realServer as readonly string[];
  if (all && texts.length > 0) throw new UsageError("-r and --all exclude each other");
  return { servers: all ? "all" : texts.map((text) => readServer(text, service, names)) };
}

function readEdits(options: Read, service: ServiceKey, names: Names): Pick<Edit, "service" | "server"> {
  const serviceEdit = withoutAbsent(readServiceEdit(options, service, names));
  const serverEdit = withoutAbsent(readServerEdit(options));
  return { ...(serviceEdit && { service: serviceEdit }), ...(serverEdit && { server: serverEdit }) };
}

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Without what is undefined; absent when nothing remains. */
function withoutAbsent<T extends object>(edit: Optional<T>): T | undefined {
  const entries = Object.entries(edit).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}

function readServiceEdit(options: Read, service: ServiceKey, names: Names): Optional<Required<ServiceEdit>> {
  const { persistent, pe, ops, schedFlags } = options;
  return {
    scheduler: ifGiven(options.scheduler, (name) => nameFor("scheduler", cutBytes(name, 15))),
    persistent:
      typeof persistent === "string" ? inRange("persistent", persistent) : (persistent as boolean | undefined),
    netmask: ifGiven(options.netmask, (mask) => readNetmask(mask, service, names)),
    persistenceEngine: pe === false ? false : ifGiven(pe, (name) => nameFor("pe", cutBytes(name, 15))),
    onePacket: ops as boolean | undefined,
    schedulerFlags: schedFlags as string | false | undefined,
  };
}

function nameFor(option: string, name: string): string {
  if (name === "") throw new UsageError(`no name follows --${option}`);
  return name;
}

function readNetmask(mask: string, service: ServiceKey, names: Names): string | number {
  if (serviceFamily(service) === "ipv4") return parseIpv4Netmask(mask, names) ?? refuse("netmask", mask);
  const length = parseIpv6Netmask(mask);
  if (length === undefined) throw new UsageError("illegal ipv6 netmask specified");
  return length;
}

function readServerEdit(options: Read): Optional<Required<ServerEdit>> {
  return {
    weight: ifGiven(options.weight, (text) => inRange("weight", text)),
    upperThreshold: ifGiven(options.uThreshold, (text) => inRange("u-threshold", text)),
    lowerThreshold: ifGiven(options.lThreshold, (text) => inRange("l-threshold", text)),
    forwarding: onlyChoice("forwarding-method", [
      [options.gatewaying, "route"],
      [options.ipip, "tunnel"],
      [options.masquerading, "masq"],
    ]),
    tunnelType: ifGiven(options.tunType, (type) =>
      type === "ipip" || type === "gue" || type === "gre" ? type : refuse("tun-type", type),
    ),
    tunnelPort: ifGiven(options.tunPort, (text) => inRange("tun-port", text)),
    tunnelChecksum: onlyChoice("checksum", [
      [options.tunNocsum, "tun-nocsum"],
      [options.tunCsum, "tun-csum"],
      [options.tunRemcsum, "tun-remcsum"],
    ]),
  };
}

/** The only one of some values whose option is given; absent when none is. */
function onlyChoice<T>(what: string, choices: readonly (readonly [given: Read[string], value: T])[]): T | undefined {
  const chosen = choices.filter(([given]) => given);
  if (chosen.length > 1) throw new UsageError(`multiple '${what}' options specified`);
  return chosen[0]?.[1];
}
