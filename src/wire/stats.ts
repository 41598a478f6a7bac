import type { Stats } from "../model/stats.js";
import type { STATS64 } from "./attributes.js";
import type { Values } from "./codec.js";

type StatsValues = Values<(typeof STATS64)["rows"]>;

/** The 64-bit counters where the kernel sends them (since 4.1), else the old ones; absent when neither was read. */
export function decodeStats(values: {
  readonly STATS?: StatsValues | undefined;
  readonly STATS64?: StatsValues | undefined;
}): Stats | undefined {
  const stats = values.STATS64 ?? values.STATS;
  if (stats === undefined) return undefined;
  return {
    connections: stats.CONNS ?? 0n,
    inPackets: stats.INPKTS ?? 0n,
    outPackets: stats.OUTPKTS ?? 0n,
    inBytes: stats.INBYTES ?? 0n,
    outBytes: stats.OUTBYTES ?? 0n,
    connectionRate: stats.CPS ?? 0n,
    inPacketRate: stats.INPPS ?? 0n,
    outPacketRate: stats.OUTPPS ?? 0n,
    inByteRate: stats.INBPS ?? 0n,
    outByteRate: stats.OUTBPS ?? 0n,
  };
}
