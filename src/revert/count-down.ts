import { setTimeout } from "node:timers/promises";
import type { ChangeRecord } from "../confirm/record.js";
import { READY } from "../confirm/start-waiter.js";
import type { ChangeStore, Outcome, Verdict } from "../confirm/store.js";
import { withConnection } from "../program/connect.js";
import { EXIT } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { isAlive, uptime } from "../state/process.js";
import { takeBack } from "./take-back.js";

/** Milliseconds between two looks at what was decided. */
const INTERVAL = 200;

/**
 * Counts down for a change and takes it back unless somebody says yes. Runs as a process of its own that nothing but SIGKILL and the
 * end of the host can keep from it: SIGTERM, which ends the processes of a session, makes it go back at once.
 */
export async function countDown(store: ChangeStore, number: number, io: Io): Promise<void> {
  let ended = false;
  for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT"] as const) process.on(signal, () => {});
  process.on("SIGTERM", () => {
    ended = true;
  });
  const record = await prepare(store, number, io).catch((error: Error) => io.out(`${error.message}\n`));
  if (!record) return;
  io.out(READY);
  const { maker, confirm = 0 } = record.head;
  let until: number | undefined;
  for (; ; await setTimeout(INTERVAL)) {
    let verdict = read(() => store.verdict(number));
    // Absent while the change is being made, which has to end first.
    until = read(() => store.waiter(number))?.until ?? until ?? (isAlive(maker) ? undefined : uptime() + confirm);
    if (until === undefined) continue;
    if (!verdict && ended) verdict = decide(store, number, "the process that counts down was ended");
    if (!verdict && uptime() >= until) {
      verdict = decide(store, number, `not confirmed within ${confirm} seconds`);
    }
    if (verdict?.kind === "confirmed" || read(() => store.outcome(number))) return;
    if (verdict) break;
  }
  const { why } = read(() => store.verdict(number)) ?? { why: "" };
  const outcome = await withConnection(io, ({ client }) => takeBack(record, client, why)).catch(failed);
  read(() => store.setOutcome(number, outcome));
}

/** Reads all that is needed later, and makes sure that the kernel can be asked. */
async function prepare(store: ChangeStore, number: number, io: Io): Promise<ChangeRecord> {
  const record = store.record(number);
  await withConnection(io, async () => {});
  return record;
}

function decide(store: ChangeStore, number: number, why: string): Verdict {
  return read(() => store.decide(number, { kind: "back", why })) ?? { kind: "back", why };
}

/** What is kept may be damaged or gone; that does not keep a change from going back. */
function read<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

function failed(error: Error): Outcome {
  const report = `the change was not taken back: ${error.message}\n`;
  return { status: EXIT.usage.status, report, at: new Date().toISOString() };
}
