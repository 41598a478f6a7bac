import { type Address, compareAddresses, type Family, familyOf, formatEndpoint, ipv4Number } from "./address.js";

/** Transport protocol of a virtual service. A number is any other IP protocol, which other tools can install. */
export type Protocol = "tcp" | "udp" | "sctp" | number;

/** Protocol numbers of IANA (`<netinet/in.h>`). */
export const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** A service found by protocol, virtual address and port. */
export interface VirtualAddress {
  readonly protocol: Protocol;
  readonly address: Address;
  /** 0..65535 in host order; 0 means all ports (persistent services). */
  readonly port: number;
}

/** A service found by the mark that a firewall rule put on the packet. */
export interface FirewallMark {
  /** 1..4294967295. */
  readonly fwmark: number;
  /** The family of the packets: `-f 1` and `-f 1 -6` are two services. */
  readonly family: Family;
}

/** What identifies a virtual service. */
export type ServiceKey = VirtualAddress | FirewallMark;

// `IP_VS_SVC_F_*` of `<linux/ip_vs.h>`.

/** Clients keep their server. */
export const IP_VS_SVC_F_PERSISTENT = 0x0001;
/** The kernel's own mark for services that can be found. */
export const IP_VS_SVC_F_HASHED = 0x0002;
/** Every packet is scheduled by itself. */
export const IP_VS_SVC_F_ONEPACKET = 0x0004;
/** First flag for schedulers: `sh-fallback`, `mh-fallback`, `flag-1`. */
export const IP_VS_SVC_F_SCHED1 = 0x0008;
/** Second flag for schedulers: `sh-port`, `mh-port`, `flag-2`. */
export const IP_VS_SVC_F_SCHED2 = 0x0010;
/** Third flag for schedulers: `flag-3`. */
export const IP_VS_SVC_F_SCHED3 = 0x0020;

/** What a virtual service is besides its key. */
export interface ServiceOptions {
  /** Name of the scheduler, at most 15 bytes, such as `wlc`. */
  readonly scheduler: string;
  /** `IP_VS_SVC_F_*` bits. IP_VS_SVC_F_HASHED is the kernel's own business and never kept here. */
  readonly flags: number;
  /** Seconds for which a client stays with its server; meaningful with IP_VS_SVC_F_PERSISTENT, else usually 0. */
  readonly timeout: number;
  /** Granularity of persistence: dotted bits for IPv4 (`255.255.255.0`), prefix length for IPv6 (`64`). */
  readonly netmask: string | number;
  /** Name of the persistence engine, at most 15 bytes, such as `sip`; absent means none. */
  readonly persistenceEngine?: string;
}

/** A virtual service. */
export type Service = ServiceKey & ServiceOptions;

/** The netmask that keeps every client apart. */
export const FULL_NETMASK: Readonly<Record<Family, string | number>> = { ipv4: "255.255.255.255", ipv6: 128 };

/** Whether a service is found by firewall mark, and not by its address. */
export function isFirewallMark(key: ServiceKey): key is FirewallMark {
  return "fwmark" in key;
}

/** The family of a service's packets. */
export function serviceFamily(key: ServiceKey): Family {
  return isFirewallMark(key) ? key.family : familyOf(key.address);
}

/** A text that is equal for equal keys, for maps and messages: `tcp 192.0.2.1:80`, `fwmark 7 ipv6`. */
export function serviceId(key: ServiceKey): string {
  return isFirewallMark(key)
    ? `fwmark ${key.fwmark} ${key.family}`
    : `${key.protocol} ${formatEndpoint(key.address, key.port)}`;
}

/** Equal for equal keys; for nothing but that. */
export type LookupKey = string | number;

/**
 * The same for looking services up: a number for most, as texts have to be made and hashed, which takes ten times as long. That is exact:
 * 17 for UDP, 32 bits and 16 bits are less than 2^53.
 */
export function lookupKey(key: ServiceKey): LookupKey {
  if (isFirewallMark(key)) return serviceId(key);
  const { protocol, address, port } = key;
  if ((protocol !== "tcp" && protocol !== "udp") || familyOf(address) === "ipv6") return serviceId(key);
  return (PROTOCOL_NUMBERS[protocol] * 2 ** 32 + ipv4Number(address)) * 2 ** 16 + port;
}

/** Only the key of a service. */
export function serviceKey(service: ServiceKey): ServiceKey {
  return isFirewallMark(service)
    ? { fwmark: service.fwmark, family: service.family }
    : { protocol: service.protocol, address: service.address, port: service.port };
}

const PROTOCOL_NAMES: ReadonlyMap<number, Protocol> = new Map<number, Protocol>(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name as Protocol]),
);

/** The protocol of a number in IP headers. */
export function protocolOf(number: number): Protocol {
  return PROTOCOL_NAMES.get(number) ?? number;
}

/** The number of a protocol in IP headers. */
export function protocolNumber(protocol: Protocol): number {
  return typeof protocol === "number" ? protocol : PROTOCOL_NUMBERS[protocol];
}

/**
 * The order of listings: addresses before firewall marks, then (as ipvsadm 1.31) family, protocol number, address and
 * port, all compared as unsigned numbers.
 */
export function compareServices(a: ServiceKey, b: ServiceKey): number {
  const byFamily = compareFamilies(serviceFamily(a), serviceFamily(b));
  if (isFirewallMark(a)) return isFirewallMark(b) ? a.fwmark - b.fwmark || byFamily : 1;
  if (isFirewallMark(b)) return -1;
  return (
    byFamily ||
    protocolNumber(a.protocol) - protocolNumber(b.protocol) ||
    compareAddresses(a.address, b.address) ||
    a.port - b.port
  );
}

function compareFamilies(a: Family, b: Family): number {
  return a === b ? 0 : a === "ipv4" ? -1 : 1;
}
