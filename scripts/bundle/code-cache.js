// What V8 makes of a script, for later processes to take over. V8 compiles a function when it is called first, and the cache holds
// what is compiled by then; so the usual commands are called here, with a kernel that is not real.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { Script } from "node:vm";
import { cacheHeader, run, wrapped } from "../../bin/start.js";
import { withFakeKernel } from "./fake-kernel.js";

const SERVICE = "-t 192.0.2.1:80";
const SERVER = `${SERVICE} -r 192.0.2.2:8080 -m -w 1`;

/** Command lines of scripts, and one that is refused. */
const COMMANDS = [
  "-v",
  `-A ${SERVICE} -s rr`,
  `-a ${SERVER}`,
  `-e ${SERVER}`,
  `-d ${SERVICE} -r 192.0.2.2:80`,
  "-Ln",
  "-X",
];

/** @type {import("../../src/program/io.js").Io} */
const QUIET = { env: {}, readInput: () => `-A ${SERVICE}\n-a ${SERVER}\n`, out() {}, err() {} };

/**
 * The contents of the cache file for a script.
 *
 * @param {string} file the script
 * @param {string} source its text
 */
export async function codeCache(file, source) {
  const path = resolve(file);
  const script = new Script(wrapped(source), { filename: path });
  for (const ipvs of [true, false]) {
    const programs = run(script, path, withFakeKernel(createRequire(path), ipvs));
    for (const line of COMMANDS) await programs.ipvsadm(["ipvsadm", ...line.split(" ")], QUIET);
  }
  const cache = script.createCachedData();
  // Twice: that is how bin/start.js tells whether it is whole.
  return Buffer.concat([cacheHeader(source), cache, cache]);
}
