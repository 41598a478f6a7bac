import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * The picture of the house: every part of src/ (a folder, or a file that stands for itself), lowest first, and what it may
 * import besides itself. Types and `import()` count. A part may name only parts above its own line, so there is no way up and no
 * circle.
 */
const HOUSE: Readonly<Record<string, string>> = {
  // What IPVS is, and the bytes that say so.
  "errors.ts": "",
  "errno.ts": "",
  "version.ts": "",
  model: "errors.ts",
  wire: "errors.ts model",
  client: "errors.ts errno.ts model wire",
  // What users read and write.
  names: "model",
  options: "errors.ts model names",
  render: "model names options",
  rules: "errors.ts model names options render wire",
  keepalived: "model rules",
  // What every program needs, and this host.
  host: "errors.ts errno.ts model wire client",
  program: "errors.ts errno.ts version.ts model client names options rules keepalived host",
  state: "errors.ts program",
  remote: "errors.ts model names rules host program",
  // The capabilities, each with what it does, how it looks and its subcommand.
  listing: "model client options render rules program",
  manual: "errors.ts version.ts model options program",
  edit: "errors.ts model wire names options rules program",
  drain: "errors.ts model wire client names options rules host program edit state",
  top: "errors.ts model names render program",
  where: "errors.ts model client names options render host program drain state",
  monitor: "errors.ts model client names options render rules host program listing",
  metrics: "model client host program",
  diff: "model names options render rules program remote",
  check: "names program remote",
  doctor: "errors.ts model client host options program render rules where remote",
  export: "model names options rules keepalived program remote",
  completion: "errors.ts model options render host program manual",
  confirm: "errors.ts model wire names options render rules program state",
  fleet: "model options rules host program state remote confirm",
  restore: "errors.ts model wire client names options rules host program remote listing manual confirm fleet",
  revert: "model wire client options rules program confirm restore state",
  // The programs, and the library.
  cli: "errors.ts wire client names options program listing manual edit drain top where monitor metrics diff check export doctor completion restore state confirm revert",
  "json.ts": "model render",
  "index.ts": "errors.ts version.ts model wire client names options rules program listing top restore",
};

/** The files that may load each package, and the system's means to run programs. */
const ONLY_IN: Readonly<Record<string, RegExp>> = {
  commander:
    /(^|\/)([a-z]+-)?subcommand\.ts$|^program\/(subcommand-program|subcommand-options|selectors)\.ts$|^completion\/line\.ts$/,
  zod: /(^|\/)schema(-mistakes)?\.ts$/,
  netlink: /^client\/socket\.ts$/,
  "bun:ffi": /^client\/libc\.ts$/,
  "ipaddr.js": /^(model\/address|options\/values|host\/firewall\/matches)\.ts$/,
  "node:child_process": /^(remote\/ssh|program\/connect|host\/programs|confirm\/start-waiter)\.ts$/,
};

/** The parts that touch this host; all others only compute, and import no module of the system. */
const TOUCHING: ReadonlySet<string> = new Set(
  "client names host program remote drain top where monitor completion state confirm fleet revert".split(" "),
);

/** What a file of src/ imports: paths below src/, or names of packages. */
interface Imports {
  readonly file: string;
  readonly targets: readonly string[];
}

const SRC = resolve(import.meta.dirname, "../../src");
const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const ALL = FILES.map((file) => ({ file, targets: importsOf(file, readFileSync(join(SRC, file), "utf8")) }));

function importsOf(file: string, text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export) (?:type )?(?:[^;"']*? from )?"([^"]+)";|\bimport\(\s*"([^"]+)"\s*\)/gm,
  );
  return Array.from(statements, ([, early, late]) => {
    const target = (early ?? late)!;
    return target.startsWith(".") ? relative(SRC, resolve(SRC, dirname(file), target)).replace(/\.js$/, ".ts") : target;
  });
}

const partOf = (path: string) => path.split("/")[0]!;
const isOwn = (target: string) => partOf(target) in HOUSE;

/** Imports that the picture does not have. */
function violations(all: readonly Imports[]): string[] {
  return all.flatMap(({ file, targets }) => {
    const allowed = new Set([partOf(file), ...(HOUSE[partOf(file)] ?? "").split(" ")]);
    return targets.filter((target) => isOwn(target) && !allowed.has(partOf(target))).map((to) => `${file} -> ${to}`);
  });
}

/** Files from which a way of imports leads back to themselves. */
function circles(all: readonly Imports[]): string[] {
  const imports = new Map(all.map(({ file, targets }) => [file, targets]));
  const leadsTo = (from: string, to: string, seen: Set<string>): boolean =>
    (imports.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return leadsTo(next, to, seen);
    });
  return all.map(({ file }) => file).filter((file) => leadsTo(file, file, new Set()));
}

/** Packages and modules of the system that are imported where they have no place. */
function misplaced(all: readonly Imports[]): string[] {
  return all.flatMap(({ file, targets }) => {
    const wrong = targets.filter((target) => {
      if (isOwn(target)) return false;
      const place = ONLY_IN[target] ?? ONLY_IN[target.split("/")[0]!];
      return place ? !place.test(file) : !(target.startsWith("node:") && TOUCHING.has(partOf(file)));
    });
    return wrong.map((to) => `${file} -> ${to}`);
  });
}

describe("the picture of the house", () => {
  it("has every part of src/, and no other", () =>
    expect(new Set(FILES.map(partOf))).toEqual(new Set(Object.keys(HOUSE))));

  it("leads downwards only", () => {
    const parts = Object.keys(HOUSE);
    const upwards = Object.entries(HOUSE).flatMap(([part, names]) =>
      names.split(" ").filter((name) => name !== "" && !(parts.indexOf(name) < parts.indexOf(part))),
    );
    expect(upwards).toEqual([]);
  });

  it("has no line that nothing imports along", () => {
    const used = new Set(ALL.flatMap(({ file, targets }) => targets.map((to) => `${partOf(file)} -> ${partOf(to)}`)));
    const lines = Object.entries(HOUSE).flatMap(([part, names]) =>
      names.split(" ").map((name) => `${part} -> ${name}`),
    );
    expect(lines.filter((line) => !line.endsWith("> ") && !used.has(line))).toEqual([]);
  });
});

describe("the files of src/", () => {
  it("import what the picture has", () => expect(violations(ALL)).toEqual([]));

  it("do not import each other in a circle", () => expect(circles(ALL)).toEqual([]));

  it("load packages and system modules only where these have their place", () => expect(misplaced(ALL)).toEqual([]));

  it("are short enough to hold one idea", () => {
    const lengths = FILES.map((file) => [file, readFileSync(join(SRC, file), "utf8").split("\n").length] as const);
    expect(lengths.filter(([, length]) => length > 300)).toEqual([]);
  });
});

describe("a planted violation is found:", () => {
  const planted = (file: string, text: string) => {
    const own = { file, targets: importsOf(file, text) };
    return [...ALL.filter((other) => other.file !== file), own];
  };

  it.each([
    ["a way up", "model/address.ts", 'import { main } from "../cli/main.js";', "cli/main.ts"],
    ["a way up of types alone", "wire/codec.ts", 'import type { Io } from "../program/io.js";', "program/io.ts"],
    ["a way up when it is needed", "render/json.ts", 'await import("../doctor/index.js")', "doctor/index.ts"],
    ["a way between capabilities", "top/view.ts", 'export { drain } from "../drain/run.js";', "drain/run.ts"],
  ])("%s", (_, file, text, to) => expect(violations(planted(file, text))).toEqual([`${file} -> ${to}`]));

  it.each([
    ["two files", "model/service.ts", 'import { sortTable } from "./table.js";'],
    ["types alone", "model/service.ts", 'import type { Table } from "./table.js";'],
    ["import()", "model/service.ts", 'await import("./table.js")'],
  ])("a circle of %s", (_, file, text) => expect(circles(planted(file, text))).toContain(file));

  it.each([
    ["a package", "options/popt.ts", 'import { Command } from "commander";', "commander"],
    ["a system module", "rules/diff.ts", 'import { readFileSync } from "node:fs";', "node:fs"],
    ["programs", "client/socket.ts", 'const { spawn } = await import("node:child_process");', "node:child_process"],
  ])("%s out of place", (_, file, text, to) => expect(misplaced(planted(file, text))).toEqual([`${file} -> ${to}`]));
});
