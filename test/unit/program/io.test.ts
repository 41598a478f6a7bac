import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readFileOrInput } from "../../../src/program/file.js";
import { InputError, readAll } from "../../../src/program/io.js";

const work = mkdtempSync(join(tmpdir(), "ipvsadm-io-"));
afterAll(() => rmSync(work, { recursive: true }));

/** What reading an open file does. */
function reading<T>(path: string, flags: string, read: (fd: number) => T): T {
  const fd = openSync(path, flags);
  try {
    return read(fd);
  } finally {
    closeSync(fd);
  }
}

describe("reading a descriptor", () => {
  it("yields its text", () => {
    const path = join(work, "text");
    writeFileSync(path, "-A -t 192.0.2.1:80 # ü\n".repeat(9000));
    expect(reading(path, "r", (fd) => readAll(fd, "it"))).toBe("-A -t 192.0.2.1:80 # ü\n".repeat(9000));
  });

  it("says which one is a directory", () => {
    const attempt = () => reading(work, "r", (fd) => readAll(fd, "standard input"));
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(/^cannot read standard input: EISDIR/);
  });

  it("takes one that cannot be read for empty, as a closed one is", () => {
    expect(reading(join(work, "for-writing"), "w", (fd) => readAll(fd, "it"))).toBe("");
  });
});

describe("reading a file by its name", () => {
  const io = { readInput: () => "", out() {}, err() {}, steer() {}, env: {} };

  it.each([work, "/nonexistent"])("says what is wrong with %s", (path) => {
    expect(() => readFileOrInput(path, io)).toThrow(InputError);
    expect(() => readFileOrInput(path, io)).toThrow(new RegExp(`^cannot read ${path}: E(ISDIR|NOENT): [^:]*$`));
  });
});
