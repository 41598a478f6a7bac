// A thread that gives one reader its inputs, while `watch` looks on.
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { tryReader } from "./reader.js";
import { READERS } from "./readers.js";
import type { Task } from "./watch.js";

const { name, runs, seed, progress, from } = workerData as Task;
const count = new Int32Array(progress);
const reader = READERS.find((one) => one.name === name)!;

/** Counts the inputs; those of a second look are posted before they are read, since one of them never comes back. */
function before(input: unknown): boolean {
  const number = Atomics.add(count, 0, 1);
  if (from === undefined) return true;
  if (number >= from) parentPort!.postMessage({ input: fc.stringify(input) });
  return number >= from;
}

const crash = await tryReader(reader, { runs, seed }, before);
parentPort!.postMessage({ crash });
