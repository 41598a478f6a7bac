import type { Address } from "../../model/address.js";
import type { Daemon, Timeouts } from "../../model/settings.js";
import type { Table } from "../../model/table.js";

/** An interface that a sync daemon uses. */
export interface SyncInterface {
  readonly name: string;
  /** In bytes. */
  readonly mtu: number;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly multicast: boolean;
  /** Networks of its addresses: `10.0.0.0/24`. */
  readonly networks: readonly string[];
}

/** How a director stands to the address of a service. */
export interface VirtualAddressState {
  readonly address: Address;
  /** Packets for it are delivered to this host. */
  readonly local: boolean;
  /** The interface that has it; absent: none, whatever routes say. */
  readonly interface?: string;
  /** Whether that interface finds neighbours by ARP or neighbour discovery; absent with `interface`. */
  readonly arp?: boolean;
  /** The network in which this host answers those who ask who has the address: `10.0.0.0/24`. Absent: it answers in none. */
  readonly answersIn?: string;
}

/** What a kernel's hashes depend on. */
export interface Hashing {
  /** As uname(2) tells it: `6.1.0-30-amd64`. */
  readonly release: string;
  /** As uname(2) tells it: `x86_64`. */
  readonly machine: string;
  /** CONFIG_IP_VS_SH_TAB_BITS and its like. Absent: the configuration of the kernel is nowhere to be read. */
  readonly tables?: { readonly sh: number; readonly dh: number; readonly mh: number };
}

/** How many connections IPVS keeps, by its servers' own figures. */
export interface ConnectionCounts {
  readonly active: number;
  readonly inactive: number;
  readonly persistent: number;
}

/** One of the two directors of a comparison. What is absent is not known, and `unread` says why. */
export interface Side {
  readonly host: string;
  /** When this was read; absent for a director that was asked just now by way of ipvsadm 1.31. */
  readonly time?: Date;
  /** Equal only in the same network namespace of the same boot. */
  readonly namespace?: string;
  /** Servers oldest first, as rule files hold them. */
  readonly table: Table;
  readonly timeouts?: Timeouts;
  readonly daemons?: readonly Daemon[];
  readonly connections?: ConnectionCounts;
  readonly kernel?: Hashing;
  /** Kernel parameters by their names; one that is missing does not exist in this kernel. */
  readonly parameters?: ReadonlyMap<string, string>;
  /** Those of the sync daemons; one that is missing does not exist. */
  readonly syncInterfaces?: readonly SyncInterface[];
  /** One for each address of a service. */
  readonly virtualAddresses?: readonly VirtualAddressState[];
  /** Programs that write the table, or may: names of processes. */
  readonly writers?: readonly string[];
  /** Programs that move addresses between directors: names of processes. */
  readonly movers?: readonly string[];
  /** True: as ipvsadm 1.31 tells it, which leaves out masks of services that are not persistent, and calls `local` servers routed. */
  readonly original?: boolean;
  readonly unread: readonly string[];
}

/** A side that was read by this program, which knows all of this. */
export type WholeSide = Side & Required<Pick<Side, "time" | "namespace" | "kernel" | "connections">>;
