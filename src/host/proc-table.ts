import { DecodeError } from "../errors.js";
import { type Address, addressFromBytes, type Family, familyOf } from "../model/address.js";
import type { ForwardingMethod } from "../model/destination.js";
import { own } from "../model/own.js";
import { FULL_NETMASK, IP_VS_SVC_F_ONEPACKET, IP_VS_SVC_F_PERSISTENT, type Service } from "../model/service.js";
import type { Info } from "../model/settings.js";
import type { LiveDestination, LiveTable } from "../model/table.js";
import { LITTLE_ENDIAN } from "../wire/writer.js";
import { readText } from "./proc.js";

/**
 * What `/proc/net/ip_vs` shows to everybody: the table without counters, thresholds, persistence engines and
 * timeouts (which it has in the kernel's own ticks: 0 here), and without the flag `-o` of IPv6 services.
 */
export interface ProcTable {
  readonly info: Info;
  readonly table: LiveTable;
}

const HEAD = /^IP Virtual Server version (\d+)\.(\d+)\.(\d+) \(size=(\d+)\)/;
const ENDPOINT = "(?:\\[([0-9a-f:]+)\\]|([0-9A-F]{8})):([0-9A-F]{4})";
const SERVICE = new RegExp(`^(TCP|UDP|SCTP) +${ENDPOINT} (\\S+) *(.*)$`, "i");
const MARK = /^FWM +([0-9A-F]{8}) (\S+) *(.*)$/i;
const SERVER = new RegExp(`^ +-> ${ENDPOINT} +(\\w+) +(-?\\d+) +(\\d+) +(\\d+)`, "i");

const METHODS: Readonly<Record<string, ForwardingMethod>> = {
  Masq: "masq",
  Local: "local",
  Tunnel: "tunnel",
  Route: "route",
  Bypass: "bypass",
};

/** Where the kernel lists services and servers as text, while it has IPVS. */
export const PROC_TABLE_FILE = "/proc/net/ip_vs";

/** Reads the table where netlink does not give it out, as to users other than root. Absent when IPVS is not loaded. */
export function readProcTable(path = PROC_TABLE_FILE): ProcTable | undefined {
  const text = readText(path);
  return text === undefined ? undefined : parseProcTable(text);
}

export function parseProcTable(text: string): ProcTable {
  const lines = text.split("\n");
  const head = HEAD.exec(lines[0] ?? "");
  if (head === null) throw new DecodeError("/proc/net/ip_vs: no version in its first line");
  const [major, minor, patch, size] = head.slice(1).map(Number);
  const table: { service: Service; destinations: LiveDestination[] }[] = [];
  // Two lines of titles follow the first.
  for (const line of lines.slice(3)) {
    if (line === "") continue;
    const server = parseServer(line);
    const entry = table.at(-1);
    if (server === undefined) table.push({ service: parseService(line), destinations: [] });
    else if (entry === undefined) throw new DecodeError("/proc/net/ip_vs: a server before the first service");
    else entry.destinations.push(server);
  }
  const info = { version: (major! << 16) | (minor! << 8) | patch!, connectionTableSize: size! };
  return { info, table: table.map(withMarkFamily) };
}

function parseService(line: string): Service {
  const mark = MARK.exec(line);
  if (mark !== null) {
    const key = { fwmark: Number.parseInt(mark[1]!, 16), family: "ipv4" as Family };
    return { ...key, scheduler: mark[2]!, ...optionsOf(mark[3]!, "ipv4") };
  }
  const found = SERVICE.exec(line);
  if (found === null) throw new DecodeError(`/proc/net/ip_vs: unexpected line: ${line}`);
  const address = addressOf(found[2], found[3]);
  return {
    protocol: found[1]!.toLowerCase() as "tcp" | "udp" | "sctp",
    address,
    port: Number.parseInt(found[4]!, 16),
    scheduler: found[5]!,
    ...optionsOf(found[6]!, familyOf(address)),
  };
}

/** `persistent 30000 FFFFFFFF`, `ops`. */
function optionsOf(text: string, family: Family): Pick<Service, "flags" | "timeout" | "netmask"> {
  const [, netmask] = /\bpersistent \d+ ([0-9A-F]{8})/i.exec(text) ?? [];
  const flags = (netmask ? IP_VS_SVC_F_PERSISTENT : 0) | (/\bops\b/.test(text) ? IP_VS_SVC_F_ONEPACKET : 0);
  return {
    flags,
    timeout: 0,
    netmask: netmask ? netmaskOf(Buffer.from(netmask, "hex"), family) : FULL_NETMASK[family],
  };
}

/** The kernel turns both from network to host order, although the prefix length of IPv6 was in host order already. */
function netmaskOf(bytes: Buffer, family: Family): string | number {
  if (family === "ipv4") return addressFromBytes("ipv4", bytes);
  return LITTLE_ENDIAN ? bytes.readUInt32LE() : bytes.readUInt32BE();
}

function parseServer(line: string): LiveDestination | undefined {
  const found = SERVER.exec(line);
  if (found === null) return undefined;
  return {
    address: addressOf(found[1], found[2]),
    port: Number.parseInt(found[3]!, 16),
    forwarding: own(METHODS, found[4]!) ?? "masq",
    weight: Number(found[5]),
    upperThreshold: 0,
    lowerThreshold: 0,
    activeConnections: Number(found[6]),
    inactiveConnections: Number(found[7]),
    persistentConnections: 0,
  };
}

function addressOf(ipv6: string | undefined, ipv4: string | undefined): Address {
  if (ipv6 === undefined) return addressFromBytes("ipv4", Buffer.from(ipv4!, "hex"));
  const bytes = Buffer.from(
    ipv6
      .split(":")
      .map((part) => part.padStart(4, "0"))
      .join(""),
    "hex",
  );
  if (bytes.length !== 16) throw new DecodeError(`/proc/net/ip_vs: ${ipv6} is no address`);
  return addressFromBytes("ipv6", bytes);
}

/** The file does not tell the family of a firewall mark; the servers do. */
function withMarkFamily<E extends { service: Service; destinations: LiveDestination[] }>(entry: E): E {
  const [server] = entry.destinations;
  if (!("fwmark" in entry.service) || server === undefined) return entry;
  return { ...entry, service: { ...entry.service, family: familyOf(server.address) } };
}
