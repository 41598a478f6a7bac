import { IpvsError } from "../errors.js";
import type { Address, Family } from "../model/address.js";
import type { Connection } from "../model/connection.js";
import type { Firewall, Unread } from "./firewall/model.js";

/** Something about this host that could not be read: no permission, no such file, another shape than expected. */
export class HostError extends IpvsError {}

/** A hash table of IPVS that grows and shrinks with what it holds. */
export interface HashTable {
  /** Entries: connections, templates among them, or services. */
  readonly entries: number;
  readonly buckets: number;
  /** `conn_lfactor` and `svc_lfactor`: it grows above 2^loadFactor entries for each bucket. */
  readonly loadFactor: number;
  /** Buckets by the number of their entries: 0, 1, ... 6, and 7 or more. Absent: not counted, as for empty tables. */
  readonly lengths?: readonly number[];
}

/** `/proc/net/ip_vs_status`, since Linux 7.1. */
export interface Status {
  readonly connections: HashTable;
  readonly services: HashTable;
}

/** A network interface. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** In bytes. */
  readonly mtu: number;
  /** Administratively up (IFF_UP). */
  readonly up: boolean;
  /** Has a carrier (IFF_LOWER_UP). */
  readonly carrier: boolean;
  /** Takes part in multicast (IFF_MULTICAST). */
  readonly multicast: boolean;
  /** Finds neighbours by ARP or neighbour discovery: neither a loopback interface nor one with IFF_NOARP, such as dummies and tunnels. */
  readonly arp: boolean;
}

/** An address of this host. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  /** Index of the interface. */
  readonly link: number;
}

/** What the kernel knows of a neighbour's link-layer address (`NUD_*` of `<linux/neighbour.h>`). */
export type NeighbourState =
  | "incomplete"
  | "reachable"
  | "stale"
  | "delay"
  | "probe"
  | "failed"
  | "noarp"
  | "permanent"
  | "none";

export interface Neighbour {
  readonly address: Address;
  /** Index of the interface. */
  readonly link: number;
  readonly state: NeighbourState;
}

/**
 * Where this host sends packets for an address. `none`: no route at all; `blackhole`, `unreachable` and `prohibit` are
 * routes that refuse. `refused`: packets with such a source are not accepted where they come in (rp_filter, or an address of
 * this host), so nothing is known of where they would go.
 */
export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "anycast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "none"
  | "refused";

export interface Route {
  readonly type: RouteType;
  /** Index of the interface; absent where there is no way out. */
  readonly link?: number;
  /** Next hop, which may be of the other family; absent means directly connected. */
  readonly gateway?: Address;
  /** Address that this host's own packets take there. */
  readonly source?: Address;
  /** In bytes: of the route itself or learnt on the path; absent means that of the interface. */
  readonly mtu?: number;
  /** Number of the routing table that the route was found in; absent where there is no route. */
  readonly table?: number;
}

export interface RouteQuestion {
  readonly address: Address;
  /** Firewall mark of the packet; absent means none. */
  readonly mark?: number;
  /** Index of the interface that the packet comes in by; absent means a packet of this host itself. */
  readonly input?: number;
  /** Source of the packet. IPv4 has no answer for packets that come in without one. */
  readonly source?: Address;
}

/** A rule of policy routing: which table is asked for which packets. What is absent is not asked for. */
export interface RoutingRule {
  readonly family: Family;
  /** Rules are gone through from the lowest on. */
  readonly priority: number;
  /** Applies when the packet's mark and the mask give the value. */
  readonly mark?: { readonly value: number; readonly mask: number };
  /** `10.0.0.0/8`. */
  readonly source?: string;
  readonly destination?: string;
  /** Names of interfaces; packets of this host itself come in by `lo`. */
  readonly input?: string;
  readonly output?: string;
  /** True for packets to which all this does not apply. */
  readonly inverted: boolean;
  /** Number of the table; absent for rules that do something else than asking one. */
  readonly table?: number;
}

/** A socket of this host that waits for clients. */
export interface Listener {
  /** `0.0.0.0` or `::`: all addresses; `::` takes IPv4 as well, unless the socket was told not to. */
  readonly address: Address;
  readonly port: number;
}

/** An application helper of IPVS, such as ftp. */
export interface Application {
  readonly name: string;
  /** As the kernel writes it: `TCP`. */
  readonly protocol: string;
  readonly port: number;
}

/** Whether the kernel has a feature: in use, compiled in, on disk as a module, or not at all. */
export type ModuleState = "loaded" | "builtin" | "loadable" | "absent";

/**
 * This host as the doctor sees it. Reading only: nothing that an implementation does may change the host, not even load
 * a module. Methods throw (or reject with) HostError when something cannot be read.
 */
export interface Host {
  /**
   * Value of a kernel parameter in this network namespace, written as sysctl(8) does, dots and slashes swapped:
   * `net.ipv4.conf.eth0/100.rp_filter`. Absent when this kernel has none of that name.
   */
  sysctl(name: string): string | undefined;
  links(): Promise<readonly Link[]>;
  addresses(): Promise<readonly InterfaceAddress[]>;
  neighbours(): Promise<readonly Neighbour[]>;
  /** Answers in the order of the questions. */
  routes(questions: readonly RouteQuestion[]): Promise<readonly Route[]>;
  /** Rules of policy routing of both families, in their order. */
  routingRules(): Promise<readonly RoutingRule[]>;
  /** Rules of all firewalls that are in use, for these families; what could not be understood is told to `unread`. */
  firewall(families: readonly Family[], unread?: Unread): Promise<Firewall>;
  /** Connections that IPVS keeps, in batches; throws as readConnections does. */
  connections(): AsyncIterable<readonly Connection[]>;
  /** State of the tables of IPVS; absent on kernels before 7.1. */
  status(): Status | undefined;
  applications(): readonly Application[];
  /** Sockets that wait for clients: those of TCP that listen, those of UDP that are bound and not connected. */
  listeners(protocol: "tcp" | "udp"): readonly Listener[];
  /** Command names of all processes that can be seen, each once. */
  processes(): ReadonlySet<string>;
  module(name: string): ModuleState;
  /** A counter of `/proc/net/netstat`: `TcpExt.IPReversePathFilter`. Absent when this kernel does not count that. */
  counter(name: string): number | undefined;
  /** Packets that connection tracking could not track because its table was full, since boot. */
  conntrackDrops(): number;
  /** Fixed absolute path of a program; absent when it is not installed. */
  program(name: string): string | undefined;
  /** False in a container with users of its own, whose root is none to IPVS. */
  initialUserNamespace(): boolean;
  /** Release of the kernel: `6.1.0-30-amd64`. */
  readonly release: string;
  /** Waits, so that a second look can follow the first. */
  pause(milliseconds: number): Promise<void>;
}
