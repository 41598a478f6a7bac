import { StateError, StateFolder } from "../state/folder.js";
import { bootId, isAlive, ownMark, type ProcessMark } from "../state/process.js";
import { type ChangeRecord, formatRecord, parseHead, parseRecord, type RecordHead } from "./record.js";

/** A change waits for its confirmation, so that no other one can be made. */
export class WaitingError extends StateError {}

/** What was decided about a change that waits. */
export interface Verdict {
  readonly kind: "confirmed" | "back";
  /** Why it goes back: `not confirmed within 60 seconds`. */
  readonly why: string;
}

/** How taking a change back went. */
export interface Outcome {
  /** Exit status; 0: all of it was taken back. */
  readonly status: number;
  /** Lines about it. */
  readonly report: string;
  /** When, as ISO 8601. */
  readonly at: string;
}

/** The process that counts down for a change. */
export interface Waiter {
  readonly process: ProcessMark;
  /** Seconds of `uptime` at which it goes back; absent while the change is being made. */
  readonly until?: number;
}

/**
 * What is known of a change: it waits for a yes; nobody said yes and nobody waits any longer; it is there to stay; it was taken
 * back; taking it back has begun.
 */
export type Stage = "waiting" | "unconfirmed" | "kept" | "back" | "going back";

/** A change that was kept, and where. */
export interface KeptChange {
  readonly number: number;
  readonly head: RecordHead;
  readonly stage: Stage;
}

/** `the change of 2026-11-25T12:00:00.000Z (ipvsadm apply)`. */
export function changeText({ head }: Pick<KeptChange, "head">): string {
  return `the change of ${head.at} (${head.by})`;
}

const NAME = /^change\.([1-9]\d{0,14})$/;

/**
 * The last changes, each with files of its own number: `change.7`, its record; `waiter.7`, who counts down; `verdict.7`, which
 * only one process can make; `outcome.7`, how going back went. The greatest number is the last change, and claiming the next
 * one is what lets only one change wait. Nothing has to be unlocked: whoever ends, however it ends, waits no longer.
 */
export class ChangeStore {
  readonly #folder: StateFolder;
  readonly #boot = bootId();

  constructor(folder = new StateFolder()) {
    this.#folder = folder;
  }

  /**
   * Changes of this boot that can still be looked at, the last one first.
   *
   * @param below only those with smaller numbers; default: all
   */
  changes(below = Number.POSITIVE_INFINITY): KeptChange[] {
    const numbers = this.#numbers().filter((number) => number < below);
    return numbers
      .sort((a, b) => b - a)
      .flatMap((number) => {
        const file = this.#folder.readStart(`change.${number}`);
        const head = file && parseHead(file.text, this.path(number));
        return head?.boot === this.#boot ? [{ number, head, stage: this.#stage(number, head) }] : [];
      });
  }

  /** The changes that nobody has confirmed yet, the last one first. */
  open(): KeptChange[] {
    return this.changes().filter(({ stage }) => stage !== "kept" && stage !== "back");
  }

  /** Throws WaitingError while a change waits or is being taken back. */
  refuseWhileWaiting(): void {
    const busy = this.changes().find(({ stage }) => stage === "waiting" || stage === "going back");
    if (busy === undefined) return;
    throw new WaitingError(
      `${changeText(busy)} waits for its confirmation: nothing was changed; say \`ipvsadm confirm\` or \`ipvsadm revert\` first`,
    );
  }

  /** Keeps a change that is about to be made, forgets what is settled, and returns its number. Throws WaitingError. */
  keep(record: Omit<ChangeRecord, "head"> & { readonly head: Omit<RecordHead, "boot" | "at" | "maker"> }): number {
    const head = { ...record.head, boot: this.#boot, at: new Date().toISOString(), maker: ownMark() };
    const text = formatRecord({ ...record, head }).join("");
    for (;;) {
      // In this order: a change that is claimed after the look takes the number that is tried here.
      const number = Math.max(0, ...this.#numbers()) + 1;
      this.refuseWhileWaiting();
      if (!this.#folder.create(`change.${number}`, text)) continue;
      this.#clean(number, head.confirm !== undefined);
      return number;
    }
  }

  /** Throws StateError when it is not there or cannot be read. */
  record(number: number): ChangeRecord {
    const file = this.#folder.read(`change.${number}`);
    if (file === undefined) throw new StateError(`${this.path(number)} is gone`);
    return parseRecord(file.text, this.path(number));
  }

  path(number: number): string {
    return this.#folder.path(`change.${number}`);
  }

  waiter(number: number): Waiter | undefined {
    return this.#json(`waiter.${number}`);
  }

  setWaiter(number: number, waiter: Waiter): void {
    this.#folder.write(`waiter.${number}`, JSON.stringify(waiter));
  }

  verdict(number: number): Verdict | undefined {
    return this.#json(`verdict.${number}`);
  }

  /** The verdict that holds: this one, or one that was made before. */
  decide(number: number, verdict: Verdict): Verdict {
    this.#folder.create(`verdict.${number}`, JSON.stringify(verdict));
    return this.verdict(number) ?? verdict;
  }

  outcome(number: number): Outcome | undefined {
    return this.#json(`outcome.${number}`);
  }

  setOutcome(number: number, outcome: Outcome): void {
    this.#folder.write(`outcome.${number}`, JSON.stringify(outcome));
  }

  /** Whether a process looks after the change: the one that makes it, or the one that counts down. */
  isWaited(number: number, { maker }: RecordHead): boolean {
    const counting = this.waiter(number)?.process;
    return isAlive(maker) || (counting !== undefined && isAlive(counting));
  }

  #stage(number: number, head: RecordHead): Stage {
    if (this.outcome(number)?.status === 0) return "back";
    if (head.confirm === undefined) return "kept";
    const kind = this.verdict(number)?.kind;
    if (kind === "confirmed") return "kept";
    const ended = this.outcome(number) !== undefined || !this.isWaited(number, head);
    if (ended) return "unconfirmed";
    return kind === "back" ? "going back" : "waiting";
  }

  #numbers(): number[] {
    return this.#folder.list().flatMap((name) => Number(NAME.exec(name)?.[1] ?? []));
  }

  /**
   * What nobody has confirmed yet stays, so that it can be taken back after the newest change; and while that one waits, what
   * can be taken back once it has gone back itself.
   */
  #clean(newest: number, waits: boolean): void {
    const older = this.changes(newest);
    const kept = older.filter(({ stage }) => stage === "unconfirmed");
    const settled = waits ? older.find(({ stage }) => stage === "kept") : undefined;
    const numbers = new Set([...kept, ...(settled ? [settled] : [])].map(({ number }) => number));
    for (const name of this.#folder.list()) {
      const number = Number(/^(?:change|waiter|verdict|outcome)\.(\d+)$/.exec(name)?.[1] ?? newest);
      if (number < newest && !numbers.has(number)) this.#folder.remove(name);
    }
  }

  #json<T>(name: string): T | undefined {
    const file = this.#folder.read(name);
    if (file === undefined) return undefined;
    try {
      return JSON.parse(file.text);
    } catch {
      throw new StateError(`${this.#folder.path(name)} cannot be read`);
    }
  }
}
