import { expect, test } from "vitest";
import { pieces } from "../../../src/render/pieces.js";

test.each([0, 1, 255, 256, 257, 1000])("%d lines come out whole and in order", (count) => {
  const lines = Array.from({ length: count }, (_, index) => `line ${index}\n`);
  expect(pieces(lines).join("")).toBe(lines.join(""));
});

test("many lines make few pieces", () => {
  expect(pieces(Array.from({ length: 10_000 }, () => "x\n")).length).toBe(40);
});
