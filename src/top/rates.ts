import { STATS_FIELDS, type Stats } from "../model/stats.js";

/** The counters that have a rate, in the order of the kernel. */
export const RATES = ["connections", "inPackets", "outPackets", "inBytes", "outBytes"] as const;

/** A counter that has a rate. */
export type Rate = (typeof RATES)[number];

/** Figures per second; NaN while a rate is not known. */
export type Rates = Readonly<Record<Rate, number>>;

const UNKNOWN: Rates = { connections: NaN, inPackets: NaN, outPackets: NaN, inBytes: NaN, outBytes: NaN };
const NOTHING: Rates = { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 };

/** The kernel's moving averages. */
const AVERAGES = ["connectionRate", "inPacketRate", "outPacketRate", "inByteRate", "outByteRate"] as const;

/**
 * Seconds between two summations. The kernel counts on each processor by itself and adds up only now and then
 * (net/netfilter/ipvs/ip_vs_est.c): until then its answers stay the same, then they jump.
 */
export const SUMMATION = 2;

/**
 * Rates of one service or server from looks at its counters, which should follow each other in less than SUMMATION
 * seconds. Dividing what two looks differ by through the time between them would give nothing and twice the rate in turn; so
 * a jump is divided by the time that it stands for, and counts until the kernel has summed up again.
 */
export class RateMeter {
  #last: Stats | undefined;
  #rates = UNKNOWN;

  /** Whether the rates are known. */
  get isSettled(): boolean {
    return !Number.isNaN(this.#rates.connections);
  }

  /**
   * The rates as of now; all NaN before the kernel has summed up once.
   *
   * @param seconds time since the look before
   */
  look(stats: Stats, seconds: number): Rates {
    const last = this.#last;
    this.#last = stats;
    if (last === undefined) return this.#rates;
    // The averages sink with every summation even when there is no traffic: what stays the same in all was not summed up.
    if (STATS_FIELDS.some((field) => stats[field] !== last[field])) {
      this.#rates = jump(last, stats, Math.max(SUMMATION, seconds));
    } else if (AVERAGES.every((field) => stats[field] === 0n)) {
      this.#rates = NOTHING;
    }
    return this.#rates;
  }
}

function jump(from: Stats, to: Stats, seconds: number): Rates {
  const rate = (field: Rate): number => {
    // Less than before: the counters were set back to zero meanwhile.
    const counted = to[field] < from[field] ? to[field] : to[field] - from[field];
    return Number(counted) / seconds;
  };
  return {
    connections: rate("connections"),
    inPackets: rate("inPackets"),
    outPackets: rate("outPackets"),
    inBytes: rate("inBytes"),
    outBytes: rate("outBytes"),
  };
}

/** Mean of what was known of the rates; unknown when nothing was. */
export class RateMean {
  #sum = UNKNOWN;
  #count = 0;

  add(rates: Rates): void {
    if (Number.isNaN(rates.connections)) return;
    this.#sum = this.#count === 0 ? rates : combined(this.#sum, rates, (sum, rate) => sum + rate);
    this.#count++;
  }

  /** The mean so far; begins anew. */
  take(): Rates {
    const [sum, count] = [this.#sum, this.#count];
    this.#sum = UNKNOWN;
    this.#count = 0;
    return count > 1 ? combined(sum, sum, (rate) => rate / count) : sum;
  }
}

function combined(a: Rates, b: Rates, combine: (a: number, b: number) => number): Rates {
  return {
    connections: combine(a.connections, b.connections),
    inPackets: combine(a.inPackets, b.inPackets),
    outPackets: combine(a.outPackets, b.outPackets),
    inBytes: combine(a.inBytes, b.inBytes),
    outBytes: combine(a.outBytes, b.outBytes),
  };
}
