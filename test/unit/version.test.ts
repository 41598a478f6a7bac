import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSION, VERSION_TEXT } from "../../src/version.js";

it("is package.json's", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
  expect(VERSION_TEXT).toMatch(/^ipvsadm v1\.31 /);
});
