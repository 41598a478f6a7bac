import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visible, visibleBytes, visibleLine } from "../../../src/program/visible.js";

const latin1 = (text: string) => Buffer.from(text, "latin1");

describe("visible", () => {
  it("escapes C0, DEL and C1, and leaves the rest", () => {
    expect(visible("\x00\x1b[31m\r\x7f\x85\x9b")).toBe("\\u0000\\u001b[31m\\u000d\\u007f\\u0085\\u009b");
    for (const text of ["", "a\tb\n", "caf\xe9 \xa0", "日本 \u{1f600}", "\\u001b"]) expect(visible(text)).toBe(text);
  });

  it("leaves no control character but tab and line end, and says the same inside of JSON", () => {
    for (let code = 0; code < 0x300; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      expect(visible(text)).not.toMatch(/[^\P{Cc}\t\n]/u);
      expect(JSON.parse(visible(JSON.stringify(text)))).toBe(text);
    }
  });

  it("does so for bytes", () => {
    expect(visibleBytes(latin1("Call-ID \x1b]0;x\x07\n"))).toEqual(latin1("Call-ID \\u001b]0;x\\u0007\n"));
    const clean = latin1("TCP  10.0.0.1:80\n");
    expect(visibleBytes(clean)).toBe(clean);
  });

  it("finds every control character in bytes, wherever they lie in memory", () => {
    const ascii = fc.integer({ min: 0x20, max: 0x7e });
    const byte = fc.oneof({ weight: 30, arbitrary: ascii }, { weight: 1, arbitrary: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(3), (bytes, offset) => {
        const memory = Buffer.from([...new Array(offset).fill(0), ...bytes]);
        const placed = Buffer.from(Uint8Array.from(memory).buffer, offset);
        const text = placed.toString("latin1");
        expect(Buffer.from(visibleBytes(placed)).toString("latin1")).toBe(visible(text));
        if (visible(text) === text) expect(visibleBytes(placed)).toBe(placed);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps a line one line where that is asked for", () => {
    expect(visibleLine("a\nline 2: \tb")).toBe("a\\u000aline 2: \\u0009b");
  });
});

it("only what steers a terminal is written as it is", () => {
  const src = join(import.meta.dirname, "../../../src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const having = (pattern: RegExp) =>
    files.filter((file) => pattern.test(readFileSync(join(src, file), "utf8"))).sort();
  expect(having(/\.steer\(/)).toEqual(["drain/progress.ts", "listing/listing.ts", "top/screen.ts"]);
  expect(having(/console\.|process\.std(out|err)\.write/)).toEqual([]);
});
