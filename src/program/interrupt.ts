import { constants } from "node:os";
import { EXIT } from "./exit-status.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Exit status of a program that a signal ended, as shells report it: 130 for SIGINT, 143 for SIGTERM. */
export function signalStatus(signal: NodeJS.Signals): number {
  return EXIT.interrupted.status + constants.signals[signal];
}

/** Runs work that ends in good order when the user interrupts it: the first SIGINT or SIGTERM aborts the signal it gets. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T; readonly interruptedBy?: NodeJS.Signals }> {
  const abort = new AbortController();
  let interruptedBy: NodeJS.Signals | undefined;
  const handler = (signal: NodeJS.Signals) => {
    interruptedBy ??= signal;
    abort.abort();
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  try {
    const value = await work(abort.signal);
    return interruptedBy ? { value, interruptedBy } : { value };
  } finally {
    for (const signal of SIGNALS) process.off(signal, handler);
  }
}
