import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { DecodeError } from "../../src/errors.js";
import { FOUND } from "../fuzz/found.js";
import { main } from "../fuzz/main.js";
import { reader, readOne, tryReader } from "../fuzz/reader.js";
import { READERS } from "../fuzz/readers.js";
import { watch } from "../fuzz/watch.js";

/** Inputs of the short run; a reader that is slow gets its share. */
const RUNS = 300;
const SEED = 20261123;

describe("random inputs", () => {
  it.each(READERS.map((one) => [one.name, one] as const))("do not break the reader of %s", async (_name, one) => {
    const runs = Math.ceil(RUNS * (one.share ?? 1));
    expect(await tryReader(one, { runs, seed: SEED })).toBeUndefined();
  });

  it("once broke these, and do no more", async () => {
    for (const { name, input } of FOUND) await readOne(READERS.find((one) => one.name === name)!.read, input);
  });
});

describe("a reader that breaks", () => {
  const inputs = fc.string({ maxLength: 50 });
  const failing = (error: Error) =>
    reader({
      name: "failing",
      inputs,
      read: (text) => {
        if (text.includes("a")) throw error;
      },
    });

  it("is shown with the smallest input that does it", async () => {
    const crash = await tryReader(failing(new TypeError("oh")), { runs: 1000, seed: 1 });
    expect(crash?.input).toBe('"a"');
    expect(crash?.error).toContain("TypeError: oh");
  });

  it("may refuse its input with an error of ours", async () =>
    expect(await tryReader(failing(new DecodeError("no")), { runs: 1000, seed: 1 })).toBeUndefined());
});

describe("a thread that does not come back", () => {
  const folder = mkdtempSync(join(tmpdir(), "ipvsadm-fuzz-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A thread as worker.ts is one, whose fourth input does `fault`. */
  function worker(name: string, fault: string): URL {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(
      path,
      `import { parentPort, workerData } from "node:worker_threads";
       const { progress, from } = workerData;
       for (let number = 0; number < 10; number++) {
         Atomics.add(new Int32Array(progress), 0, 1);
         if (from !== undefined && number >= from) parentPort.postMessage({ input: "input " + number });
         if (number === 3) { ${fault} }
       }
       parentPort.postMessage({ crash: undefined });`,
    );
    return pathToFileURL(path);
  }
  const task = { name: "any", runs: 10, seed: 1 };

  it.each([
    ["hangs", "for (;;);", "no end within 1 seconds"],
    ["hangs in a regular expression", '/^(a+)+$/.test("a".repeat(60) + "b");', "no end within 1 seconds"],
    ["waits for nothing", "await new Promise(() => {});", "the reading never ended, and nothing was left to wait for"],
    ["wants all memory", "const all = []; for (;;) all.push(new Array(1e5).fill(all));", "more than 64 MiB of memory"],
  ])("is stopped and its input is known: it %s", async (name, fault, error) => {
    const patience = error.startsWith("no end") ? 1 : 1000;
    expect(await watch(worker(name, fault), task, { patience, memory: 64 })).toEqual({ input: "input 3", error });
  });

  it("is none where all inputs are read", async () =>
    expect(await watch(worker("fine", ""), task, { patience: 60 })).toBeUndefined());

  /** What the program prints, and its exit status. */
  async function run(args: readonly string[], thread: URL) {
    let text = "";
    const status = await main(args, (part) => (text += part), thread);
    return { status, text };
  }

  it("makes the program fail, which names reader, seed and input", async () => {
    const args = ["--runs", "10", "--seed", "7", "--patience", "1", "--reader"];
    expect(await run([...args, "hosts"], worker("fault", "for (;;);"))).toEqual({
      status: 1,
      text: "seed 7\nhosts: FAULT, --seed 7 --runs 10, input input 3\nno end within 1 seconds\n10 inputs for 1 readers, 1 faults\n",
    });
    expect(await run([...args, "keys", "--reader", "hosts"], worker("fine", ""))).toEqual({
      status: 0,
      text: "seed 7\nkeys: 5 inputs\nhosts: 5 inputs\n10 inputs for 2 readers, 0 faults\n",
    });
  });

  it.each([
    [["--reader", "nosuch"], 2, "no such reader: nosuch\n"],
    [["--runs", "-1"], 2, "argument is ambiguous"],
    [["--runs", "many"], 2, "not a whole number: many\n"],
    [["--nosuch"], 2, "Unknown option '--nosuch'"],
    [["--help"], 0, "--reader NAME"],
  ])("is not started by %j", async (args, status, text) => {
    const outcome = await run(args, worker("never", "for (;;);"));
    expect(outcome.status).toBe(status);
    expect(outcome.text).toContain(text);
  });
});
