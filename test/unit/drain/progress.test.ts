import { describe, expect, it } from "vitest";
import { liveLine, logLines } from "../../../src/drain/progress.js";

function recorder() {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const io = { readInput: () => "", out: write, steer: write, err() {}, env: {} };
  return { written, io: io as never };
}

describe("liveLine", () => {
  it("changes in place, above it lines that stay", () => {
    const { io, written } = recorder();
    const progress = liveLine(io, () => 80);
    progress.line("started");
    progress.show("3 left", "0:01");
    progress.show("2 left", "0:02");
    progress.line("one is done");
    progress.line("another is done");
    progress.show("0 left", "0:03");
    progress.end();
    progress.end();
    expect(written.join("")).toBe(
      "started\n\r3 left, 0:01\x1b[K\r2 left, 0:02\x1b[K\r\x1b[Kone is done\nanother is done\n\r0 left, 0:03\x1b[K\r\x1b[K",
    );
  });

  it("lets no foreign text steer the terminal", () => {
    const { io, written } = recorder();
    liveLine(io, () => 80).show("\x1b[2J\n", "0:01");
    expect(written).toEqual(["\r\\u001b[2J\\u000a, 0:01\x1b[K"]);
  });

  it("never fills the last column", () => {
    const { io, written } = recorder();
    liveLine(io, () => 8).show("abcdefgh", "0:01");
    expect(written).toEqual(["\rabcdefg\x1b[K"]);
  });
});

describe("logLines", () => {
  it("writes a state every ten seconds at most, and only when it changed", () => {
    const { io, written } = recorder();
    let time = 5000;
    const progress = logLines(io, () => time);
    progress.line("started");
    for (let second = 0; second < 40; second++) {
      time = 5000 + second * 1000;
      progress.show(second < 22 ? `${30 - second} left` : "8 left", `0:${second}`);
    }
    progress.end();
    expect(written).toEqual(["started\n", "20 left, 0:10\n", "10 left, 0:20\n", "8 left, 0:30\n"]);
  });
});
