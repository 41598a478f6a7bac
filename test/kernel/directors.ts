import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { commandOf } from "../programs.js";
import { type Outcome, type Running, start } from "./program.js";

/** A director: its namespace, and the port of its sshd beyond 22, behind which another kind of far side waits. */
const PORTS = { ours: 22, original: 22, jailed: 2201, noIpvs: 2202, silent: 2203, hanging: 2204 } as const;

const ip = (...words: string[]) => execFileSync("ip", words.join(" ").split(" "), { encoding: "utf8" });

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Directors in network namespaces of their own, each with a real sshd: `lb1` has our ipvsadm, `lb2` and `lb3` the real 1.31. This
 * namespace reaches lb1 and lb2; lb3 only through lb2. ssh and sshd take their configuration from a home directory that only they
 * see, by a mount of their own over /etc/passwd: neither /etc nor the user's ~/.ssh is touched.
 */
export class Directors {
  readonly #folder = mkdtempSync("/run/directors-");
  readonly #running: Running[] = [];

  static async build(): Promise<Directors> {
    const directors = new Directors();
    directors.#removeNamespaces();
    directors.#connect();
    directors.#writeHome();
    for (const name of ["lb1", "lb2", "lb3"]) directors.#startSshd(name);
    for (const name of ["lb1", "lb2"]) await directors.#isUp(name);
    return directors;
  }

  /** Our ipvsadm here, whose user has the configuration of ssh. */
  async ipvsadm(...args: string[]): Promise<Outcome> {
    return this.start(args).outcome;
  }

  start(args: readonly string[], input = ""): Running {
    return start("unshare", this.#atHome([...commandOf("ipvsadm"), ...args]), input);
  }

  /** The same as it is typed. */
  commandLine(...args: string[]): string {
    const script = this.file(
      "typed",
      `exec unshare ${this.#atHome([...commandOf("ipvsadm"), ...args])
        .map(quoted)
        .join(" ")}`,
    );
    return `sh ${script}`;
  }

  /** The real ipvsadm on a director. */
  oracle(name: string, ...args: string[]): string {
    return execFileSync("ip", ["netns", "exec", name, "/usr/sbin/ipvsadm", ...args], { encoding: "utf8" });
  }

  /** Makes the table of a director with the real ipvsadm. */
  put(name: string, rules: string): void {
    execFileSync("ip", ["netns", "exec", name, "/usr/sbin/ipvsadm", "-R"], { input: `-C\n${rules}` });
  }

  /** Any command in the namespace of a director, to its end. */
  run(name: string, ...command: string[]): string {
    return execFileSync("ip", ["netns", "exec", name, ...command], { encoding: "utf8" });
  }

  /** Starts any program in the namespace of a director. */
  startIn(name: string, ...command: string[]): Running {
    return start("ip", ["netns", "exec", name, ...command]);
  }

  /** Our ipvsadm in the namespace of a director, to its end. */
  runOurs(name: string, ...args: string[]): Promise<Outcome> {
    return this.startIn(name, ...commandOf("ipvsadm"), ...args).outcome;
  }

  /** A file below the home directory. */
  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Whether a file is there that a far side has made. */
  async appears(name: string): Promise<void> {
    while (spawnSync("test", ["-e", join(this.#folder, name)]).status !== 0) await setTimeout(100);
  }

  async close(): Promise<void> {
    for (const running of this.#running) running.kill("SIGTERM");
    await Promise.all(this.#running.map(({ outcome }) => outcome));
    this.#removeNamespaces();
    rmSync(this.#folder, { recursive: true });
  }

  #removeNamespaces(): void {
    // The cables by themselves: a namespace goes some time after it was deleted, and later when a process is left in it.
    for (const name of ["lb1", "lb2"]) spawnSync("ip", ["link", "delete", `to-${name}`]);
    const present = ip("netns list");
    for (const name of ["lb1", "lb2", "lb3"]) if (present.includes(name)) ip("netns delete", name);
  }

  /** A cable to each; the far end of the one at N has the address 10.77.N.2. */
  #connect(): void {
    const cables = [
      ["", "lb1"],
      ["", "lb2"],
      ["lb2", "lb3"],
    ] as const;
    for (const [index, [near, far]] of cables.entries()) {
      ip(`netns add ${far}`);
      ip(`-n ${far} link set lo up`);
      const at = near === "" ? [] : ["-n", near];
      ip(...at, `link add to-${far} type veth peer name eth0 netns ${far}`);
      ip(...at, `addr add 10.77.${index + 1}.1/24 dev to-${far}`);
      ip(...at, `link set to-${far} up`);
      ip(`-n ${far} addr add 10.77.${index + 1}.2/24 dev eth0`);
      ip(`-n ${far} link set eth0 up`);
      // Without a default route the kernel takes other addresses for broadcast addresses.
      ip(`-n ${far} route add default via 10.77.${index + 1}.1`);
    }
  }

  #writeHome(): void {
    const home = this.#folder;
    chmodSync(home, 0o755);
    mkdirSync(join(home, ".ssh"), { mode: 0o700 });
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const passwd = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .filter((line) => !/^(root|sshd):/.test(line));
    const users = [`root:*:0:0:root:${home}:/bin/sh`, "sshd:*:65533:65534::/run/sshd:/usr/sbin/nologin"];
    this.file("passwd", [...users, ...passwd].join("\n"));
    this.file("shadow", "root:*:19000:0:99999:7:::\nsshd:*:19000:0:99999:7:::\n");
    for (const key of ["host", "user"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, key)]);
    const hostKey = readFileSync(join(home, "host.pub"), "utf8").trim();
    this.file(".ssh/known_hosts", `* ${hostKey}\n`);
    this.file(".ssh/none", "");
    this.file("authorized_keys", readFileSync(join(home, "user.pub"), "utf8"));
    this.file(".ssh/config", this.#clientConfig());
    this.#writeFarSides();
  }

  #clientConfig(): string {
    const host = (name: string, ...lines: string[]) => [`Host ${name}`, ...lines.map((line) => `  ${line}`)].join("\n");
    return [
      host("stranger", "HostName 10.77.1.2", `UserKnownHostsFile ${this.#folder}/.ssh/none`),
      host("locked", "HostName 10.77.1.2", "PubkeyAuthentication no"),
      host("lb1", "HostName 10.77.1.2"),
      host("lb2", "HostName 10.77.2.2"),
      host("lb3", "HostName 10.77.3.2", "ProxyJump lb2"),
      host("*", `IdentityFile ${this.#folder}/user`, "User root"),
      "",
    ].join("\n");
  }

  /** The folders that hold ipvsadm for the far sides, and a root directory that lacks it. */
  #writeFarSides(): void {
    const script = (folder: string, text: string) => {
      mkdirSync(join(this.#folder, folder));
      writeFileSync(join(this.#folder, folder, "ipvsadm"), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    };
    script("lb1", `exec ${commandOf("ipvsadm").join(" ")} "$@"`);
    script("noIpvs", 'echo "Can\'t initialize ipvs: Protocol not available" >&2; exit 2');
    script("hanging", `: > ${this.#folder}/hangs; exec sleep 1000`);
    for (const folder of ["jail", "jail/bin", "jail/dev"]) mkdirSync(join(this.#folder, folder), { mode: 0o755 });
    copyFileSync("/bin/busybox", join(this.#folder, "jail/bin/sh"));
    this.file("jail/dev/null", "");
  }

  #serverConfig(name: string): string {
    const path = (folder: string) => `SetEnv PATH=${join(this.#folder, folder)}:/usr/sbin:/usr/bin:/sbin:/bin`;
    const at = (port: number, line: string) => `Match LocalPort ${port}\n  ${line}`;
    return [
      ...Array.from(new Set(Object.values(PORTS)), (port) => `Port ${port}`),
      `HostKey ${this.#folder}/host`,
      `AuthorizedKeysFile ${this.#folder}/authorized_keys`,
      ...["UsePAM no", "StrictModes no", "PermitRootLogin prohibit-password", "PidFile none", "Banner /proc/version"],
      ...(name === "lb1" ? [path("lb1")] : []),
      at(PORTS.jailed, `ChrootDirectory ${this.#folder}/jail`),
      at(PORTS.noIpvs, path("noIpvs")),
      at(PORTS.silent, "ForceCommand exit 3"),
      at(PORTS.hanging, path("hanging")),
      "",
    ].join("\n");
  }

  #startSshd(name: string): void {
    const config = this.file(`sshd-${name}`, this.#serverConfig(name));
    const command = ["/usr/sbin/sshd", "-D", "-e", "-f", config];
    this.#running.push(this.startIn(name, "unshare", ...this.#atHome(command)));
  }

  async #isUp(name: string): Promise<void> {
    while (this.run(name, "ss", "-Hltn", "sport", "=", ":22").trim() === "") await setTimeout(100);
  }

  /** Arguments of unshare that run a command whose root user lives in our folder. */
  #atHome(command: readonly string[]): string[] {
    const over = (name: string) => `mount --bind ${join(this.#folder, name)} /etc/${name}`;
    return ["--mount", "sh", "-c", `${over("passwd")} && ${over("shadow")} && exec "$@"`, "sh", ...command];
  }
}
