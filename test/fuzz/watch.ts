import { Worker } from "node:worker_threads";
import type { Crash } from "./reader.js";

/** What a thread has to do; see worker.ts. */
export interface Task {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  /** 32 bits in which the thread counts its inputs. */
  readonly progress: SharedArrayBuffer;
  /** Only inputs from this one on are read, counted from 0, and each is posted before. */
  readonly from?: number;
}

export interface Limits {
  /** Seconds without a new input after which a reader counts as hanging. Default 60. */
  readonly patience?: number;
  /** MiB of memory that a thread may have. Default 512. */
  readonly memory?: number;
}

type Ending =
  | { readonly kind: "end"; readonly crash: Crash | undefined }
  | { readonly kind: "stopped"; readonly why: string; readonly input: string | undefined };

/** Runs a thread that gives a reader its inputs. One that hangs, or wants too much memory, is stopped and its input found. */
export async function watch(
  worker: URL,
  task: Pick<Task, "name" | "runs" | "seed">,
  limits: Limits = {},
): Promise<Crash | undefined> {
  const progress = new SharedArrayBuffer(4);
  const ending = await run(worker, { ...task, progress }, limits);
  if (ending.kind === "end") return ending.crash;
  // Inputs depend on nothing but the seed, so the same one comes again.
  const from = new Int32Array(progress)[0]! - 1;
  const again = await run(worker, { ...task, progress: new SharedArrayBuffer(4), from }, limits);
  if (again.kind === "end") return again.crash ?? { input: `input ${from}, not the second time`, error: ending.why };
  return { input: again.input ?? `input ${from}`, error: ending.why };
}

function run(worker: URL, task: Task, { patience = 60, memory = 512 }: Limits): Promise<Ending> {
  return new Promise((resolve) => {
    const thread = new Worker(worker, { workerData: task, resourceLimits: { maxOldGenerationSizeMb: memory } });
    const count = new Int32Array(task.progress);
    let input: string | undefined;
    let seen = -1;
    const timer = setInterval(() => {
      const now = Atomics.load(count, 0);
      if (now === seen) end({ kind: "stopped", why: `no end within ${patience} seconds`, input });
      seen = now;
    }, patience * 1000);
    const end = (ending: Ending) => {
      clearInterval(timer);
      resolve(ending);
      void thread.terminate();
    };
    thread.on("message", (message: { readonly input?: string; readonly crash?: Crash }) => {
      if (message.input === undefined) end({ kind: "end", crash: message.crash });
      else input = message.input;
    });
    thread.on("error", (error: Error & { code?: string }) => {
      const why = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? `more than ${memory} MiB of memory` : String(error.stack);
      end({ kind: "stopped", why, input });
    });
  });
}
