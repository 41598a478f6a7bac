// The runtime that an executable is made of: Bun's, as npm delivers it.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { resolve } = createRequire(import.meta.url);

/** The C library as its loader calls it, by what Bun's packages are called. */
const LIBC = { "": "libc.so.6", "-musl": "libc.so" };

/**
 * Variables that make Bun run other code than the program's, listen for a debugger, or write files. A program that runs as root
 * must not offer that to whoever called it, so their names are taken out of the runtime.
 */
const CLOSED = [
  "BUN_BE_BUN",
  "BUN_OPTIONS",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_PRELOAD",
  "BUN_BYTECODE_ORDER_OUT",
  "BUN_BYTECODE_ORDER_NAMES_OUT",
  "BUN_BYTECODE_DIGEST_OUT",
];

/** The program `bun` of this machine, and the C library that it runs on. */
export function ownRuntime() {
  const musl = process.report.getReport().header.glibcVersionRuntime === undefined ? "-musl" : "";
  const arch = { x64: "x64", arm64: "aarch64" }[process.arch];
  if (arch === undefined) throw new Error(`Bun has no runtime for ${process.arch}`);
  const own = `@oven/bun-linux-${arch}${musl}`;
  // The package `bun` takes the program over when its install script runs, which not every npm lets it.
  const places = [
    ["bun/package.json", "bin/bun.exe"],
    [`${own}/package.json`, "bin/bun"],
  ];
  for (const [manifest, program] of places) {
    const path = locate(manifest, program);
    if (path !== undefined) return { path, libc: LIBC[musl] };
  }
  throw new Error(`no runtime: npm did not install ${own}`);
}

/** @returns {string | undefined} */
function locate(manifest, program) {
  try {
    const path = join(dirname(resolve(manifest)), program);
    // Without its install script, the package `bun` holds a placeholder.
    return existsSync(path) && isElf(readFileSync(path)) ? path : undefined;
  } catch {
    return undefined;
  }
}

const isElf = (bytes) => bytes.subarray(0, 4).toString("latin1") === "\x7fELF";

/**
 * A runtime that does not know the variables above any more: their names begin with the end of a string, and no variable has
 * an empty name. Throws when one is not found once, which a new version of Bun may bring: look at it again then.
 *
 * @param {string} path of a program `bun`
 * @returns {Buffer} the program
 */
export function closedRuntime(path) {
  const bytes = readFileSync(path);
  for (const name of CLOSED) {
    const string = Buffer.from(`\0${name}\0`, "latin1");
    const at = bytes.indexOf(string);
    if (at < 0 || bytes.indexOf(string, at + 1) >= 0) throw new Error(`${path}: not exactly one string ${name}`);
    bytes[at + 1] = 0;
  }
  return bytes;
}
