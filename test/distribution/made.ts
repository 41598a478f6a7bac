import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { makePackages } from "../../scripts/package/make.js";
import { installDebian } from "../../scripts/package/tools.js";
import { makeDebian } from "./debian.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for all that this suite makes. */
    work: string;
    /** The packages that were made: files. */
    packages: readonly string[];
    /** The root of a Debian with ldirectord and the original, and without Node.js. */
    debian: string;
  }
}

/** What the tests run, from Debian. */
const TOOLS = ["debootstrap", "lintian", "rpm", "musl", "gcc", "libc6-dev", "qemu-user-static", "libc6-arm64-cross"];

/** One machine has packages of every format, others what shows that they work. */
const MADE: readonly [formats: string[], target: string][] = [
  [["deb", "rpm", "tarball"], "amd64"],
  [["deb"], "arm64"],
  [["tarball"], "amd64-musl"],
];

export default async function setup(project: TestProject): Promise<() => void> {
  if (!installDebian(TOOLS)) throw new Error(`this suite needs root on Debian, and the packages ${TOOLS.join(" ")}`);
  const work = mkdtempSync(join(tmpdir(), "ipvsadm-distribution-"));
  const debian = makeDebian(join(work, "debian"));
  const packages = MADE.flatMap(([formats, target]) => makePackages(join(work, target), formats, [target]));
  project.provide("work", work);
  project.provide("packages", packages);
  project.provide("debian", await debian);
  return () => rmSync(work, { recursive: true });
}
