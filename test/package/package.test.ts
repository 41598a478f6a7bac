import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NPM } from "./npm.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = join(import.meta.dirname, "examples");
const PROGRAMS = ["ipvsadm", "ipvsadm-save", "ipvsadm-restore"];

const work = mkdtempSync(join(tmpdir(), "ipvsadm-package-"));
const folder = (name: string) => {
  mkdirSync(join(work, name), { recursive: true });
  return join(work, name);
};
const prefix = folder("prefix");
const user = folder("user");
let tarball: string;

/** The packages that are not for development alone, by their folders, and their versions. */
const LOCKED: Readonly<Record<string, { readonly version: string; readonly dev?: true }>> = JSON.parse(
  readFileSync(join(ROOT, "package-lock.json"), "utf8"),
).packages;
const SHIPPED = Object.keys(LOCKED).filter((path) => path !== "" && !LOCKED[path]!.dev);

/** What a machine with nothing but Node.js and npm has: no compiler, no make, no Python, and no registry to ask. */
function bareMachine(): Record<string, string> {
  const bin = folder("bin");
  const programs = { node: process.execPath, sh: "/bin/sh", npm: NPM };
  for (const [name, path] of Object.entries(programs)) {
    if (!existsSync(join(bin, name))) symlinkSync(path, join(bin, name));
  }
  return {
    PATH: bin,
    HOME: folder("home"),
    npm_config_cache: folder("cache"),
    npm_config_registry: "http://127.0.0.1:1/",
    npm_config_userconfig: "/dev/null",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  };
}

/** A clone with what it depends on installed. */
function clone(): string {
  const checkout = folder("checkout");
  const copy = (path: string) => {
    cpSync(join(ROOT, path), join(checkout, path), { recursive: true, preserveTimestamps: true, dereference: false });
  };
  for (const path of [
    ...["src", "bin", "scripts", "package.json", "package-lock.json", "tsconfig.json"],
    ...["README.md", "LICENSE", "CHANGELOG.md"],
  ]) {
    copy(path);
  }
  for (const path of [...SHIPPED, "node_modules/.package-lock.json"]) copy(path);
  // The tools of the build are many and need not be copied.
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    const path = join("node_modules", name);
    if (!existsSync(join(checkout, path))) symlinkSync(join(ROOT, path), join(checkout, path));
  }
  return checkout;
}

/** The commands with npm that the README has for installing: one that packs, one that installs what was packed. */
function installLines(): string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, chapter = ""] = /^## Install$(.*?)^## /ms.exec(readme) ?? [];
  return chapter.split("\n").filter((line) => /^npm (pack|install) /.test(line));
}

const shell = (line: string, cwd: string, env: Record<string, string>) =>
  execFileSync("/bin/sh", ["-c", line], { cwd, env, stdio: ["ignore", "ignore", "inherit"] });

beforeAll(async () => {
  const [pack = "", install = "", ...others] = installLines();
  if (install === "" || others.length > 0) throw new Error("the README does not install by two commands");
  const checkout = clone();
  shell(pack, checkout, { HOME: user, PATH: process.env.PATH!, npm_config_update_notifier: "false" });
  const [packed] = readdirSync(checkout).filter((name) => name.endsWith(".tgz"));
  tarball = join(folder("machine"), packed!);
  cpSync(join(checkout, packed!), tarball);
  const machine = bareMachine();
  shell(install, join(work, "machine"), { ...machine, npm_config_prefix: prefix });
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", version: "1.0.0", type: "module" }));
  shell(`npm install "${tarball}"`, user, machine);
});

afterAll(() => rmSync(work, { recursive: true }));

describe("the tarball", () => {
  const list = () => execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  const isModule = (path: string) => /^package\/dist\/.*\.(js|d\.ts)$/.test(path);

  it("holds the programs, their manual pages, what one reads first, and beside the library nothing else", () => {
    const expected = [
      ...["CHANGELOG.md", "LICENSE", "README.md", "package.json"],
      ...["bin/package.json", "bin/start.js", ...PROGRAMS.map((name) => `bin/${name}.js`)],
      ...["dist/programs.cache", "dist/programs.cjs", "dist/rare.cjs"],
      ...PROGRAMS.map((name) => `dist/man/${name}.8`),
      "scripts/ipvsadm.service",
    ];
    const found = list().filter((path) => !isModule(path) && !path.startsWith("package/node_modules/"));
    expect(found.sort()).toEqual(expected.map((path) => `package/${path}`).sort());
  });

  it("holds the packages that it needs, in the versions that were tested, and no others", () => {
    const versions = list()
      .filter((path) => /^package\/node_modules\/(.*\/node_modules\/)?(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
      .map((path) => {
        const { version } = JSON.parse(execFileSync("tar", ["-xzOf", tarball, path], { encoding: "utf8" }));
        return [path.slice("package/".length, -"/package.json".length), version];
      });
    expect(Object.fromEntries(versions)).toEqual(
      Object.fromEntries(SHIPPED.map((path) => [path, LOCKED[path]!.version])),
    );
  });

  it("holds the modules that the library loads or has types of, and no others", () => {
    const used = reachable(join(user, "node_modules/ipvsadm/dist"), ["index", "json"]);
    const expected = [...used].flatMap((path) => [".d.ts", ".js"].map((ending) => `package/dist/${path}${ending}`));
    expect(list().filter(isModule).sort()).toEqual(expected.sort());
  });
});

/** The modules that some modules need, and those that these need, by their paths in `folder` without `.js`. */
function reachable(folder: string, entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    const text = [".js", ".d.ts"].map((ending) => readFileSync(join(folder, path + ending), "utf8")).join("\n");
    for (const [, target] of text.matchAll(/(?:from|import\(|import)\s*"(\.[^"]+)\.js"/g))
      visit(join(path, "..", target!));
  };
  for (const entry of entries) visit(entry);
  return found;
}

describe("a machine with nothing but Node.js", () => {
  it("has the programs in its PATH", () => {
    expect(readdirSync(join(prefix, "bin")).sort()).toEqual([...PROGRAMS].sort());
    const run = (name: string, ...args: string[]) =>
      execFileSync(join(prefix, "bin", name), args, { encoding: "utf8" });
    expect(run("ipvsadm", "-v")).toMatch(/^ipvsadm v1\.31 /);
    expect(run("ipvsadm", "help", "apply")).toContain("Usage: ipvsadm apply");
    expect(run("ipvsadm", "check", "/dev/null")).toBe("");
    expect(run("ipvsadm-restore", "--help")).toMatch(/^Usage: ipvsadm-restore/);
  });

  it("needs no more room than the README says", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    // The second column of its row is that of the executable.
    const [, space, files] = /^\| lowest limits \| [^|]* \| `ulimit -v (\d+)`, `-n (\d+)` \|/m.exec(readme)!;
    const limits = [`ulimit -v ${space}`, `ulimit -n ${files}`];
    const rules = Array.from({ length: 30_000 }, (_, index) => `-A -f ${index + 1}\n`).join("");
    const line = `${limits.join("; ")}; exec "${join(prefix, "bin/ipvsadm")}" check -`;
    expect(spawnSync("/bin/sh", ["-c", line], { input: rules, encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("has the manual pages where man looks for them", () => {
    expect(readdirSync(join(prefix, "share/man/man8")).sort()).toEqual(PROGRAMS.map((name) => `${name}.8`).sort());
  });
});

/** What programs in a kernel with IPVS did, one after the other. */
function inKernel(lines: readonly (readonly string[])[]): { status: number; stdout: string; stderr: string }[] {
  const script = join(import.meta.dirname, "in-kernel.js");
  const args = ["scripts/kernel.sh", "--", process.execPath, script, JSON.stringify(lines)];
  const output = execFileSync("bash", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(output);
}

/** The systemd unit as the README's lines install it. */
function installedUnit(): string {
  const chapter = readFileSync(join(ROOT, "README.md"), "utf8").replaceAll("\\\n", "");
  const line = /^sed .*(?= > \/etc\/systemd\/system\/ipvsadm\.service$)/m.exec(chapter)![0];
  const env = { ...bareMachine(), PATH: `${folder("bin")}:/usr/bin:/bin`, npm_config_prefix: prefix };
  return execFileSync("/bin/sh", ["-c", line], { env, encoding: "utf8" });
}

/** A line of that unit as words, with its environment and the paths of this test. */
function unitLine(name: string): string[] {
  const unit = installedUnit();
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(unit)![1]!;
  const here = value(name).replaceAll("/etc/ipvsadm.rules", join(work, "rules"));
  const words = Array.from(here.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);
  return ["env", "-i", value("Environment"), ...words];
}

const SAVED = "-A -t 192.0.2.1:80 -s wrr\n-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3\n";
const EDITS = "-e -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 3\n-d -t 192.0.2.1:80 -r 198.51.100.2:8080\n";

/** What is done on a kernel with IPVS, one after the other: a title, a command line, and what it prints. */
function steps(): (readonly [title: string, line: readonly string[], stdout: string | RegExp])[] {
  const example = (name: string, ...args: string[]) => [process.execPath, join(user, `${name}.js`), ...args];
  const program = (name: string, ...args: string[]) => [join(prefix, "bin", name), ...args];
  // man prints what the links in share/man lead to.
  const pages = PROGRAMS.map((name) => `${join(prefix, "lib/node_modules/ipvsadm/dist/man", name)}.8\n`);
  return [
    ["man finds the pages", ["man", "-M", join(prefix, "share/man"), "-w", ...PROGRAMS], pages.join("")],
    ["a service is added", example("add"), ""],
    ["only once", example("add"), "it is there already\n"],
    ["listed", example("list"), "tcp 192.0.2.1:80 wrr\n   198.51.100.1 8080 1 0\n   198.51.100.2 8080 1 0\n"],
    ["made equal to rules", example("apply", join(user, "wanted.rules")), `${EDITS}2 changes, 0 open\n`],
    ["ipvsadm sees it", program("ipvsadm", "-S"), SAVED],
    ["written as JSON and read back", example("json"), /^\{"services":\[\n\{"protocol":"tcp".*\n0 differences\n$/s],
    ["its rates are watched", example("rates", "6"), /^tcp 192\.0\.2\.1:80 0 connections\/s 0 bytes\/s\n/],
    ["ipvsadm-save saves it", program("ipvsadm-save"), SAVED],
    ["systemd saves it", unitLine("ExecStop"), ""],
    ["ipvsadm-restore removes it", program("ipvsadm-restore", "--allow-empty"), ""],
    ["systemd restores it", unitLine("ExecStart"), ""],
    ["and it is as before", program("ipvsadm-save"), SAVED],
  ];
}

describe("on a kernel with IPVS", () => {
  beforeAll(() => {
    for (const name of readdirSync(EXAMPLES)) cpSync(join(EXAMPLES, name), join(user, name));
    for (const name of ["@types/node", "undici-types"]) linkModule(name);
    writeFileSync(join(user, "tsconfig.json"), JSON.stringify(TSCONFIG));
    execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", user], { stdio: "inherit" });
    writeFileSync(join(user, "wanted.rules"), SAVED);
  });

  it("programs, library and unit do what they should", () => {
    const expected = steps();
    const done = inKernel(expected.map(([, line]) => line));
    for (const [index, [title, , stdout]] of expected.entries()) {
      const match = typeof stdout === "string" ? stdout : expect.stringMatching(stdout);
      expect({ title, ...done[index] }).toEqual({ title, status: 0, stdout: match, stderr: "" });
    }
  });
});

/** As strict as can be: the library's types have to stand it, and are checked themselves. */
const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    types: ["node"],
  },
  include: ["*.ts"],
};

/** Types that every TypeScript project for Node.js has, in a newer version than the one that netlink brings. */
function linkModule(name: string): void {
  mkdirSync(join(user, "node_modules", name, ".."), { recursive: true });
  rmSync(join(user, "node_modules", name), { recursive: true, force: true });
  symlinkSync(join(ROOT, "node_modules", name), join(user, "node_modules", name));
}
