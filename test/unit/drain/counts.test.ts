import { describe, expect, it } from "vitest";
import { countsToWaitFor, isNothing, remainingOf, sumOf } from "../../../src/drain/counts.js";
import { drainWarnings } from "../../../src/drain/warnings.js";
import { server, service, web } from "./records.js";

const udp = service({ protocol: "udp", address: "192.0.2.1", port: 53 });
const sctp = service({ protocol: "sctp", address: "192.0.2.1", port: 5 });
const mark = service({ fwmark: 7, family: "ipv4" });
const persistent = { ...web, flags: 1, timeout: 300 };

describe("countsToWaitFor", () => {
  it.each([
    ["TCP", web, {}, ["activeConnections"]],
    ["SCTP", sctp, {}, ["activeConnections"]],
    ["TCP with --inactive", web, { inactive: true }, ["activeConnections", "inactiveConnections"]],
    ["UDP", udp, {}, ["activeConnections", "inactiveConnections"]],
    ["marks", mark, {}, ["activeConnections", "inactiveConnections"]],
    ["other protocols", { ...web, protocol: 50 }, {}, ["activeConnections", "inactiveConnections"]],
    ["persistence", persistent, {}, ["activeConnections", "persistentConnections"]],
    ["persistence whose templates end", persistent, { templatesEnd: true }, ["activeConnections"]],
    [
      "UDP with persistence",
      { ...udp, flags: 1 },
      {},
      ["activeConnections", "inactiveConnections", "persistentConnections"],
    ],
  ])("%s", (_, service, options, expected) => {
    expect(countsToWaitFor(service, { inactive: false, templatesEnd: false, ...options })).toEqual(expected);
  });
});

describe("remaining", () => {
  const busy = server("10.0.0.1", { activeConnections: 2, inactiveConnections: 3, persistentConnections: 4 });

  it("has only what counts", () => {
    expect(remainingOf(busy, ["activeConnections", "persistentConnections"])).toEqual({
      activeConnections: 2,
      persistentConnections: 4,
    });
  });

  it("is nothing when all of it is zero", () => {
    expect(isNothing({ activeConnections: 0, inactiveConnections: 0 })).toBe(true);
    expect(isNothing({ activeConnections: 0, inactiveConnections: 1 })).toBe(false);
  });

  it("adds up, whatever each waits for", () => {
    const all = [{ activeConnections: 2 }, { activeConnections: 1, inactiveConnections: 5 }];
    expect(sumOf(all)).toEqual({ activeConnections: 3, inactiveConnections: 5 });
  });
});

describe("drainWarnings", () => {
  const [a, b, idle] = [server("10.0.0.1"), server("10.0.0.2"), server("10.0.0.3", { weight: 0 })];
  const warnings = (changes: Partial<typeof web>, destinations = [a, b, idle], templatesEnd = false) =>
    drainWarnings({ service: { ...web, ...changes }, destinations }, [a], templatesEnd);

  it("has none for an ordinary service with other servers", () => expect(warnings({})).toEqual([]));

  it("tells when no other server takes connections", () => {
    expect(warnings({}, [a, idle])).toEqual([
      "tcp 192.0.2.1:80: no other server takes connections; new clients are refused",
    ]);
  });

  it.each([
    ["sh", 0, "; set -b sh-fallback sends them elsewhere"],
    ["mh", 0x10, "; set -b mh-fallback sends them elsewhere"],
    ["dh", 0x08, ""],
  ])("tells when %s refuses clients", (scheduler, flags, hint) => {
    expect(warnings({ scheduler, flags })).toEqual([
      `tcp 192.0.2.1:80: scheduler ${scheduler} refuses new clients that belong to 10.0.0.1:80${hint}`,
    ]);
  });

  it.each(["sh", "mh"])("has none for %s with fallback", (scheduler) => {
    expect(warnings({ scheduler, flags: 0x08 })).toEqual([]);
  });

  it("tells that known clients keep coming", () => {
    expect(warnings({ flags: 1, timeout: 300 })).toEqual([
      "tcp 192.0.2.1:80: known clients keep coming until they stay away for 300 seconds; " +
        "with net.ipv4.vs.expire_quiescent_template=1 they go elsewhere at once",
    ]);
    expect(warnings({ flags: 1, timeout: 300 }, undefined, true)).toEqual([]);
  });
});
