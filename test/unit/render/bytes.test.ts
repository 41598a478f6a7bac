import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteLines } from "../../../src/render/bytes.js";

function written(work: (out: ByteLines) => void, capacity?: number): string {
  const out = new ByteLines(capacity);
  work(out);
  return Buffer.from(out.bytes).toString("latin1");
}

test("numbers are written as String does, with zeros before them", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 12 }), (value, width) => {
      expect(written((out) => out.number(value, width))).toBe(String(value).padStart(width, "0"));
    }),
  );
  for (const value of [0, 9, 10, 99, 100, 65535, 4294967295, Number.MAX_SAFE_INTEGER]) {
    expect(written((out) => out.number(value))).toBe(String(value));
  }
});

test("fields are padded, longer ones push the rest", () => {
  const line = (out: ByteLines) => {
    for (const field of ["TCP", "SCTP", "", "x\xff"]) {
      out.text(field);
      out.endField(3);
    }
    out.text("end");
    out.endLine();
  };
  expect(
    written((out) => {
      line(out);
      line(out);
    }),
  ).toBe("TCP SCTP     x\xff  end\n".repeat(2));
});

test("any amount finds room, and clear forgets it", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ -~]{0,50}$/)), fc.integer({ min: 1, max: 100 }), (texts, capacity) => {
      expect(
        written((out) => {
          out.text("forgotten");
          out.clear();
          for (const text of texts) {
            out.text(text);
            out.endField(7);
          }
        }, capacity),
      ).toBe(texts.map((text) => `${text.padEnd(7)} `).join(""));
    }),
  );
});
