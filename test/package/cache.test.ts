import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = 4096;

const work = mkdtempSync(join(tmpdir(), "ipvsadm-cache-"));
const whole = readFileSync(join(ROOT, "dist/programs.cache"));
const header = whole.indexOf("\n") + 1;

/** Prints on standard error what V8 did with the cache: nothing where none was handed to it. */
const probe = join(work, "probe.cjs");
writeFileSync(
  probe,
  `const vm = require("node:vm");
   const { Script } = vm;
   vm.Script = function (source, options) {
     const script = new Script(source, options);
     if (options.cachedData) process.stderr.write(script.cachedDataRejected ? "rejected" : "accepted");
     return script;
   };`,
);

afterAll(() => rmSync(work, { recursive: true }));

/** Runs `ipvsadm -v` of an installation of its own whose cache holds `cache`. */
async function version(name: string, cache: Uint8Array): Promise<{ stdout: string; stderr: string }> {
  const folder = join(work, name);
  mkdirSync(join(folder, "dist"), { recursive: true });
  cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
  for (const file of ["programs.cjs", "rare.cjs"]) cpSync(join(ROOT, "dist", file), join(folder, "dist", file));
  writeFileSync(join(folder, "dist/programs.cache"), cache);
  try {
    return await run(process.execPath, ["--require", probe, join(folder, "bin/ipvsadm.js"), "-v"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `count` places from `from` to before `to`, from one end to the other. */
const places = (count: number, from = 0, to = whole.length) =>
  Array.from({ length: count }, (_, index) => from + Math.floor((index * (to - from)) / count));

/** Starts of pages, and what is in the page. */
const pages = places(Math.floor(whole.length / PAGE)).map((at) => at - (at % PAGE));
const page = (at: number) => whole.subarray(at, at + PAGE);

const replaced = (at: number, bytes: Uint8Array) => {
  const copy = Buffer.from(whole);
  copy.set(bytes.subarray(0, copy.length - at), at);
  return copy;
};
const zeroed = (at: number, length: number) => replaced(at, Buffer.alloc(length));
const flipped = (at: number) => replaced(at, Buffer.from([whole[at]! ^ (1 << (at % 8))]));

/** Ways to damage the cache: what happens, where, and how. */
const DAMAGES: readonly (readonly [what: string, where: readonly number[], how: (at: number) => Uint8Array])[] = [
  ["a page of zeros", pages.filter((at) => page(at).some((byte) => byte !== 0)), (at) => zeroed(at, PAGE)],
  ["zeros to the end", places(10, header), (at) => zeroed(at, whole.length - at)],
  ["a page of another place", pages.slice(1).filter((_, index) => index % 10 === 0), (at) => replaced(at, page(0))],
  ["a bit", places(60), flipped],
  ["a bit of the header", places(10, 0, header), flipped],
  ["a bit of what V8 looks at first", places(24, header, header + 64), flipped],
  ["no end", [...places(20), header - 1, header, header + 1, whole.length - 1], (at) => whole.subarray(0, at)],
  ["one copy instead of two", [header + (whole.length - header) / 2], (at) => whole.subarray(0, at)],
  ["bytes too many", [1, 2, PAGE, whole.length], (count) => Buffer.concat([whole, Buffer.alloc(count, 1)])],
];

const CASES = DAMAGES.flatMap(([what, where, how]) => where.map((at) => ({ title: `${what} at ${at}`, at, how })));

it("is taken over where it is whole", async () => {
  expect((await version("whole", whole)).stderr).toBe("accepted");
});

it(`is ignored where it is damaged, in ${CASES.length} ways`, async () => {
  expect(CASES.length).toBeGreaterThan(200);
  const { stdout } = await version("whole", whole);
  const left = CASES.entries();
  const wrong: string[] = [];
  const worker = async () => {
    for (const [index, { title, at, how }] of left) {
      const ended = await version(`damaged-${index}`, how(at)).catch((error: Error) => ({ stdout: String(error) }));
      // V8 itself rejects what it cannot take for a cache at all.
      const ignored = ended.stdout === stdout && "stderr" in ended && ended.stderr !== "accepted";
      if (!ignored) wrong.push(`${title}: ${JSON.stringify(ended)}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  expect(wrong).toEqual([]);
});
