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
  /** Seconds of computing without a new input after which a reader counts as hanging. Default 60. */
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
    let input: string | undefined;
    const stop = (why: string) => end({ kind: "stopped", why, input });
    const timer = setInterval(hangWatch(task.progress, patience, stop), TICK);
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
      const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      stop(outOfMemory ? `more than ${memory} MiB of memory` : String(error.stack));
    });
    thread.on("exit", () => stop("the reading never ended, and nothing was left to wait for"));
  });
}

/** Milliseconds between looks at a thread. */
const TICK = 250;

/** How much longer a thread may wait than compute. */
const WAITING = 20;

/**
 * Calls `stop` when the count stands still although so many seconds of computing went by. Time of the processor counts,
 * since on a busy machine a thread may not get any for long; the clock counts for what waits and does not compute.
 */
function hangWatch(progress: SharedArrayBuffer, patience: number, stop: (why: string) => void): () => void {
  const count = new Int32Array(progress);
  const clocks = () => {
    const { user, system } = process.cpuUsage();
    return { computed: (user + system) / 1e6, waited: performance.now() / 1000 / WAITING };
  };
  let seen = 0;
  let since = clocks();
  return () => {
    const now = Atomics.load(count, 0);
    const { computed, waited } = clocks();
    if (now !== seen || now === 0) {
      seen = now;
      since = { computed, waited };
    } else if (Math.max(computed - since.computed, waited - since.waited) > patience) {
      stop(`no end within ${patience} seconds`);
    }
  };
}
