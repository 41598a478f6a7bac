import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "ipvsadm-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hook = join(folder, "hook.cjs");
writeFileSync(
  hook,
  'process.on("exit", () => require("fs").writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));',
);

/** Bytes of memory that `ipvsadm check` needs at most for a file of so many lines. */
function peak(lines: number, line: (address: string) => string): number {
  const file = join(folder, "rules");
  const text = Array.from({ length: lines }, (_, n) => `${line(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)}\n`);
  writeFileSync(file, text.join(""));
  const result = join(folder, "peak");
  const program = join(import.meta.dirname, "../../bin/ipvsadm.js");
  spawnSync(process.execPath, ["--require", hook, program, "check", file], {
    env: { ...process.env, PEAK_FILE: result },
    stdio: "ignore",
  });
  return Number(readFileSync(result, "utf8")) * 1024;
}

/** The text itself, 40 bytes a line, is in memory as bytes and as a string. */
describe("checking a file needs, per line, at most", () => {
  it.each([
    ["300 bytes for a mistake in the line", 300, (address: string) => `-A -t ${address}:80 -s rr -w x`],
    ["300 bytes for a mistake in the table", 300, (address: string) => `-a -t ${address}:80 -r 10.0.0.1 -m`],
    ["1100 bytes for a service", 1100, (address: string) => `-A -t ${address}:80 -s rr`],
  ])("%s", (_title, bound, line) => {
    const [few, many] = [20_000, 120_000];
    expect((peak(many, line) - peak(few, line)) / (many - few)).toBeLessThan(bound);
  });
});
