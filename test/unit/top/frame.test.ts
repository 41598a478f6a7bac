import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLUMNS, figureText, layoutFor } from "../../../src/top/columns.js";
import { type Frame, pageOf, renderFrame, renderOnce } from "../../../src/top/frame.js";
import { renderTopJson } from "../../../src/top/json.js";
import type { State } from "../../../src/top/keys.js";
import { BLOCKS, SIGNS, sparkline } from "../../../src/top/sparkline.js";
import { arrange, filterRows, type View } from "../../../src/top/view.js";
import { watched } from "./records.js";

const view: View = { sort: "connections", reverse: false, grouping: "tree", filter: "" };
const state: State = { view, offset: 0, paused: false, typing: false, help: false };

function frame(changes: Partial<Frame> = {}, stateChanges: Partial<State> = {}): string[] {
  const model = watched();
  const full = { ...state, ...stateChanges };
  return renderFrame({
    services: model.services,
    rows: arrange(model.services, full.view),
    state: full,
    columns: 120,
    lines: 12,
    time: "12:34:56",
    interval: 1,
    unicode: true,
    ...changes,
  });
}
const plain = (...args: Parameters<typeof frame>) =>
  frame(...args).map((line) => stripVTControlCharacters(line).trimEnd());

describe("figureText", () => {
  it.each([
    [NaN, "-"],
    [0, "0"],
    [0.5, "0.5"],
    [3, "3"],
    [99.94, "99.9"],
    [99.96, "100"],
    [1234.5, "1235"],
    [99999, "99999"],
    [100_000, "100K"],
    [999_499, "999K"],
    [999_500, "1.0M"],
    [2_147_483_647, "2.1G"],
    [9_950_000, "10M"],
    [2 ** 64, "18E"],
  ])("%d is %s", (value, text) => expect(figureText(value)).toBe(text));

  it("never needs more than six characters", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 2 ** 64, noNaN: true }), (value) => figureText(value).length <= 6));
  });
});

describe("sparkline", () => {
  it("draws values in proportion to the largest", () => {
    expect(sparkline([NaN, 0, 1, 4, 8], BLOCKS)).toBe("  ▁▄█");
    expect(sparkline([1, 8], SIGNS)).toBe(".#");
  });
  it("draws nothing where nothing was", () => expect(sparkline([0, 0, NaN], BLOCKS)).toBe("   "));
});

describe("layoutFor", () => {
  it("has room for everything in 120 columns", () => {
    const { columns, history } = layoutFor(120, 24, 24);
    expect(columns).toEqual(COLUMNS);
    expect(history).toBeGreaterThanOrEqual(20);
  });

  it("keeps what matters most in 80", () => {
    const { columns, history } = layoutFor(80, 24, 24);
    expect(columns.map(({ key }) => key)).toEqual(["active", "inactive", "connections", "inPackets", "inBytes"]);
    expect(history).toBeGreaterThanOrEqual(8);
  });

  it("gives names what they need before histories get more", () => {
    expect(layoutFor(140, 50, 24).name).toBe(50);
    expect(layoutFor(140, 500, 24).history).toBe(8);
  });
});

describe("renderFrame", () => {
  it("shows totals, rows, their figures and histories", () => {
    expect(plain()).toEqual([
      "ipvsadm top  12:34:56  every 1 s  3 services  3 servers  70 conn/s  in 700 pkt/s 70000 B/s  out 350 pkt/s 140K B/s",
      "rows 1-6 of 6",
      "Service / server          Weight  Active   Inact ↓Conn/s  InPkt/s  OutPkt/s   InB/s  OutB/s History",
      "udp 192.0.2.1:53               5       0       9      50      500       250   50000    100K                        █",
      "  10.0.0.3:53                  5       0       9      50      500       250   50000    100K                        █",
      "tcp 192.0.2.1:80               7       8       0      20      200       100   20000   40000                        █",
      "  10.0.0.1:80                  7       5       0      15      150        75   15000   30000                        █",
      "  10.0.0.2:80                  0       3       0       5       50        25    5000   10000                        █",
      "fwmark 7 ipv6                  0       0       0       0        0         0       0       0",
      "",
      "",
      "q quit  left/right sort  r reverse  v view  / filter  space pause  h help",
    ]);
  });

  it("shows of which service servers are when they stand alone", () => {
    const lines = plain({}, { view: { ...view, grouping: "servers" } });
    expect(lines[3]).toMatch(/^10\.0\.0\.3:53 {2}udp 192\.0\.2\.1:53 /);
  });

  it("shows the part that was scrolled to", () => {
    const lines = plain({ lines: 7 }, { offset: 2 });
    expect(lines[1]).toBe("rows 3-5 of 6");
    expect(lines.slice(3, 6).map((line) => line.split(/ {2,}/).find(Boolean))).toEqual([
      "tcp 192.0.2.1:80",
      "10.0.0.1:80",
      "10.0.0.2:80",
    ]);
  });

  it("never scrolls past the end, though rows may have gone", () => {
    expect(plain({ lines: 7 }, { offset: 1000 })[1]).toBe("rows 4-6 of 6");
  });

  it("shows filter, pause and help", () => {
    const filtered = { ...view, filter: "zzz" };
    expect(plain({}, { view: filtered, typing: true })[1]).toBe("no rows  filter: zzz_");
    expect(plain({}, { view: { ...view, filter: "udp" }, paused: true })[1]).toBe("rows 1-2 of 2  paused  filter: udp");
    expect(plain({}, { help: true }).join("\n")).toMatch(/Left, Right +sort by the column/);
  });

  it("marks the column and direction of the order", () => {
    const titles = (changes: Partial<View>) => plain({}, { view: { ...view, ...changes } })[2];
    expect(titles({ reverse: true })).toContain(" ↑Conn/s ");
    expect(titles({ sort: "name" })).toMatch(/^Service \/ server↑ /);
    expect(titles({ sort: "outPackets" })).toContain(" ↓OutPkt/s ");
  });

  it("needs only ASCII where there is no more", () => {
    const text = stripVTControlCharacters(frame({ unicode: false }).join(""));
    expect(text).toMatch(/^[ -~]*$/);
  });

  it("fits the terminal, however small or large", () => {
    const size = fc.record({ columns: fc.integer({ min: 1, max: 300 }), lines: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(size, fc.boolean(), fc.nat(10), (size, help, offset) => {
        const lines = frame(size, { help, offset }).map(stripVTControlCharacters);
        expect(lines).toHaveLength(size.lines);
        expect(lines.filter((line) => [...line].length > size.columns)).toEqual([]);
        expect(pageOf(size.lines)).toBe(Math.max(0, size.lines - 4));
      }),
    );
  });
});

describe("renderOnce", () => {
  it("lists all rows with all columns, as plain text", () => {
    const model = watched();
    const text = [...renderOnce(arrange(model.services, view), view)].join("");
    expect(text).toBe(
      [
        "Service / server  Weight  Active   Inact vConn/s  InPkt/s  OutPkt/s   InB/s  OutB/s",
        "udp 192.0.2.1:53       5       0       9      50      500       250   50000    100K",
        "  10.0.0.3:53          5       0       9      50      500       250   50000    100K",
        "tcp 192.0.2.1:80       7       8       0      20      200       100   20000   40000",
        "  10.0.0.1:80          7       5       0      15      150        75   15000   30000",
        "  10.0.0.2:80          0       3       0       5       50        25    5000   10000",
        "fwmark 7 ipv6          0       0       0       0        0         0       0       0",
        "",
      ].join("\n"),
    );
  });
});

describe("renderTopJson", () => {
  it("adds rates to what -L --json shows", () => {
    const document = JSON.parse(renderTopJson(filterRows(watched().services, ""), 3.012).join(""));
    expect(document.interval).toBe(3.012);
    expect(document.services[0]).toMatchObject({
      protocol: "tcp",
      address: "192.0.2.1",
      port: 80,
      scheduler: "wlc",
      stats: { connections: 80 },
      rates: { connections: 20, inPackets: 200, outPackets: 100, inBytes: 20_000, outBytes: 40_000 },
      destinations: [
        { address: "10.0.0.1", weight: 7, activeConnections: 5, rates: { connections: 15 } },
        { address: "10.0.0.2", weight: 0, activeConnections: 3, rates: { connections: 5 } },
      ],
    });
  });

  it("has null for what is not known, and is JSON without services too", () => {
    const model = watched();
    model.services[0]!.publish();
    const [first] = JSON.parse(renderTopJson(filterRows(model.services, ""), 1).join("")).services;
    expect(first.rates.connections).toBeNull();
    expect(JSON.parse(renderTopJson([], 1).join(""))).toEqual({ interval: 1, services: [] });
  });
});
