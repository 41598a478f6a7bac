// Folders of files as they are packed: modes and times do not depend on who makes them, nor when.
import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../setup.js";
import { output } from "./tools.js";

/**
 * A file of a package: a copy of `from` (a path, from the project's folder), or a `text`, or a `link` to that name. Default of
 * `mode`: 0o644. With `gzip` it is compressed, and `.gz` added to its name.
 *
 * @typedef {{ from?: string, text?: string, link?: string, mode?: number, gzip?: boolean }} Entry
 */

/**
 * @param {string} folder which is made
 * @param {Record<string, Entry>} entries by their paths in it
 */
export function layOut(folder, entries) {
  for (const [path, entry] of Object.entries(entries)) put(join(folder, path), entry);
  mkdirSync(folder, { recursive: true });
  settle(folder);
}

function put(path, { from, text, link, mode = 0o644, gzip = false }) {
  mkdirSync(dirname(path), { recursive: true });
  if (link !== undefined) return symlinkSync(link, path);
  if (from !== undefined) copyFileSync(join(from.startsWith("/") ? "/" : ROOT, from), path);
  else writeFileSync(path, text);
  chmodSync(path, mode);
  // Not zlib's, which may give other bytes in another version of Node.js.
  if (gzip) output("gzip", ["-n", "-9", path], dirname(path));
}

/** Gives a folder and all below it the modes and times of a package. */
function settle(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(path);
    else lutimesSync(path, TIME, TIME);
  }
  chmodSync(folder, 0o755);
  utimesSync(folder, TIME, TIME);
}

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

export const VERSION = version;

/** The text of a file of the project, with every `@NAME@` replaced. Throws when a name has no value. */
export function filled(path, values = {}) {
  return readFileSync(join(ROOT, path), "utf8").replaceAll(/@([A-Z]+)@/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`${path}: no value for ${name}`);
    return values[name];
  });
}

/** The time of all files, in seconds: SOURCE_DATE_EPOCH, or the day of this version in the changelog. */
export const TIME = Number(process.env.SOURCE_DATE_EPOCH ?? dayOfVersion() / 1000);

function dayOfVersion() {
  const changelog = readFileSync(join(ROOT, "CHANGELOG.md"), "utf8");
  const day = new RegExp(`^## ${VERSION} \\((\\d{4}-\\d\\d-\\d\\d)\\)$`, "m").exec(changelog)?.[1];
  if (day === undefined) throw new Error(`CHANGELOG.md has no day of ${VERSION}`);
  return Date.parse(day);
}
