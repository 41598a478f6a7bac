import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readListeners } from "../../../src/host/listeners.js";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const REST = "00000000:00000000 00:00000000 00000000     0        0 191 1 0000000082621d0e 100 0 0 10 0\n";

/** Lines as Linux 6.1 writes them on a machine with little-endian words. */
const TCP = [
  `   0: 00000000:0016 00000000:0000 0A ${REST}`,
  `   1: A100000A:1F90 00000000:0000 0A ${REST}`,
  `   2: A100000A:1F91 0800000A:8DAE 01 ${REST}`,
];
const TCP6 = [
  `   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A ${REST}`,
  `   1: 000000FD000000000000000000010000:0051 00000000000000000000000000000000:0000 0A ${REST}`,
  `   2: 0000000000000000FFFF00006400000A:0052 0000000000000000FFFF00000800000A:8DAE 06 ${REST}`,
];

describe("sockets that wait for clients", () => {
  let proc: string;
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(proc, "net", name), HEAD + lines.join(""));
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), "proc-"));
    mkdirSync(join(proc, "net"));
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  it("are those that listen, of both families", () => {
    write("tcp", TCP);
    write("tcp6", TCP6);
    expect(readListeners("tcp", proc)).toEqual([
      { address: "0.0.0.0", port: 22 },
      { address: "10.0.0.161", port: 8080 },
      { address: "::", port: 80 },
      { address: "fd00::100", port: 81 },
    ]);
  });

  it("are those of UDP that are not connected, wherever they stand", () => {
    write("udp", [`  90: A100000A:0035 0800000A:8DAE 01 ${REST}`, `  91: 00000000:0035 00000000:0000 07 ${REST}`]);
    expect(readListeners("udp", proc)).toEqual([{ address: "0.0.0.0", port: 53 }]);
  });

  it("are looked for no further than where connections begin, and over the bounds of reads", () => {
    write("tcp", [...Array(2000).fill(TCP[1]), ...Array(100_000).fill(TCP[2]), "no socket at all\n"]);
    expect(readListeners("tcp", proc)).toHaveLength(2000);
  });

  it("are none without the files, and a fault in unknown lines", () => {
    expect(readListeners("tcp", proc)).toEqual([]);
    write("tcp", ["something else\n"]);
    expect(() => readListeners("tcp", proc)).toThrow(/net\/tcp: unexpected line: something else/);
    write("tcp", [`   0: 00000000:0016 00000000:0000 0A ${REST}`]);
    write("tcp6", [`   0: 00000000:0016 00000000:0000 0A ${REST}`]);
    expect(() => readListeners("tcp", proc)).toThrow(/an address of 4 bytes/);
  });
});
