import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What package-lock.json says of a package, as far as it matters here. */
interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");

/** All packages by their folders; that of the project is "". */
const PACKAGES: Readonly<Record<string, Locked>> = JSON.parse(text).packages;

/** The package that a name means in a folder: the nearest one of that name, as Node.js looks for it. */
function found(folder: string, name: string): Locked | undefined {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const path = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (PACKAGES[path] !== undefined || at === "") return PACKAGES[path];
  }
}

/** Every dependency that the lock does not meet. npm writes it for the machine it runs on, `npm ci` wants it for all. */
const missing = Object.entries(PACKAGES).flatMap(([folder, one]) => {
  const wanted = { ...one.dependencies, ...one.devDependencies, ...one.optionalDependencies };
  return Object.entries(wanted)
    .filter(([name, range]) => {
      const version = found(folder, name)?.version;
      return version === undefined || (/^\d/.test(range) && version !== range);
    })
    .map(([name, range]) => `${folder || "the project"} needs ${name}@${range}`);
});

it("holds what every package needs, also for other platforms", () => expect(missing).toEqual([]));

it("holds packages for other platforms than this one", () => {
  const names = Object.keys(PACKAGES);
  for (const platform of ["darwin-arm64", "linux-x64", "win32-x64"]) {
    expect(names.filter((name) => name.includes(platform))).not.toEqual([]);
  }
});

it("knows the contents of every package, and no place to fetch it from but the one that npm is set to", () => {
  const wrong = Object.entries(PACKAGES).filter(
    ([folder, { resolved, integrity }]) => folder !== "" && (resolved !== undefined || !integrity),
  );
  expect(wrong.map(([folder]) => folder)).toEqual([]);
});
