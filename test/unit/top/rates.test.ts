import { describe, expect, it } from "vitest";
import { History, SPAN } from "../../../src/top/history.js";
import { RateMean, RateMeter } from "../../../src/top/rates.js";
import { stats } from "./records.js";

const perSecond = (connections: number) => ({
  connections,
  inPackets: connections * 10,
  outPackets: connections * 5,
  inBytes: connections * 1000,
  outBytes: connections * 2000,
});
const UNKNOWN = { connections: NaN, inPackets: NaN, outPackets: NaN, inBytes: NaN, outBytes: NaN };

describe("RateMeter", () => {
  it("knows nothing at first, nor while the kernel has not summed up", () => {
    const meter = new RateMeter();
    expect(meter.look(stats(10, 3), 0)).toEqual(UNKNOWN);
    expect(meter.look(stats(10, 3), 1)).toEqual(UNKNOWN);
    expect(meter.isSettled).toBe(false);
  });

  it("knows that idle rows are idle", () => {
    const meter = new RateMeter();
    meter.look(stats(10), 0);
    expect(meter.look(stats(10), 1)).toEqual(perSecond(0));
    expect(meter.isSettled).toBe(true);
  });

  it("divides a jump by the two seconds that it stands for, and keeps it until the next", () => {
    const meter = new RateMeter();
    const looks = [10, 10, 30, 30, 90, 90].map((connections) => meter.look(stats(connections, 3), 1).connections);
    expect(looks).toEqual([NaN, NaN, 10, 10, 30, 30]);
  });

  it("gives every rate", () => {
    const meter = new RateMeter();
    meter.look(stats(0, 1), 0);
    expect(meter.look(stats(20, 1), 1)).toEqual(perSecond(10));
  });

  it("sees a summation without traffic by the averages that sink", () => {
    const meter = new RateMeter();
    meter.look(stats(0, 0), 0);
    meter.look(stats(20, 8), 1);
    expect(meter.look(stats(20, 8), 1).connections).toBe(10);
    expect(meter.look(stats(20, 6), 1).connections).toBe(0);
    expect(meter.look(stats(40, 9), 1).connections).toBe(10);
  });

  it("spreads what several summations brought over the time since the look before", () => {
    const meter = new RateMeter();
    meter.look(stats(0, 1), 0);
    expect(meter.look(stats(100, 1), 10).connections).toBe(10);
  });

  it("counts from zero after the counters were set back", () => {
    const meter = new RateMeter();
    meter.look(stats(1000, 1), 0);
    expect(meter.look(stats(4, 1), 1).connections).toBe(2);
  });

  it("is exact for any rhythm of looks below two seconds, whatever the kernel's phase", () => {
    for (const step of [0.2, 0.7, 1, 1.5]) {
      const meter = new RateMeter();
      for (let time = 0.3; time < 60; time += step) {
        // 50 connections a second, summed up every two seconds.
        const { connections } = meter.look(stats(Math.floor(time / 2) * 100, 50), step);
        if (time > 4) expect(connections).toBe(50);
      }
    }
  });
});

describe("RateMean", () => {
  it("is the mean of what is known, and begins anew", () => {
    const mean = new RateMean();
    for (const rates of [UNKNOWN, perSecond(10), perSecond(20)]) mean.add(rates);
    expect(mean.take()).toEqual(perSecond(15));
    expect(mean.take()).toEqual(UNKNOWN);
  });
});

describe("History", () => {
  it("keeps the last values of each rate, oldest first", () => {
    const history = new History();
    for (const value of [1, 2, 3]) history.add(perSecond(value));
    expect(history.last("connections", 3)).toEqual([1, 2, 3]);
    expect(history.last("inPackets", 2)).toEqual([20, 30]);
    expect(history.last("outBytes", 4)).toEqual([NaN, 2000, 4000, 6000]);
  });

  it("forgets what is too old", () => {
    const history = new History();
    for (let value = 1; value <= SPAN + 5; value++) history.add(perSecond(value));
    expect(history.last("connections", 1000)).toEqual(Array.from({ length: SPAN }, (_, at) => at + 6));
  });
});
