import { type Address, compareAddresses, formatEndpoint } from "./address.js";
import { type ServiceKey, serviceId } from "./service.js";

/**
 * How packets reach the real server: NAT, local delivery, IP tunnel, direct routing, cache bypass. A number is a value
 * that this version has no name for.
 */
export type ForwardingMethod = "masq" | "local" | "tunnel" | "route" | "bypass" | number;

/** `IP_VS_CONN_F_*` of `<linux/ip_vs.h>`, masked with IP_VS_CONN_F_FWD_MASK. */
export const FORWARDING_NUMBERS = { masq: 0, local: 1, tunnel: 2, route: 3, bypass: 4 } as const;

/** Encapsulation of `tunnel` servers. A number is a type that this version has no name for. */
export type TunnelType = "ipip" | "gue" | "gre" | number;

/** `IP_VS_CONN_F_TUNNEL_TYPE_*` of `<linux/ip_vs.h>`. */
export const TUNNEL_NUMBERS = { ipip: 0, gue: 1, gre: 2 } as const;

// `IP_VS_TUNNEL_ENCAP_FLAG_*` of `<linux/ip_vs.h>`.

/** No checksums. */
export const IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM = 0;
/** Checksums of the outer header. */
export const IP_VS_TUNNEL_ENCAP_FLAG_CSUM = 1;
/** Remote checksum offload: the inner checksum is left to the receiver. */
export const IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM = 2;

/** Encapsulation of a tunnelled server. */
export interface Tunnel {
  readonly type: TunnelType;
  /** UDP port of gue, 0 for the others. */
  readonly port: number;
  /** `IP_VS_TUNNEL_ENCAP_FLAG_*` bits. */
  readonly flags: number;
}

/** The encapsulation that an absent `tunnel` stands for. */
export const PLAIN_TUNNEL: Tunnel = { type: "ipip", port: 0, flags: 0 };

/** Whether two encapsulations are the same. */
export function sameTunnel(a: Tunnel, b: Tunnel): boolean {
  return a.type === b.type && a.port === b.port && a.flags === b.flags;
}

/** What identifies a real server (the kernel's word: destination) within its service. */
export interface DestinationKey {
  readonly address: Address;
  /** 0..65535 in host order. */
  readonly port: number;
}

/** A real server as it is configured. */
export interface Destination extends DestinationKey {
  readonly forwarding: ForwardingMethod;
  /** 0..2147483647; 0 takes no new connections. */
  readonly weight: number;
  /** Connections above which the server gets no new ones; 0 means no limit. */
  readonly upperThreshold: number;
  /** Connections below which it gets new ones again; 0 means three quarters of the upper threshold. */
  readonly lowerThreshold: number;
  /** Absent means plain ipip (type 0, port 0, flags 0), also for servers that are not tunnelled. */
  readonly tunnel?: Tunnel;
}

/** Only the key of a server. */
export function destinationKey({ address, port }: DestinationKey): DestinationKey {
  return { address, port };
}

/** A text that is equal for equal keys: `192.0.2.1:80`. */
export function destinationId(key: DestinationKey): string {
  return formatEndpoint(key.address, key.port);
}

/** A text that is equal for the same server of the same service: `tcp 192.0.2.1:80 10.0.0.1:8080`. */
export function serverId(service: ServiceKey, server: DestinationKey): string {
  return `${serviceId(service)} ${destinationId(server)}`;
}

/** The order of listings: address, then port, compared as unsigned numbers. */
export function compareDestinations(a: DestinationKey, b: DestinationKey): number {
  return compareAddresses(a.address, b.address) || a.port - b.port;
}
