import { statSync } from "node:fs";
import { hostname, machine } from "node:os";
import { HostError } from "./host.js";
import { readSysctl } from "./proc.js";

/** What tells this host, and this moment, from others. */
export interface Identity {
  /** As uname(2) tells it. */
  readonly name: string;
  /** As uname(2) tells it: `x86_64`. */
  readonly machine: string;
  /** Equal only in the same network namespace of the same boot. */
  readonly namespace: string;
  readonly time: Date;
}

/** Throws HostError without `/proc`. */
export function readIdentity(): Identity {
  try {
    const { dev, ino } = statSync("/proc/self/ns/net");
    const namespace = `${readSysctl("kernel.random.boot_id")} ${dev}:${ino}`;
    return { name: hostname(), machine: machine(), namespace, time: new Date() };
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError(`/proc/self/ns/net: ${(error as NodeJS.ErrnoException).code}`);
  }
}
