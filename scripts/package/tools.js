// The programs that make packages, each started without a shell.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Programs by format, and the Debian packages that have them. */
const TOOLS = {
  deb: { "dpkg-deb": "dpkg", gzip: "gzip" },
  rpm: { rpmbuild: "rpm", gzip: "gzip" },
  tarball: { tar: "tar", gzip: "gzip" },
};

/**
 * What a program prints. Throws with its messages when it fails.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} [env] variables beyond ours
 * @returns {string}
 */
export function output(program, args, cwd, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1 << 28,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: exit status ${status}\n${stderr}${stdout}`);
  return stdout;
}

/**
 * Sees to it that the programs for some formats are there: with Debian's apt-get, if this is such a system and we are root. Throws
 * with the names of the Debian packages when one is missing in the end.
 *
 * @param {string[]} formats
 */
export function provideTools(formats) {
  const wanted = Object.assign({}, ...formats.map((format) => TOOLS[format]));
  const missing = () => Object.keys(wanted).filter((program) => !isInPath(program));
  if (missing().length === 0) return;
  const packages = [...new Set(missing().map((program) => wanted[program]))];
  if (process.getuid?.() === 0 && isInPath("apt-get")) installDebian(packages);
  if (missing().length > 0) {
    throw new Error(`not here: ${missing().join(", ")}; on Debian: apt-get install ${packages.join(" ")}`);
  }
}

/** @param {string[]} packages of Debian */
export function installDebian(packages) {
  console.error(`installing ${packages.join(" ")}`);
  const apt = (...args) =>
    spawnSync("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", 2, 2],
    }).status === 0;
  const install = () => apt("install", "--no-install-recommends", ...packages);
  return install() || (apt("update") && install());
}

const isInPath = (program) =>
  `${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((folder) => existsSync(join(folder, program)));
