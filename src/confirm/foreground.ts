import { setTimeout } from "node:timers/promises";
import { EXIT } from "../program/exit-status.js";
import { signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { isAlive, type ProcessMark, uptime } from "../state/process.js";
import { askOnTerminal } from "./question.js";
import { startWaiter } from "./start-waiter.js";
import type { ChangeStore, Outcome } from "./store.js";

/** Begins the line that tells, without a terminal, that the change is made and waits. */
export const WAITS = "`ipvsadm confirm` keeps the new table";

/** Milliseconds between two looks at what was decided. */
const INTERVAL = 200;

/** How often a process that counts down is started anew when it was killed. */
const STARTS = 3;

/**
 * A change that waits for its confirmation, seen from the command that makes it. Another process counts down, so this one only asks
 * and tells: a hangup does not end it, and nothing is lost when it ends.
 */
export class Confirmation {
  readonly #store: ChangeStore;
  readonly #number: number;
  readonly #seconds: number;
  readonly #io: Io;
  #starts = 0;
  #waiter: ProcessMark | undefined;
  #until = 0;
  #interrupted = false;
  #endedBy: NodeJS.Signals | undefined;

  private constructor(store: ChangeStore, number: number, seconds: number, io: Io) {
    this.#store = store;
    this.#number = number;
    this.#seconds = seconds;
    this.#io = io;
  }

  /** Makes everything ready to go back. Throws StateError when that cannot be; then nothing waits. */
  static async begin(store: ChangeStore, number: number, seconds: number, io: Io): Promise<Confirmation> {
    const confirmation = new Confirmation(store, number, seconds, io);
    for (const [signal, handle] of confirmation.#signals) process.on(signal, handle);
    try {
      await confirmation.#start();
    } catch (error) {
      confirmation.#forgetSignals();
      store.setOutcome(number, { status: 0, report: "", at: new Date().toISOString() });
      throw error;
    }
    return confirmation;
  }

  /** Starts the countdown and waits for how it ends. Returns the exit status: `made` when the change stays. */
  async wait(made: number): Promise<number> {
    this.#until = uptime() + this.#seconds;
    this.#countDown();
    try {
      return await this.#watch(made);
    } finally {
      this.#forgetSignals();
    }
  }

  /** A hangup ends nothing. What else comes while the change is still being made counts afterwards. */
  readonly #signals: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ["SIGHUP", () => {}],
    [
      "SIGINT",
      () => {
        this.#interrupted = true;
      },
    ],
    [
      "SIGTERM",
      () => {
        this.#endedBy = "SIGTERM";
      },
    ],
  ];

  #forgetSignals(): void {
    for (const [signal, handle] of this.#signals) process.off(signal, handle);
  }

  /** The change shall be taken back at once. */
  goBack(why: string): void {
    this.#store.decide(this.#number, { kind: "back", why });
  }

  async #watch(made: number): Promise<number> {
    const decide = (yes: boolean) => {
      if (yes) this.#store.decide(this.#number, { kind: "confirmed", why: "" });
      else this.goBack("the answer was no");
    };
    const question = (await this.#io.watched?.()) ? askOnTerminal(decide, this.#io.env.TERM === "dumb") : undefined;
    if (!question) this.#io.err(`${WAITS}; it goes back in ${this.#seconds} seconds\n`);
    try {
      for (;;) {
        if (this.#interrupted) this.goBack("interrupted");
        const verdict = this.#store.verdict(this.#number);
        if (verdict?.kind === "confirmed") break;
        const outcome = this.#store.outcome(this.#number);
        if (outcome !== undefined) {
          question?.end();
          return tell(outcome, this.#io);
        }
        if (this.#endedBy !== undefined) return this.#leave(this.#endedBy);
        if (!(await this.#isCounted())) return this.#abandon();
        if (verdict === undefined) question?.show(this.#left());
        await setTimeout(INTERVAL);
      }
    } finally {
      question?.end();
    }
    this.#io.err("confirmed: the new table stays\n");
    return made;
  }

  #left(): number {
    return Math.max(0, Math.ceil(this.#until - uptime()));
  }

  #leave(signal: NodeJS.Signals): number {
    this.#io.err(`${signal}: the countdown goes on; \`ipvsadm confirm\` keeps the new table\n`);
    return signalStatus(signal);
  }

  async #start(): Promise<void> {
    this.#starts++;
    this.#waiter = await startWaiter(this.#number);
    this.#store.setWaiter(this.#number, { process: this.#waiter });
  }

  /** Whether a process counts down: one that was killed is started anew, a few times. */
  async #isCounted(): Promise<boolean> {
    if (isAlive(this.#waiter!)) return true;
    // It writes this before it ends.
    if (this.#store.outcome(this.#number) !== undefined) return true;
    if (this.#starts === STARTS) return false;
    await this.#start();
    this.#countDown();
    return true;
  }

  #countDown(): void {
    this.#store.setWaiter(this.#number, { process: this.#waiter!, until: this.#until });
  }

  #abandon(): number {
    this.#io.err("the process that counts down keeps being killed: say `ipvsadm confirm` or `ipvsadm revert`\n");
    return EXIT.stillDifferent.status;
  }
}

/** Prints how going back went. Returns the exit status of the command whose change it was. */
export function tell({ status, report }: Outcome, io: Io): number {
  io.err(report);
  return status === EXIT.success.status ? EXIT.wentBack.status : status;
}
