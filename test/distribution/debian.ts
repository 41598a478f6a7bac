import { execFile } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a program in the root of a Debian printed. Throws with all of it when it fails. */
export async function inDebian(root: string, program: string, ...args: readonly string[]): Promise<string> {
  const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
  const running = run("chroot", [root, program, ...args], { env: { PATH, DEBIAN_FRONTEND: "noninteractive" } });
  running.child.stdin!.end();
  return (await running).stdout;
}

/** Installs or removes packages. apt must not ask, nor take what is only recommended. */
export const apt = (root: string, ...args: readonly string[]) =>
  inDebian(root, "apt-get", "-q", "-y", "--no-install-recommends", ...args);

/** Makes the root of a minimal Debian with the original and with ldirectord, and tells its folder. */
export async function makeDebian(root: string): Promise<string> {
  await run("debootstrap", ["--variant=minbase", "bookworm", root], { maxBuffer: 1 << 26 });
  // As in an image: nothing is started while packages are installed.
  const policy = join(root, "usr/sbin/policy-rc.d");
  writeFileSync(policy, "#!/bin/sh\nexit 101\n");
  chmodSync(policy, 0o755);
  await apt(root, "install", "ipvsadm", "ldirectord");
  return root;
}
