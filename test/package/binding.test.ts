import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const work = mkdtempSync(join(tmpdir(), "ipvsadm-binding-"));
const installed = join(work, "ipvsadm");
const binding = join(installed, `node_modules/netlink/prebuilds/linux-${process.arch}/node.napi.node`);
/** Made by code that should not have run. */
const mark = join(work, "mark");

/** Places full of code that nobody asked for, and an environment that leads there. */
function strangers(): Record<string, string> {
  const code = `require("node:fs").writeFileSync(${JSON.stringify(mark)}, module.filename);`;
  const put = (path: string, text: string) => {
    mkdirSync(join(work, path, ".."), { recursive: true });
    writeFileSync(join(work, path), text);
  };
  for (const folder of ["path", "home/.node_modules", "home/.node_libraries", "netlink/node_modules"]) {
    for (const name of ["node-gyp-build", "commander", "zod", "netlink"]) {
      put(`${folder}/${name}/index.js`, code);
      put(`${folder}/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    }
    put(`${folder}/netlink/prebuilds/linux-${process.arch}/node.napi.node`, "strange");
  }
  put("netlink/build/Release/strange.node", "strange");
  return {
    PATH: process.env.PATH!,
    HOME: join(work, "home"),
    NODE_PATH: join(work, "path"),
    NETLINK_PREBUILD: join(work, "netlink"),
  };
}

const env = strangers();

/** Runs one of our programs in that environment. */
function run(line: string) {
  const [program, ...args] = line.split(" ");
  const { status, stdout, stderr } = spawnSync(join(installed, `bin/${program}.js`), args, {
    env,
    input: "",
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const shipped = Object.keys(packages).filter((path) => path !== "" && !packages[path].dev);
  for (const path of ["bin", "dist", "package.json", ...shipped]) {
    cpSync(join(ROOT, path), join(installed, path), { recursive: true });
  }
});

afterAll(() => rmSync(work, { recursive: true }));

describe("with all that belongs to the package", () => {
  it.each(["ipvsadm -Ln", "ipvsadm doctor", "ipvsadm schema", "ipvsadm help top"])("%s runs no other code", (line) => {
    expect(run(line).stderr).not.toMatch(/strange|native binding/);
    expect(existsSync(mark)).toBe(false);
  });

  it("the library takes its own binding", () => {
    const script = `import { IpvsClient } from ${JSON.stringify(join(installed, "dist/index.js"))};
      try { (await IpvsClient.open()).close(); } catch (error) { if (error.name === "TransportError") throw error; }`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      env,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(existsSync(mark)).toBe(false);
  });
});

describe("without a native binding", () => {
  const commands = [
    ...["ipvsadm", "ipvsadm -Ln", "ipvsadm -A -t 192.0.2.1:80", "ipvsadm -R", "ipvsadm -S", "ipvsadm-save"],
    ...["ipvsadm-restore --allow-empty", "ipvsadm apply - --allow-empty", "ipvsadm diff -", "ipvsadm doctor"],
    ...["ipvsadm metrics", "ipvsadm top --once", "ipvsadm drain -r 192.0.2.2", "ipvsadm set -t 192.0.2.1:80 -s rr"],
  ];
  const missing = (reason: string) => `Can't initialize ipvs: no native binding of the netlink package: ${reason}`;

  it.each(commands)("%s says which file is missing", (line) => {
    rmSync(binding, { force: true });
    const { status, stderr } = run(line);
    expect(stderr).toBe(`${missing(`${binding} does not exist`)}\nInstall ipvsadm again.\n`);
    expect(status).toBe(2);
    expect(existsSync(mark)).toBe(false);
  });

  it("that fits, the reason is told", () => {
    writeFileSync(binding, "for another machine");
    const { status, stderr } = run("ipvsadm -Ln");
    expect(stderr.startsWith(missing(binding))).toBe(true);
    expect([status, stderr.split("\n").length]).toEqual([2, 3]);
  });

  it.each(["ipvsadm -v", "ipvsadm -h", "ipvsadm check /dev/null", "ipvsadm schema", "ipvsadm help doctor"])(
    "%s works",
    (line) => {
      rmSync(binding, { force: true });
      expect(run(line)).toMatchObject({ status: 0, stderr: "" });
      expect(existsSync(mark)).toBe(false);
    },
  );
});
