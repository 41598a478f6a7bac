// Starts one of the programs from the bundle with what V8 made of it when it was built: compiling it anew takes longer than all the
// rest of a short run. That happens only where the Node.js is not the one of the build.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");

const PROGRAMS = join(__dirname, "../dist/programs.cjs");
const CACHE = join(__dirname, "../dist/programs.cache");

/**
 * Runs a program and ends the process with its status.
 *
 * @param {string} name as users call it
 * @param {string} program as the bundle does
 */
exports.start = (name, program) => {
  const source = readFileSync(PROGRAMS, "latin1");
  const script = new Script(exports.wrapped(source), { filename: PROGRAMS, cachedData: cached(source) });
  const { [program]: main } = exports.run(script, PROGRAMS, createRequire(PROGRAMS));
  main([name, ...process.argv.slice(2)]).then((status) => {
    process.exit(status);
  });
};

/** Runs a wrapped module, and makes it known under its name to those that it loads. */
exports.run = (script, filename, require) => {
  const module = { id: filename, filename, exports: {}, loaded: true };
  require.cache[filename] = module;
  script.runInThisContext()(module.exports, require, module, filename, join(filename, ".."));
  return module.exports;
};

/** A CommonJS module as Node.js compiles it. The bundle is ASCII, which Latin-1 reads fastest. */
exports.wrapped = (source) => `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;

/** What a cache begins with: the first line of the source, which is its hash, and which Node.js it was made for. */
exports.cacheHeader = (source) => {
  const hash = source.slice(0, source.indexOf("\n"));
  return Buffer.from(`${hash} ${process.version} ${process.arch}\n`, "latin1");
};

/**
 * What V8 may take over: absent unless the cache is of this source and this Node.js, and whole. V8 believes every byte of it and
 * dies of a wrong one. So the file holds it twice: to compare 270 KB takes a third of a millisecond, reading included, where any
 * checksum takes 3 to 6, because JavaScript is slow before it is compiled, and so is loading node:crypto.
 */
function cached(source) {
  try {
    const file = readFileSync(CACHE);
    const header = exports.cacheHeader(source);
    const [start, middle] = [header.length, (file.length + header.length) / 2];
    const cache = file.subarray(start, middle);
    return header.equals(file.subarray(0, start)) && cache.equals(file.subarray(middle)) ? cache : undefined;
  } catch {
    return undefined;
  }
}
