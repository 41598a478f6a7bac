import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { apt, inDebian } from "./debian.js";
import { makeMuslLibraries } from "./musl.js";
import { COMMANDS, INIT_SCRIPT, type Step, UNIT } from "./steps.js";

const work = inject("work");
const root = inject("debian");
const packages = inject("packages");
const find = (ending: string) => packages.find((file) => file.endsWith(ending))!;
const deb = join("/root", basename(find("_amd64.deb")));

const SETTINGS = 'AUTO="true"\nDAEMON="none"\nIFACE="eth0"\t\n';
const RULES = "# written by hand\n-A -t 192.0.2.100:80 -s rr\n";
function write(): void {
  writeFileSync(join(root, "etc/default/ipvsadm"), SETTINGS);
  writeFileSync(join(root, "etc/ipvsadm.rules"), RULES);
}
const written = () => [
  readFileSync(join(root, "etc/default/ipvsadm"), "utf8"),
  readFileSync(join(root, "etc/ipvsadm.rules"), "utf8"),
];

/** The package that has the program of the root, and that is all there. */
async function owner(): Promise<string> {
  const size = statSync(join(root, "usr/sbin/ipvsadm")).size;
  const name = size > 1_000_000 ? "ipvsadm-ts" : "ipvsadm";
  // " c " marks files that users may change.
  const changed = (await inDebian(root, "dpkg", "--verify", name)).split("\n").filter((line) => !line.includes(" c "));
  expect(changed).toEqual([""]);
  expect(await inDebian(root, "dpkg", "--audit")).toBe("");
  await apt(root, "check");
  return name;
}

beforeAll(() => copyFileSync(find("_amd64.deb"), join(root, deb)));

describe("the README's lines for programs that npm installed", () => {
  /** The shell's lines of a chapter, block by block. */
  const [, chapter] = /^### In the place of 1\.31 with npm$(.*?)^## /ms.exec(readFileSync("README.md", "utf8"))!;
  const [forth, back] = Array.from(chapter!.matchAll(/^```sh\n(.*?)^```$/gms), ([, lines]) => lines!);
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  };
  const run = (program: string) => inDebian(root, program, "-v");

  it("put them in front of Debian's, which can be upgraded, and take them back", async () => {
    put("usr/bin/npm", "echo /opt/npm");
    for (const name of ["ipvsadm", "ipvsadm-save", "ipvsadm-restore"]) put(`opt/npm/bin/${name}`, `echo ours: ${name}`);
    await inDebian(root, "/bin/sh", "-c", forth!);
    await apt(root, "install", "--reinstall", "ipvsadm");
    for (const path of ["/sbin/ipvsadm", "/usr/sbin/ipvsadm"]) expect(await run(path)).toBe("ours: ipvsadm\n");
    expect(await run("/sbin/ipvsadm-save")).toBe("ours: ipvsadm-save\n");
    await inDebian(root, "/bin/sh", "-c", back!);
    expect(await owner()).toBe("ipvsadm");
    expect(await inDebian(root, "dpkg-divert", "--list", "*ipvsadm*")).toBe("");
  });
});

describe("the .deb on a processor that cannot run it", () => {
  it("says so, and leaves Debian's package", async () => {
    writeFileSync(join(root, "proc/cpuinfo"), "processor : 0\nflags : fpu sse sse2 ssse3 sse4_1\n");
    const refused = inDebian(root, "dpkg", "-i", deb);
    await expect(refused).rejects.toThrow(/^ipvsadm-ts needs a processor with SSE4\.2 /m);
    expect(await owner()).toBe("ipvsadm");
    rmSync(join(root, "proc/cpuinfo"));
  });
});

describe("the .deb takes the place of Debian's package", () => {
  beforeAll(write);

  it("and gives it back, with apt-get and what its users wrote", async () => {
    await apt(root, "install", deb);
    expect(await owner()).toBe("ipvsadm-ts");
    expect(written()).toEqual([SETTINGS, RULES]);
    expect(readdirSync(join(root, "etc/systemd/system/multi-user.target.wants"))).toContain("ipvsadm.service");
    await apt(root, "install", "ipvsadm");
    expect(await owner()).toBe("ipvsadm");
    await apt(root, "purge", "ipvsadm-ts");
    expect(await owner()).toBe("ipvsadm");
    expect(written()).toEqual([SETTINGS, RULES]);
  });

  it("and has files of its own where that is purged, which go with it", async () => {
    const wanted = join(root, "etc/systemd/system/multi-user.target.wants");
    await inDebian(root, "dpkg", "-i", deb);
    await inDebian(root, "dpkg", "--purge", "ipvsadm");
    expect(readdirSync(wanted)).toContain("ipvsadm.service");
    await inDebian(root, "dpkg", "-i", deb);
    const [settings, rules] = written();
    expect(settings).toMatch(/^AUTO="false"$/m);
    expect(rules).toMatch(/^#.*\n$/);
    await inDebian(root, "dpkg", "--purge", "--force-depends", "ipvsadm-ts");
    expect(readdirSync(join(root, "etc/default"))).not.toContain("ipvsadm");
    expect(readdirSync(join(root, "etc"))).not.toContain("ipvsadm.rules");
    expect(readdirSync(wanted)).not.toContain("ipvsadm.service");
    await apt(root, "install", "ipvsadm");
    expect(await owner()).toBe("ipvsadm");
    write();
  });

  it("with dpkg alone, which removes the other one after it has unpacked ours", async () => {
    await inDebian(root, "dpkg", "-i", deb);
    expect(await owner()).toBe("ipvsadm-ts");
    expect(await inDebian(root, "dpkg-divert", "--list", "*ipvsadm*")).toBe("");
    expect(written()).toEqual([SETTINGS, RULES]);
    // And again, as an upgrade.
    await inDebian(root, "dpkg", "-i", deb);
    expect(await owner()).toBe("ipvsadm-ts");
    expect(await inDebian(root, "dpkg", "--status", "ldirectord")).toMatch(/^Status: install ok installed$/m);
  });
});

/** What was seen in the kernel (in-kernel.ts). */
type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };
type Moment = { readonly rules: string; readonly answers: Readonly<Record<string, number>> };
type Play = { readonly start: Moment; readonly dead: Moment; readonly back: Moment; readonly end: string };
interface Seen {
  readonly commands: readonly Outcome[];
  readonly unit: readonly Outcome[];
  readonly initScript: readonly Outcome[];
  readonly musl: Readonly<Record<"added" | "refused" | "saved" | "seen" | "cleared", Outcome>>;
  readonly quiescent: Play;
  readonly removing: Play;
}

describe("on a kernel with IPVS", () => {
  let seen: Seen;

  beforeAll(async () => {
    const bundle = join(work, "in-kernel.mjs");
    // The lab's modules find their files next to them.
    const lab = new URL("../lab/play.ts", import.meta.url).href;
    await build({
      entryPoints: [join(import.meta.dirname, "in-kernel.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      define: { "import.meta.url": JSON.stringify(lab) },
    });
    const archive = join(work, "musl");
    const libraries = join(archive, "libraries");
    mkdirSync(libraries, { recursive: true });
    execFileSync("tar", ["-xzf", find("linux-x64-musl.tar.gz"), "-C", archive, "--strip-components=1"]);
    const args = [root, join(archive, "files/sbin/ipvsadm"), makeMuslLibraries(libraries)];
    const command = ["scripts/kernel.sh", "--", process.execPath, bundle, ...args];
    seen = JSON.parse(execFileSync("bash", command, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }));
  });

  function expectAll(steps: readonly Step[], outcomes: readonly Outcome[]) {
    const numbered = (title: string, index: number) => `${index + 1}. ${title}`;
    const expected = steps.map(({ title, status = 0, stdout, stderr }, index) => ({
      title: numbered(title, index),
      code: status,
      stdout:
        stdout === undefined ? expect.any(String) : typeof stdout === "string" ? stdout : expect.stringMatching(stdout),
      stderr: stderr ?? (status === 0 ? "" : expect.any(String)),
    }));
    expect(outcomes.map((outcome, index) => ({ title: numbered(steps[index]!.title, index), ...outcome }))).toEqual(
      expected,
    );
  }

  it("all commands work in the root", () => expectAll(COMMANDS, seen.commands));

  it("the unit restores and saves", () => expectAll(UNIT, seen.unit));

  it("Debian's init script restores and saves", () => expectAll(INIT_SCRIPT, seen.initScript));

  it("the program for musl changes the table", () => {
    const { added, refused, saved, seen: witness } = seen.musl;
    expect(added).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(refused).toMatchObject({ code: 255, stderr: expect.stringMatching(/^Service already exists\n/) });
    expect(saved).toEqual(witness);
    expect(saved.stdout).toBe("-A -t 192.0.2.100:80 -s rr\n");
  });

  const rules = (...servers: string[]) =>
    ["-A -t 192.0.2.100:80 -s rr\n", ...servers.map((server) => `-a -t 192.0.2.100:80 -r ${server}\n`)].join("");

  it.each([
    ["quiescent=yes", "quiescent", ["10.0.0.11:80 -m -w 1", "10.0.0.12:80 -m -w 0"]],
    ["quiescent=no", "removing", ["10.0.0.11:80 -m -w 1"]],
  ] as const)("ldirectord with %s takes a dead server out, and brings it back", (_, name, left) => {
    const both = { rules: rules("10.0.0.11:80 -m -w 1", "10.0.0.12:80 -m -w 1"), answers: { rs1: 2, rs2: 2 } };
    expect(seen[name]).toEqual({
      start: both,
      dead: { rules: rules(...left), answers: { rs1: 4 } },
      back: both,
      end: "",
    });
  });
});
