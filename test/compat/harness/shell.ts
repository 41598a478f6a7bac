import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** One run of a program. */
export interface Invocation {
  /** A name looked up in the PATH of the run. */
  readonly program: string;
  readonly args: readonly string[];
  /** What standard input holds; absent means that it is empty. */
  readonly stdin?: string | Uint8Array;
}

/** What a run left behind. Texts hold one character per byte, so equal strings mean equal bytes. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell sees it: 128 + N after signal N. */
  readonly status: number;
  /** Which of our programs it was, where several take turns. */
  readonly by?: string;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const stopsDaemon = ({ args, stdin = "" }: Invocation): boolean =>
  [...args, String(Buffer.from(stdin))].some((text) => text.includes("--stop-daemon"));

/** A long-lived shell in a network and mount namespace of its own. Programs started from it cost one fork, not a new shell. */
export class Shell {
  readonly pid: number;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #work: string;
  #waiting: { resolve(line: string): void; reject(error: Error): void } | undefined;
  #batches = 0;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, work: string) {
    this.#process = process;
    this.#work = work;
    this.pid = process.pid ?? -1;
    createInterface({ input: process.stdout }).on("line", (line) => this.#waiting?.resolve(line));
    process.once("close", (status) => this.#waiting?.reject(new Error(`the shell ended with status ${status}`)));
  }

  /** @param work a directory made by world.ts; the shell's files go there */
  static async open(work: string): Promise<Shell> {
    const script = join(import.meta.dirname, "namespace.sh");
    const args = ["--net", "--mount", "--propagation", "private", "sh", script, work];
    const shell = new Shell(spawn("unshare", args, { stdio: ["pipe", "pipe", "inherit"] }), work);
    await shell.#answer();
    return shell;
  }

  /** Runs programs one after the other. */
  async run(path: string, invocations: readonly Invocation[]): Promise<Outcome[]> {
    const directory = join(this.#work, `${this.pid}-${++this.#batches}`);
    mkdirSync(directory);
    const lines = invocations.map((invocation, index) => {
      const { program, args, stdin } = invocation;
      if (stdin !== undefined) writeFileSync(join(directory, `${index}.in`), stdin);
      const input = stdin === undefined ? "/dev/null" : `${index}.in`;
      const before = stopsDaemon(invocation) ? "settle; " : "";
      return `${before}${[program, ...args].map(quote).join(" ")} <${input} >${index}.out 2>${index}.err; echo $? >>status`;
    });
    const batch = join(directory, "batch");
    writeFileSync(batch, [`cd ${quote(directory)}`, `export PATH=${quote(path)}`, ...lines, "cd /", ""].join("\n"));
    this.#process.stdin.write(`${batch}\n`);
    await this.#answer();
    const statuses = invocations.length === 0 ? [] : readFileSync(join(directory, "status"), "latin1").split("\n");
    const outcomes = invocations.map((_, index) => ({
      stdout: readFileSync(join(directory, `${index}.out`), "latin1"),
      stderr: readFileSync(join(directory, `${index}.err`), "latin1"),
      status: Number(statuses[index]),
    }));
    rmSync(directory, { recursive: true });
    return outcomes;
  }

  /** Ends the shell; its namespaces go with it. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.stdin.end();
    await ended;
  }

  #answer(): Promise<string> {
    if (this.#waiting) throw new Error("the shell is still busy with what came before");
    return new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    }).finally(() => {
      this.#waiting = undefined;
    });
  }
}
