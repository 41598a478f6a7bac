import { DecodeError } from "../errors.js";
import { parseIpv4, parseIpv6 } from "../model/address.js";
import { type Destination, destinationId } from "../model/destination.js";
import { serviceId } from "../model/service.js";
import type { Daemon } from "../model/settings.js";
import type { TableEntry } from "../model/table.js";
import { numberOf, readSaved, type Told, timeoutsOf } from "./told.js";

const SERVICE = /^(TCP|UDP|SCTP) +(\S+:\d+) /;
const MARK = /^FWM +(-?\d+)( IPv6)? /;
const SERVER = /^ {2}-> (\S+:\d+) +(\d+) +(\d+) +\d+ +\d+ *$/;
const TIMEOUT = /^Timeout \(tcp tcpfin udp\): (\d+) (\d+) (\d+)$/m;
const DAEMON =
  /^(master|backup) sync daemon \(mcast=(.*), syncid=(\d+)(?:, maxlen=(\d+))?(?:, group=([^,]+))?(?:, port=(\d+))?(?:, ttl=(\d+))?\)$/gm;

/** Where the listing begins behind the rules, and the timeouts behind both. */
const LISTING = /^IP Virtual Server version /m;

/**
 * What ipvsadm 1.31 printed for `-Sn`, `-Ln --nosort --thresholds`, `-L --timeout` and `-L --daemon`, one after the other: the rules
 * carry neither thresholds nor the order of servers. Absent when rules and listing hold different servers, since the table was
 * changed between them. Throws DecodeError.
 */
export function readOriginal(text: string): Told | undefined {
  const listing = LISTING.exec(text)?.index;
  const timeouts = TIMEOUT.exec(text);
  if (listing === undefined || timeouts === null) throw new DecodeError("the listing or the timeouts are missing");
  const saved = readSaved(text.slice(0, listing).split("\n").map(asOurs).join("\n"));
  const listed = readListing(text.slice(listing, timeouts.index));
  const table = saved.table.map((entry) => completed(entry, listed.get(serviceId(entry.service))));
  if (table.length !== listed.size || table.includes(undefined)) return undefined;
  const daemons = Array.from(text.slice(timeouts.index).matchAll(DAEMON), daemonOf);
  return { table: table as TableEntry[], timeouts: timeoutsOf(timeouts), daemons };
}

/** 1.31 prints marks from 2^31 on as negative numbers, and the port of a `-g` server although it means the service's when read. */
function asOurs(line: string): string {
  const [, service, port] = /^-a (?:-t|-u|--sctp-service) \S+:(\d+) -r \S+:(\d+) -[gi] /.exec(line) ?? [];
  const unsigned = line.replace(/ -f (-\d+)/, (_, mark) => ` -f ${Number(mark) >>> 0}`);
  return service === port ? unsigned : `${unsigned} --raw port=${port}`;
}

interface Thresholds {
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

const U32 = 0xffffffff;

/** By service, its servers newest first, as the kernel has them. */
type Listed = ReadonlyMap<string, ReadonlyMap<string, Thresholds>>;

function readListing(text: string): Listed {
  const services = new Map<string, Map<string, Thresholds>>();
  let servers: Map<string, Thresholds> | undefined;
  // Three lines of titles.
  for (const line of text.split("\n").slice(3)) {
    const server = SERVER.exec(line);
    if (server !== null && servers !== undefined) {
      const [, id, upper, lower] = server;
      servers.set(id!, { upperThreshold: numberOf(upper!, U32), lowerThreshold: numberOf(lower!, U32) });
    } else if (line !== "") {
      servers = new Map();
      services.set(serviceOf(line), servers);
    }
  }
  return services;
}

function serviceOf(line: string): string {
  const [, protocol, endpoint] = SERVICE.exec(line) ?? [];
  if (protocol !== undefined) return `${protocol.toLowerCase()} ${endpoint}`;
  const [, mark, ipv6] = MARK.exec(line) ?? [];
  if (mark === undefined) throw new DecodeError(`\`${line}' cannot be understood`);
  return serviceId({ fwmark: Number(mark) >>> 0, family: ipv6 === undefined ? "ipv4" : "ipv6" });
}

/** A service with the thresholds of its servers, oldest first. Absent when the listing holds other servers. */
function completed(
  { service, destinations }: TableEntry,
  listed: ReadonlyMap<string, Thresholds> | undefined,
): TableEntry | undefined {
  if (listed?.size !== destinations.length) return undefined;
  const saved = new Map(destinations.map((server) => [destinationId(server), server]));
  const servers = Array.from(listed, ([id, thresholds]): Destination | undefined => {
    const server = saved.get(id);
    return server && { ...server, ...thresholds };
  });
  return servers.includes(undefined) ? undefined : { service, destinations: (servers as Destination[]).reverse() };
}

function daemonOf([, state, name, syncId, length, group, port, ttl]: RegExpMatchArray): Daemon {
  const address = group && (parseIpv4(group) ?? parseIpv6(group));
  return {
    state: state as Daemon["state"],
    interface: name!,
    syncId: numberOf(syncId!, 255),
    ...(length && { syncMaxLength: numberOf(length, 65507) }),
    ...(address && { multicastGroup: address }),
    ...(port && { multicastPort: numberOf(port, 65535) }),
    ...(ttl && { multicastTtl: numberOf(ttl, 255) }),
  };
}
