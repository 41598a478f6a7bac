// Runtimes for other machines than this one: `npm ci` need not bring them, since package-lock.json knows their contents anyway.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup.js";
import { output } from "./tools.js";

/**
 * The program `bun` of one of Bun's packages on npm, in the version and with the contents that package-lock.json names. Throws
 * when npm has other contents.
 *
 * @param {string} name of the package
 * @param {string} work a folder for it
 * @returns {string} the program's file
 */
export function fetchRuntime(name, work) {
  const { version, integrity } = lockedPackage(name);
  const args = ["pack", "--silent", "--ignore-scripts", "--prefer-offline", "--pack-destination", work];
  const tarball = join(work, output("npm", [...args, `${name}@${version}`], work).trim());
  checkIntegrity(tarball, integrity);
  output("tar", ["-xzf", tarball, "-C", work, "package/bin/bun"], work);
  return join(work, "package/bin/bun");
}

/** @param {string} name */
function lockedPackage(name) {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const locked = packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json does not know ${name}`);
  return locked;
}

/**
 * Throws when a file is not what package-lock.json names.
 *
 * @param {string} file
 * @param {string} integrity as npm writes it: the algorithm, a hyphen, and the sum in base64
 */
export function checkIntegrity(file, integrity) {
  const [algorithm] = integrity.split("-", 1);
  const found = `${algorithm}-${createHash(algorithm).update(readFileSync(file)).digest("base64")}`;
  if (found !== integrity) throw new Error(`${file}: expected ${integrity}, found ${found}`);
}
