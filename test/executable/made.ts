import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { compile, makeExecutable } from "../../scripts/executable/make.js";
import { ownRuntime } from "../../scripts/executable/runtime.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with `ipvsadm`, `ipvsadm-save`, `ipvsadm-restore`, and with `trusting`, the same made of a runtime as it comes. */
    made: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "ipvsadm-made-"));
  makeExecutable(folder);
  const { path, libc } = ownRuntime();
  compile({ runtime: path, libc, outfile: join(folder, "trusting") });
  project.provide("made", folder);
  return () => rmSync(folder, { recursive: true });
}
