import { describe, expect, it } from "vitest";
import { clockText, endingText, remainingText, startText } from "../../../src/drain/text.js";
import { server, service, web } from "./records.js";

const target = { service: web, server: server("10.0.0.1", { weight: 5 }) };
const at = "10.0.0.1:80 of tcp 192.0.2.1:80";

describe("texts of a drain", () => {
  it("tell what is left", () => {
    expect(remainingText({ activeConnections: 14 })).toBe("14 active");
    expect(remainingText({ activeConnections: 0, inactiveConnections: 3, persistentConnections: 1 })).toBe(
      "0 active, 3 inactive, 1 persistent",
    );
  });

  it("tell how it begins", () => {
    const idle = { ...target, server: server("10.0.0.1", { weight: 0 }) };
    expect(startText(target, 5, { activeConnections: 2 })).toBe(`${at}: weight 5 -> 0; 2 active`);
    expect(startText(idle, 5, { activeConnections: 2 })).toBe(`${at}: weight is 0 already, was 5; 2 active`);
    expect(startText(idle, undefined, { activeConnections: 2 })).toBe(`${at}: weight is 0 already; 2 active`);
  });

  it("tell how it ends", () => {
    expect(endingText(target, "drained", 61_999, false)).toBe(`${at}: drained after 1:01`);
    expect(endingText(target, "drained", 0, true)).toBe(`${at}: drained after 0:00, deleted`);
    expect(endingText(target, "deleted", 0, false)).toBe(`${at}: deleted by another program`);
    expect(endingText(target, "reweighted", 0, false)).toBe(`${at}: not drained: another program gave it weight again`);
  });

  it("name marks and IPv6", () => {
    const other = { service: service({ fwmark: 7, family: "ipv6" }), server: server("2001:db8::2", { port: 0 }) };
    expect(endingText(other, "deleted", 0, false)).toBe("[2001:db8::2]:0 of fwmark 7 ipv6: deleted by another program");
  });

  it.each([
    [0, "0:00"],
    [59_999, "0:59"],
    [60_000, "1:00"],
    [3_599_000, "59:59"],
    [3_600_000, "1:00:00"],
    [90_061_000, "25:01:01"],
  ])("show %i milliseconds as %s", (milliseconds, text) => expect(clockText(milliseconds)).toBe(text));
});
