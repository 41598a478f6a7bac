import { execFileSync } from "node:child_process";

/** What the real ipvsadm 1.31 prints; the witness of what is in the kernel. */
export function oracle(...args: string[]): string {
  return execFileSync("/usr/sbin/ipvsadm", args, { encoding: "utf8" });
}

/** The table as the real ipvsadm saves it. */
export const savedByOracle = (): string => oracle("-Sn");

export function clearByOracle(): void {
  oracle("-C");
}
