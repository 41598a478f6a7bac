/** Counters and rates of a service or server (`struct ip_vs_stats_user`, IPVS_STATS_ATTR_*). All are 64 bits wide. */
export interface Stats {
  /** Connections scheduled since the service was added or zeroed. */
  readonly connections: bigint;
  readonly inPackets: bigint;
  readonly outPackets: bigint;
  readonly inBytes: bigint;
  readonly outBytes: bigint;
  /** The kernel's moving averages, per second. */
  readonly connectionRate: bigint;
  readonly inPacketRate: bigint;
  readonly outPacketRate: bigint;
  readonly inByteRate: bigint;
  readonly outByteRate: bigint;
}

/** The names of all counters, in the kernel's order. */
export const STATS_FIELDS = [
  "connections",
  "inPackets",
  "outPackets",
  "inBytes",
  "outBytes",
  "connectionRate",
  "inPacketRate",
  "outPacketRate",
  "inByteRate",
  "outByteRate",
] as const satisfies readonly (keyof Stats)[];
