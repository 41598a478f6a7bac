import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTotals } from "../../../src/client/totals.js";
import { DecodeError, TransportError } from "../../../src/errors.js";

/** As Linux 6.1 wrote it. */
const REAL = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       1       7F       7F              E63             1C47

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       0        8        8               F5              1E2
`;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "totals-"));
  file = join(folder, "ip_vs_stats");
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  writeFileSync(file, text);
  return readTotals(file);
};

describe("readTotals", () => {
  it("reads what the kernel writes", () => {
    const totals = { connections: 1n, inPackets: 127n, outPackets: 127n, inBytes: 3683n, outBytes: 7239n };
    expect(read(REAL)).toEqual(totals);
  });

  it("reads numbers of 64 bits", () => {
    const wide = REAL.replace("       1       7F", "FFFFFFFFFFFFFFFF 7F").replace(/^FFFF/m, " FFFF");
    expect(read(wide).connections).toBe(2n ** 64n - 1n);
  });

  it.each([
    ["nothing", ""],
    ["half of it", REAL.slice(0, 150)],
    ["a column less", REAL.replace("             1C47", "")],
    ["a column more", REAL.replace("1C47", "1C47 5")],
    ["something else", REAL.replace("7F", "x7")],
    ["numbers that are too long", REAL.replace("7F", "11112222333344445")],
  ])("refuses %s", (_, text) => {
    expect(() => read(text)).toThrow(new DecodeError(`unexpected input from ${file}`));
  });

  it("says when there is no such file", () => {
    const missing = join(folder, "missing");
    expect(() => readTotals(missing)).toThrow(new TransportError(`cannot read file ${missing}`, "ENOENT"));
  });
});
