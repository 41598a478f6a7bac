import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { ownRuntime } from "../../scripts/executable/runtime.js";

/** A folder and an environment of somebody who wants root's ipvsadm to run his code, which leaves a file `ran`. */

const made = inject("made");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hostile-"));
  const evil = `require("node:fs").writeFileSync(${JSON.stringify(join(folder, "ran"))}, "")`;
  const evilModules = ["node_modules/zod", "node_modules/commander", "node_modules/ipaddr.js", "node_modules/netlink"];
  for (const module of evilModules) {
    mkdirSync(join(folder, module), { recursive: true });
    writeFileSync(join(folder, module, "index.js"), evil);
  }
  const files = {
    "evil.js": evil,
    "bunfig.toml": 'preload = ["./evil.js"]\n',
    ".env": "BUN_OPTIONS=--preload ./evil.js\n",
    "tsconfig.json": '{ "compilerOptions": { "paths": { "*": ["./evil.js"] } } }',
    "package.json": '{ "type": "commonjs", "imports": { "#*": "./evil.js" } }',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const name of [".env.local", ".env.production"]) writeFileSync(join(folder, name), files[".env"]);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a program prints in the folder, and which files it leaves there. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const before = new Set(readdirSync(folder));
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, env, encoding: "utf8" });
  if (error) throw error;
  const left = readdirSync(folder).filter((name) => !before.has(name));
  for (const name of left) rmSync(join(folder, name));
  return { status, stdout, stderr, left };
}

const ipvsadm = join(made, "ipvsadm");
const trusting = join(made, "trusting");
const version = expect.stringMatching(/^ipvsadm v1\.31 /);

/** Commands that need no kernel and load different parts of the program. */
const COMMANDS = [["-v"], ["-h"], ["help", "drain"], ["schema"], ["check", "/dev/null"], ["completion", "bash"]];

describe("the folder it is started in", () => {
  it("is one where the runtime alone runs foreign code", () => {
    writeFileSync(join(folder, "main.js"), "");
    expect(run(ownRuntime().path, ["main.js"]).left).toContain("ran");
  });

  it.each(COMMANDS)("has no say in what %s %s does", (...args) => {
    const { left, ...outcome } = run(ipvsadm, args);
    expect(left).toEqual([]);
    const { status, stdout, stderr } = spawnSync(ipvsadm, args, { cwd: made, env: {}, encoding: "utf8" });
    expect(outcome).toEqual({ status, stdout, stderr });
  });
});

/** Variables of the runtime, what they do to a program that knows them, and how it shows. */
const VARIABLES: readonly [name: string, value: (folder: string) => string, args: readonly string[]][] = [
  ["BUN_OPTIONS", () => "--preload ./evil.js", ["-v"]],
  ["BUN_OPTIONS", () => "--config=./bunfig.toml", ["-v"]],
  ["BUN_BE_BUN", () => "1", ["evil.js"]],
  ["BUN_INSPECT", (folder) => `ws+unix://${folder}/debugger`, ["check", "/dev/null"]],
  ["BUN_BYTECODE_ORDER_OUT", (folder) => `${folder}/written`, ["-v"]],
];

describe("the environment", () => {
  it.each(VARIABLES)("%s has an effect on the runtime as it comes", (name, value, args) => {
    expect(run(trusting, args, { [name]: value(folder) }).left).not.toEqual([]);
  });

  it.each(VARIABLES)("%s has none on the executable", (name, value, args) => {
    const { left } = run(ipvsadm, args, { [name]: value(folder) });
    expect(left).toEqual([]);
    expect(run(ipvsadm, ["-v"], { [name]: value(folder) })).toEqual({
      status: 0,
      stdout: version,
      stderr: "",
      left: [],
    });
  });

  it("of Node.js has none either", () => {
    const { left } = run(ipvsadm, ["-v"], { NODE_OPTIONS: "--require ./evil.js", NODE_PATH: folder });
    expect(left).toEqual([]);
  });

  it("may be empty", () => expect(run(ipvsadm, ["-v"]).stdout).toEqual(version));
});
