import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lines } from "../../../src/rules/lines.js";

/** What a reader gets of a text: each line with its number, once cut out of the text and once out of the codes. */
function read(text: string) {
  const lines = new Lines(text);
  const read: { line: number; text: string; codes: string; next: number | undefined }[] = [];
  while (lines.next()) {
    const { line, start, stop, codes, from, to } = lines;
    read.push({
      line,
      text: text.slice(start, stop),
      codes: String.fromCharCode(...codes.subarray(from, Math.min(to, from + 100))),
      next: codes[to],
    });
  }
  return read;
}

const LINE_END = 0x0a;

describe("lines of a text", () => {
  it("are those between line ends, and their codes are their characters", () => {
    const line = fc.oneof(fc.string({ unit: "binary", maxLength: 90 }), fc.constantFrom("", "-A -t 10.0.0.1:80 -s rr"));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.integer({ min: 1, max: 400 }), (some, times) => {
        const text = Array.from({ length: times }, () => some.join("\n")).join("\n");
        const expected = text.split("\n");
        if (expected.at(-1) === "") expected.pop();
        const found = read(text);
        expect(found.map((one) => one.text)).toEqual(expected);
        expect(found.map((one) => one.line)).toEqual(expected.map((_, index) => index + 1));
        expect(found.map((one) => one.codes)).toEqual(expected.map((one) => one.slice(0, 100)));
        expect(found.every((one) => one.next === LINE_END)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("are none of an empty text, and one of a text without line end", () => {
    expect(read("")).toEqual([]);
    expect(read("a")).toMatchObject([{ line: 1, text: "a", codes: "a", next: LINE_END }]);
  });

  it("may be longer than codes are kept of: then there are none", () => {
    const long = "-".repeat(40_000);
    const found = read(`one\n${long}\nthree\n${long}`);
    expect(found.map(({ text }) => text)).toEqual(["one", long, "three", long]);
    expect(found.map(({ codes }) => codes)).toEqual(["one", "", "three", ""]);
    expect(found.every(({ next }) => next === LINE_END)).toBe(true);
  });
});
