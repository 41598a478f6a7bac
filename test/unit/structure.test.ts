import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../../src");

/** What each part of src/ may load: a folder, or a file that stands for itself. What is not here, it may not. */
const MAY_LOAD: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "errno.ts": [],
  "version.ts": [],
  model: ["errors.ts"],
  wire: ["errors.ts", "model"],
  "names.ts": ["model"],
  names: ["names.ts", "model"],
  client: ["errors.ts", "errno.ts", "model", "wire"],
  command: ["errors.ts", "errno.ts", "names.ts", "model", "wire", "rules"],
  rules: ["errors.ts", "names.ts", "model", "command", "render"],
  top: ["model"],
  drain: ["errors.ts", "model", "command"],
  render: ["names.ts", "model", "command", "rules", "top"],
  manual: ["command"],
  completion: ["model", "command", "render", "manual"],
  host: ["errors.ts", "errno.ts", "model", "wire", "client"],
  doctor: ["errors.ts", "model", "command", "host"],
  cli: [
    ...["errors.ts", "names.ts", "version.ts", "model", "names", "client", "command", "rules", "top"],
    ...["drain", "render", "manual", "completion", "host", "doctor"],
  ],
  "index.ts": ["errors.ts", "names.ts", "version.ts", "model", "names", "client", "command", "rules", "top"],
  "json.ts": ["model", "render"],
};

/** What they may know the types of beside that. */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  command: ["client"],
  drain: ["client"],
  doctor: ["client"],
  render: ["drain"],
  "index.ts": ["wire"],
};

/** The files that may load each package, and the system's means to run programs. */
const ONLY_IN: Readonly<Record<string, RegExp>> = {
  commander: /^cli\/words\//,
  zod: /^model\/schema(-mistakes)?\.ts$/,
  netlink: /^(client\/socket|host\/rtnetlink)\.ts$/,
  "ipaddr.js": /^(model\/address|command\/values|host\/firewall\/matches)\.ts$/,
  "node:child_process": /^(cli\/connect|host\/programs)\.ts$/,
};

/** The parts that touch this host; all others only compute and know no other module of the system. */
const TOUCHING: ReadonlySet<string> = new Set(["cli", "client", "doctor", "drain", "host", "names"]);

interface Import {
  readonly from: string;
  readonly target: string;
  readonly onlyTypes: boolean;
  readonly late: boolean;
}

const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const IMPORTS = FILES.flatMap(importsOf);
const OWN = IMPORTS.filter(({ target }) => !isPackage(target));

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SRC, from), "utf8");
  const statements = text.matchAll(/^(?:import|export) (type )?(?:[^;"']*? from )?"([^"]+)";|\bimport\("([^"]+)"\)/gm);
  return Array.from(statements, ([, type, early, late]) => {
    const target = (early ?? late)!;
    const own = relative(SRC, resolve(SRC, dirname(from), target)).replace(/\.js$/, ".ts");
    return {
      from,
      target: target.startsWith(".") ? own : target,
      onlyTypes: type !== undefined,
      late: late !== undefined,
    };
  });
}

function isPackage(target: string): boolean {
  return !FILES.includes(target);
}

const partOf = (path: string) => path.split("/")[0]!;

describe("the parts of src/", () => {
  it("are all known", () => expect(new Set(FILES.map(partOf))).toEqual(new Set(Object.keys(MAY_LOAD))));

  it.each(Object.keys(MAY_LOAD))("%s loads what it may", (part) => {
    const allowed = new Set([part, ...MAY_LOAD[part]!]);
    const known = new Set([...allowed, ...(MAY_KNOW[part] ?? [])]);
    const wrong = OWN.filter(({ from, target, onlyTypes }) => {
      return partOf(from) === part && !(onlyTypes ? known : allowed).has(partOf(target));
    });
    expect(wrong.map(({ from, target }) => `${from} -> ${target}`)).toEqual([]);
  });
});

describe("files", () => {
  it("do not load each other in a circle", () => {
    const loads = new Map<string, string[]>();
    for (const { from, target, onlyTypes, late } of OWN) {
      if (!onlyTypes && !late) loads.set(from, [...(loads.get(from) ?? []), target]);
    }
    expect(FILES.filter((file) => reaches(file, file, loads))).toEqual([]);
  });

  it("load packages and system modules only where these have their place", () => {
    const wrong = IMPORTS.filter(({ from, target }) => {
      if (!isPackage(target)) return false;
      const place = ONLY_IN[target] ?? ONLY_IN[target.split("/")[0]!];
      return place ? !place.test(from) : !(target.startsWith("node:") && TOUCHING.has(partOf(from)));
    });
    expect(wrong.map(({ from, target }) => `${from} -> ${target}`)).toEqual([]);
  });

  it("are short enough to hold one idea", () => {
    const lengths = FILES.map((file) => [file, readFileSync(join(SRC, file), "utf8").split("\n").length] as const);
    expect(lengths.filter(([, length]) => length > 300)).toEqual([]);
  });
});

/** Whether loading a file leads to another one. */
function reaches(
  from: string,
  to: string,
  loads: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): boolean {
  return (loads.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return reaches(next, to, loads, seen);
  });
}
