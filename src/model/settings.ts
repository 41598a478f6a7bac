import type { Address } from "./address.js";

/** What the kernel's IPVS says of itself (IPVS_CMD_GET_INFO). */
export interface Info {
  /** Version as major << 16 | minor << 8 | patch. */
  readonly version: number;
  /** Buckets of the connection table. */
  readonly connectionTableSize: number;
}

/** Seconds after which idle connections are forgotten; 0 in a change means "keep". */
export interface Timeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** The two roles of a connection sync daemon. */
export type DaemonState = "master" | "backup";

/** IP_VS_STATE_MASTER and IP_VS_STATE_BACKUP of `<linux/ip_vs.h>`. */
export const DAEMON_STATE_NUMBERS = { master: 1, backup: 2 } as const;

/** A connection sync daemon. Absent fields are the kernel's choice when starting one. */
export interface Daemon {
  readonly state: DaemonState;
  /** Interface that carries the multicast, at most 15 bytes. */
  readonly interface: string;
  /** 0..255; a backup with 0 accepts every master. */
  readonly syncId: number;
  /** Largest sync message in bytes. */
  readonly syncMaxLength?: number;
  readonly multicastGroup?: Address;
  readonly multicastPort?: number;
  /** Time to live (hop limit for IPv6), 1..255. */
  readonly multicastTtl?: number;
}

/** `1.2.1` for 0x010201. */
export function formatVersion(version: number): string {
  return `${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}.${version & 0xff}`;
}
