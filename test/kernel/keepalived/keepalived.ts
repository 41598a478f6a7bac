import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Running, start } from "../program.js";

/** Folders of this run, with what keepalived and the tests write. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "ipvsadm-keepalived-"));

  /** Writes a file below the folder; returns its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Starts the real keepalived, its health checker alone, and waits until it has made the table. */
export async function startKeepalived(scratch: Scratch, path: string, ...options: string[]): Promise<Running> {
  const files = ["-p", "-c", "-r", "-b"].flatMap((option) => [option, join(scratch.folder, `pid${option}`)]);
  const args = ["-n", "-C", "-B", "-l", "-D", "-i", "director1", ...files, "-f", path, ...options];
  const keepalived = start("/usr/sbin/keepalived", args);
  await keepalived.says("Startup complete");
  return keepalived;
}

export async function stopKeepalived(keepalived: Running): Promise<void> {
  keepalived.kill("SIGTERM");
  await keepalived.outcome;
}
