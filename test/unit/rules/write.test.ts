import fc from "fast-check";
import { expect, test } from "vitest";
import { withRows } from "../../../src/model/service-rows.js";
import { ByteLines } from "../../../src/render/bytes.js";
import { formatRules, tableChanges, writeTable } from "../../../src/rules/write.js";
import { server, tcp } from "../render/samples.js";
import { table } from "../schema/arbitrary.js";

const written = (live: Parameters<typeof tableChanges>[0]) => {
  const out = new ByteLines();
  writeTable(out, live.map(withRows));
  return String(Buffer.from(out.bytes));
};

test("a table is written as its changes are formatted", () => {
  fc.assert(
    fc.property(table, (live) => {
      expect(written(live)).toBe(formatRules(tableChanges(live)).join(""));
    }),
  );
});

test("the common servers, and those next to them", () => {
  const common = { stats: undefined, upperThreshold: 0, lowerThreshold: 0 } as const;
  for (const forwarding of ["masq", "route", "tunnel", "local", "bypass", 5] as const) {
    for (const port of [80, 8080]) {
      for (const other of [
        {},
        { upperThreshold: 1 },
        { lowerThreshold: 1 },
        { tunnel: { type: "gre", port: 0, flags: 1 } as const },
      ]) {
        const { stats: _, ...one } = server("10.0.0.2", port, { ...common, forwarding, ...other } as never);
        for (const service of [
          tcp("10.0.0.1", 80),
          tcp("10.0.0.1", 80, { protocol: 50 } as never),
          tcp("2001:db8::1", 80),
        ]) {
          const live = [{ service, destinations: [one] }];
          expect(written(live)).toBe(formatRules(tableChanges(live)).join(""));
        }
      }
    }
  }
});
