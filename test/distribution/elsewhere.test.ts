import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { makeMuslLibraries } from "./musl.js";

const work = inject("work");
const packages = inject("packages");
const find = (ending: string) => packages.find((file) => file.endsWith(ending))!;
const folder = (name: string) => {
  mkdirSync(join(work, name), { recursive: true });
  return join(work, name);
};

const RULES = "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.2:80 -m\n";

/** What a program does with these arguments, by the words that start it. */
function does(command: readonly string[], args: readonly string[], input = "", env = {}) {
  const [program, ...words] = [...command, ...args];
  const { status, stdout, stderr } = spawnSync(program!, words, { input, encoding: "utf8", env });
  return { status, stdout, stderr };
}

/** All that needs no kernel with IPVS. */
function expectToRun(command: readonly string[], env: Record<string, string> = {}) {
  const version = expect.stringMatching(/^ipvsadm v1\.31 /);
  expect(does(command, ["-v"], "", env)).toEqual({ status: 0, stdout: version, stderr: "" });
  expect(does(command, ["check", "-"], RULES, env)).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(does(command, ["check", "-"], `${RULES}-A -q\n`, env)).toMatchObject({
    status: 2,
    stdout: "line 3: -q: unknown option\n",
  });
  expect(does(command, ["help", "drain"], "", env)).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(does(command, ["schema"], "", env).stdout)).toHaveProperty("$schema");
  expect(does(command, ["completion", "words", "ipvsadm", "dra"], "", env).stdout).toMatch(/^drain\b/);
}

describe("the .rpm", () => {
  it("installs into a root, and comes out of it", () => {
    const root = folder("rpm-root");
    const rpm = (...args: string[]) => execFileSync("rpm", ["--root", root, ...args], { encoding: "utf8" });
    // The root is empty: it has neither what the package requires nor a shell for its scripts.
    rpm("-i", "--nodeps", "--noscripts", find(".x86_64.rpm"));
    expect(does([join(root, "usr/sbin/ipvsadm")], ["-v"]).stdout).toMatch(/^ipvsadm v1\.31 /);
    expect(does([join(root, "usr/sbin/ipvsadm-save")], ["-x"]).stderr).toMatch(/^ipvsadm-save: /);
    expect(rpm("-V", "--nodeps", "ipvsadm-ts")).toBe("");
    expect(readFileSync(join(root, "usr/lib/systemd/system/ipvsadm.service"), "utf8")).toContain(
      "RULES=/etc/sysconfig/ipvsadm AUTO=true SAVE=true",
    );
    rpm("-e", "--noscripts", "ipvsadm-ts");
    expect(existsSync(join(root, "usr/sbin/ipvsadm"))).toBe(false);
  });
});

describe("the .tar.gz", () => {
  const unpacked = (ending: string) => {
    const here = folder(`unpacked${ending}`);
    execFileSync("tar", ["-xzf", find(ending), "-C", here]);
    return join(here, readdirSync(here)[0]!);
  };
  /** Everything below a folder, with what is in it. */
  const contents = (root: string) =>
    execFileSync("find", [root, "-printf", "%P %y %m %l %T@ %s\n"], { encoding: "utf8" })
      .split("\n")
      // A folder in which something was made and removed has another time.
      .map((line) => line.replace(/^(\S* d \d+ ) ?\S+ \d+$/, "$1"))
      .sort();

  it("installs below a prefix, and takes all back", () => {
    const [archive, root] = [unpacked("linux-x64.tar.gz"), folder("tarball-root")];
    mkdirSync(join(root, "sbin"));
    mkdirSync(join(root, "usr/local"), { recursive: true });
    writeFileSync(join(root, "sbin/ipvsadm"), "the original");
    symlinkSync("ipvsadm", join(root, "sbin/ipvsadm-save"));
    const before = contents(root);
    const install = (...args: string[]) =>
      does([join(archive, "install.sh")], args, "", { DESTDIR: root, PATH: "/usr/bin:/bin" });

    for (const sbin of [[], ["--sbin", "/sbin"], ["--sbin", "/sbin"]]) {
      expect(install(...sbin)).toMatchObject({ status: 0, stderr: "" });
      const place = join(root, sbin[1] ?? "/usr/local/sbin");
      expect(does([join(place, "ipvsadm")], ["-v"]).stdout).toMatch(/^ipvsadm v1\.31 /);
      for (const name of ["ipvsadm-save", "ipvsadm-restore"]) {
        expect(does([join(place, name)], ["-x"]).stderr).toMatch(new RegExp(`^${name}: `));
      }
      expect(existsSync(join(root, "usr/local/share/man/man8/ipvsadm.8"))).toBe(true);
      const unit = readFileSync(join(root, "usr/local/lib/systemd/system/ipvsadm.service"), "utf8");
      expect(unit).toMatch(new RegExp(`^Environment=PATH=${sbin[1] ?? "/usr/local/sbin"}:`, "m"));
    }

    expect(install("--undo")).toMatchObject({ status: 0, stderr: "" });
    expect(contents(root)).toEqual(before);
    expect(install("--undo").status).toBe(1);
  });

  it("explains itself, and changes nothing, when it does not understand", () => {
    const { status, stderr } = does([join(unpacked("linux-x64.tar.gz"), "install.sh"), "--prefix"], ["here"]);
    expect(status).toBe(2);
    expect(stderr).toContain("./install.sh --undo [--prefix DIR]");
  });

  it("for musl says what is missing, and runs where it is not", () => {
    const archive = unpacked("linux-x64-musl.tar.gz");
    const refused = does([join(archive, "install.sh")], [], "", {
      DESTDIR: folder("musl-root"),
      PATH: "/usr/bin:/bin",
    });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(
      /\nthis ipvsadm does not run here; nothing is installed \(musl needs libstdc\+\+, .*\)\n$/,
    );
    expect(readdirSync(join(work, "musl-root"))).toEqual([]);
    expectToRun([join(archive, "files/sbin/ipvsadm")], {
      LD_LIBRARY_PATH: makeMuslLibraries(folder("musl-libraries")),
    });
  });
});

describe("the .deb for arm64", () => {
  it("runs on an emulated processor", () => {
    const root = folder("arm64");
    execFileSync("dpkg-deb", ["-x", find("_arm64.deb"), root]);
    const emulated = (name: string) => [
      ...["qemu-aarch64-static", "-0", name, "-L", "/usr/aarch64-linux-gnu"],
      join(root, "usr/sbin/ipvsadm"),
    ];
    const env = { PATH: "/usr/bin:/bin" };
    expectToRun(emulated("ipvsadm"), env);
    expect(does(emulated("ipvsadm-save"), ["-x"], "", env).stderr).toMatch(/^ipvsadm-save: /);
  });
});
