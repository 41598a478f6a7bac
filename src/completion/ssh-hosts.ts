import { homedir } from "node:os";
import { join } from "node:path";
import { readText } from "../host/proc.js";

/** Names of hosts in the user's configuration of ssh, without patterns. Throws HostError when it may not be read. */
export function sshHosts(path = join(homedir(), ".ssh/config")): readonly string[] {
  const lines = (readText(path) ?? "").matchAll(/^[ \t]*host(?:[ \t]+|[ \t]*=[ \t]*)(.*)$/gim);
  const names = Array.from(lines, ([, names]) => names!.split(/[ \t"]+/)).flat();
  return [...new Set(names)].filter((name) => /^[\w.-]+$/.test(name));
}
