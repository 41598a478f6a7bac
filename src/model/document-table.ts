import { type Address, type Family, parseIpv4, parseIpv6 } from "./address.js";
import { destinationContradictions, serviceContradictions } from "./contradictions.js";
import {
  type Destination,
  FORWARDING_NUMBERS,
  type ForwardingMethod,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  TUNNEL_NUMBERS,
  type Tunnel,
  type TunnelType,
} from "./destination.js";
import { named } from "./named.js";
import { SCHEDULER_FLAG_BITS, schedulerFlag } from "./scheduler-flags.js";
import type { DestinationDocument, ServiceDocument } from "./schema.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_HASHED,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  PROTOCOL_NUMBERS,
  type Protocol,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "./service.js";

/** Takes note of what is wrong with a field of the record that is being read, such as `tunnel.port`. */
export type Report = (field: string, reason: string) => void;

/** Seconds of persistence when nothing is said, as after `-p`. */
const DEFAULT_TIMEOUT = 360;

/** The bits that have fields of their own, or are the kernel's business. */
const NAMED_FLAGS = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_HASHED | IP_VS_SVC_F_ONEPACKET | SCHEDULER_FLAG_BITS;

/** The service that a document describes, checked as rule files are. What is reported makes the result worthless. */
export function readService(document: ServiceDocument, report: Report): Service {
  const key = readKey(document);
  const { scheduler, persistent, timeout = persistent ? DEFAULT_TIMEOUT : 0, persistenceEngine } = document;
  const service = {
    ...key,
    scheduler,
    flags: readFlags(document, report),
    timeout,
    netmask: readNetmask(document.netmask, serviceFamily(key), report),
    ...(persistenceEngine !== undefined && { persistenceEngine }),
  };
  if (!document.raw) for (const contradiction of serviceContradictions(service)) report(...contradiction);
  return service;
}

function readKey(document: ServiceDocument): ServiceKey {
  if ("fwmark" in document) return { fwmark: document.fwmark, family: document.family };
  const { protocol, address, port } = document;
  return { protocol: named<Protocol>(protocol, PROTOCOL_NUMBERS), address: canonical(address), port };
}

function readFlags(document: ServiceDocument, report: Report): number {
  const { persistent, onePacket, scheduler, schedulerFlags, otherFlags = 0 } = document;
  if ((otherFlags & NAMED_FLAGS) !== 0) report("otherFlags", "holds bits that have fields of their own");
  let flags =
    (otherFlags & ~NAMED_FLAGS) | (persistent ? IP_VS_SVC_F_PERSISTENT : 0) | (onePacket ? IP_VS_SVC_F_ONEPACKET : 0);
  for (const [index, name] of schedulerFlags.entries()) {
    const flag = schedulerFlag(name);
    if (flag?.scheduler !== undefined && flag.scheduler !== scheduler) {
      report(`schedulerFlags[${index}]`, `${name} does not go with the scheduler ${scheduler}`);
    }
    flags |= flag?.bit ?? 0;
  }
  return flags >>> 0;
}

function readNetmask(netmask: string | number | undefined, family: Family, report: Report): string | number {
  if (netmask === undefined) return FULL_NETMASK[family];
  const fits = family === "ipv4" ? parseIpv4(String(netmask)) !== undefined : typeof netmask === "number";
  if (!fits)
    report("netmask", family === "ipv4" ? "must be dotted for IPv4" : "must be a prefix length from 1 to 128 for IPv6");
  return netmask;
}

/** The server that a document describes, checked as rule files are. What is reported makes the result worthless. */
export function readDestination(document: DestinationDocument, family: Family, report: Report): Destination {
  const { port, weight, upperThreshold, lowerThreshold } = document;
  const address = canonical(document.address);
  const forwarding = named<ForwardingMethod>(document.forwarding, FORWARDING_NUMBERS);
  const tunnel = document.tunnel && readTunnel(document.tunnel);
  const destination = {
    address,
    port,
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    ...(tunnel !== undefined && { tunnel }),
  };
  if (!document.raw)
    for (const contradiction of destinationContradictions(destination, family)) report(...contradiction);
  return destination;
}

const CHECKSUM_FLAGS = {
  nocsum: IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  csum: IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  remcsum: IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
} as const;

/** Plain ipip becomes undefined. */
function readTunnel({ type: kind, port, checksum }: NonNullable<DestinationDocument["tunnel"]>): Tunnel | undefined {
  const type = named<TunnelType>(kind, TUNNEL_NUMBERS);
  const flags = typeof checksum === "number" ? checksum : CHECKSUM_FLAGS[checksum];
  return type === "ipip" && port === 0 && flags === 0 ? undefined : { type, port, flags };
}

/** The schema has made sure that it is an address. */
function canonical(address: string): Address {
  return parseIpv4(address) ?? parseIpv6(address) ?? address;
}
