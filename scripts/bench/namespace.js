// A network namespace of its own for every run: an empty IPVS table, without the trash of servers that were deleted before.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What a run cost: wall clock and the largest resident set of the program and its children. */
/** @typedef {{ seconds: number, megabytes: number }} Cost */

let count = 0;

export class Namespace {
  #name = `bench-${process.pid}-${++count}`;
  // In memory, whatever the kernel's disks are.
  #directory = mkdtempSync("/dev/shm/bench-");

  constructor() {
    must("ip", ["netns", "add", this.#name]);
    // Without any route the kernel takes every server's address for a broadcast address.
    this.run(["ip", "link", "set", "lo", "up"]);
  }

  remove() {
    must("ip", ["netns", "delete", this.#name]);
    rmSync(this.#directory, { recursive: true });
    // The kernel takes the table apart after that.
    must("sleep", ["0.5"]);
  }

  /** The path of a file for the output of a command. */
  file(name) {
    return join(this.#directory, name);
  }

  /**
   * Runs a command that has to succeed.
   *
   * @param {string[]} command
   * @param {{ input?: string, output?: string }} [files] paths for its standard input and output
   */
  run(command, files = {}) {
    const stdio = [openSync(files.input ?? "/dev/null", "r"), openSync(files.output ?? "/dev/null", "w"), "inherit"];
    try {
      must("ip", ["netns", "exec", this.#name, ...command], stdio);
    } finally {
      closeSync(stdio[0]);
      closeSync(stdio[1]);
    }
  }

  /** The same, measured. */
  measure(command, files) {
    const report = this.file("time");
    this.run(["busybox", "time", "-o", report, "-f", "%e %M", ...command], files);
    const [seconds, memory] = readFileSync(report, "latin1").trim().split(" ").map(Number);
    return { seconds, megabytes: (memory * kilobytesPerUnit()) / 1024 };
  }
}

let unit;

/** Many a busybox takes the kernel's kilobytes for pages: what does it say of a process that knows its own size? */
function kilobytesPerUnit() {
  if (unit === undefined) {
    const script =
      '$x = "x" x 5e7; open my $s, "<", "/proc/self/status"; print map { /VmHWM:\\s+(\\d+)/ ? $1 : () } <$s>';
    const { stdout, stderr } = spawnSync("busybox", ["time", "-f", "%M", "perl", "-e", script], { encoding: "utf8" });
    unit = Number(stdout) / Number(stderr) < 0.5 ? 1 / 4 : 1;
  }
  return unit;
}

function must(program, args, stdio = ["ignore", "inherit", "inherit"]) {
  const { status, error } = spawnSync(program, args, { stdio });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: exit status ${status}`);
}
