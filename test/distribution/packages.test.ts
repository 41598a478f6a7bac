import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { checkIntegrity } from "../../scripts/package/runtime.js";

const work = inject("work");
const packages = inject("packages");
const find = (ending: string) => packages.find((file) => file.endsWith(ending))!;
const text = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: "utf8" });
const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Whoever looks at a package on the way finds these at their places. */
const EVERYWHERE = [
  ...["/usr/sbin/ipvsadm", "/usr/sbin/ipvsadm-save", "/usr/sbin/ipvsadm-restore"],
  ...["ipvsadm", "ipvsadm-save", "ipvsadm-restore"].map((name) => `/usr/share/man/man8/${name}.8.gz`),
  ...["ipvsadm", "ipvsadm-save", "ipvsadm-restore"].map((name) => `/usr/share/bash-completion/completions/${name}`),
  "/usr/share/fish/vendor_completions.d/ipvsadm.fish",
  "/usr/lib/systemd/system/ipvsadm.service",
];

describe.each([
  ["_amd64.deb", "amd64"],
  ["_arm64.deb", "arm64"],
])("%s", (ending, machine) => {
  it("is a package for its machine, in the place of ipvsadm", () => {
    const field = (name: string) => text("dpkg-deb", "-f", find(ending), name).trim();
    expect(field("Package")).toBe("ipvsadm-ts");
    expect(field("Architecture")).toBe(machine);
    for (const name of ["Provides", "Conflicts", "Replaces"]) expect(field(name)).toMatch(/^ipvsadm\b/);
    expect(field("Provides")).toBe("ipvsadm (= 1:1.31)");
  });

  it("holds every file at its place", () => {
    const listed = text("dpkg-deb", "-c", find(ending));
    const paths = Array.from(listed.matchAll(/ \.(\/\S*)(?: -> .*)?$/gm), ([, path]) => path);
    expect(paths).toEqual(expect.arrayContaining([...EVERYWHERE, "/usr/share/zsh/vendor-completions/_ipvsadm"]));
    expect(listed.split("\n").filter((line) => line !== "" && !line.includes(" root/root "))).toEqual([]);
  });
});

describe("lintian", () => {
  it("has no errors to name", () => {
    const args = ["--allow-root", "--fail-on", "error", "--no-cfg", find("_amd64.deb")];
    const { status, stdout } = spawnSync("lintian", args, { encoding: "utf8" });
    const errors = stdout.split("\n").filter((line) => line.startsWith("E:"));
    expect({ status, errors }).toEqual({ status: 0, errors: [] });
  });
});

describe(".rpm", () => {
  it("has RHEL's places, and settings that stay when it is replaced", () => {
    const list = (...flags: string[]) =>
      text("rpm", "-qp", ...flags, find(".x86_64.rpm"))
        .trim()
        .split("\n");
    const own = ["/etc/sysconfig/ipvsadm", "/etc/sysconfig/ipvsadm-config", "/usr/share/zsh/site-functions/_ipvsadm"];
    expect(list("-l")).toEqual(expect.arrayContaining([...EVERYWHERE, ...own]));
    expect(list("--configfiles")).toEqual(own.slice(0, 2));
    expect(list("--provides")).toContain("ipvsadm = 1.31");
    expect(list("--obsoletes")).toEqual(["ipvsadm < 1.32"]);
    const config = text("rpm", "-qp", "--queryformat", "[%{filenames} %{fileflags:fflags}\n]", find(".x86_64.rpm"));
    expect(config).toMatch(/^\/etc\/sysconfig\/ipvsadm-config cn$/m);
  });
});

describe("the packages", () => {
  it("have the sums that SHA256SUMS names", () => {
    for (const sums of packages.filter((file) => basename(file) === "SHA256SUMS")) {
      expect(spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: dirname(sums) }).status).toBe(0);
    }
    expect(
      readFileSync(join(dirname(find(".rpm")), "SHA256SUMS"), "utf8")
        .trim()
        .split("\n").length,
    ).toBe(3);
  });

  it("are the same, to the byte, when made again elsewhere and at another time", () => {
    const tmp = mkdtempSync(join(work, "elsewhere-"));
    const again = join(tmp, "packages");
    const script = `import { makePackages } from "./scripts/package/make.js";
      makePackages(${JSON.stringify(again)}, ["deb", "rpm", "tarball"], ["amd64"]);`;
    const command = ["-c", 'umask 077; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", script];
    const env = { ...process.env, TMPDIR: tmp, TZ: "Asia/Tokyo", LC_ALL: "C", HOSTNAME: "other" };
    execFileSync("/bin/sh", command, { env, stdio: ["ignore", "ignore", "inherit"] });
    for (const file of packages.filter((path) => dirname(path) === dirname(find(".rpm")))) {
      expect([basename(file), sha256(join(again, basename(file)))]).toEqual([basename(file), sha256(file)]);
    }
  });
});

describe("a runtime", () => {
  it("whose contents package-lock.json does not name is refused", () => {
    const file = join(work, "runtime.tgz");
    writeFileSync(file, "what the registry has");
    const sum = (text: string) => `sha512-${createHash("sha512").update(text).digest("base64")}`;
    expect(() => checkIntegrity(file, sum("what the registry has"))).not.toThrow();
    expect(() => checkIntegrity(file, sum("what was tested"))).toThrow(
      /runtime\.tgz: expected sha512-.*, found sha512-/,
    );
  });
});

describe("npm run package", () => {
  it("names the words that it knows", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/package.js", "deb", "i386"], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toBe("no such package: i386; there are deb, rpm, tarball, amd64, arm64, amd64-musl, arm64-musl\n");
  });

  it("names the Debian packages of tools that are missing", () => {
    const bin = join(work, "bin");
    mkdirSync(bin);
    const script = `import { provideTools } from "./scripts/package/tools.js";
      process.getuid = () => 1000;
      process.env.PATH = ${JSON.stringify(bin)};
      provideTools(["rpm"]);`;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stderr).toContain("Error: not here: rpmbuild, gzip; on Debian: apt-get install rpm gzip");
  });
});
