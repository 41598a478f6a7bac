import { WAITS } from "../confirm/foreground.js";
import { EXIT } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { type Director, farError } from "../remote/director.js";
import { words } from "../remote/marks.js";
import { RemoteError, type Run, run, start } from "../remote/ssh.js";
import { formatRules, tableChanges } from "../rules/write.js";
import { uptime } from "../state/process.js";
import { type Aim, openSettings } from "./plan.js";
import { KEPT, NothingChanged, relay, TAKEN_BACK, type Way } from "./way.js";

/** Seconds that the ipvsadm there may take for the changes. */
const MAKING = 600;

/** A director with our ipvsadm, whose `apply` plans anew, reads back, and holds a picture of its own. */
export class OursWay implements Way {
  readonly #director: Director;
  readonly #aim: Aim;
  /** Seconds after which the director goes back by itself; absent: it does not wait. */
  readonly #limit: number | undefined;
  readonly #io: Io;
  #until = 0;
  #apply: Run | undefined;
  #broken: string | undefined;
  waits = false;
  decided: Way["decided"];

  constructor(director: Director, aim: Aim, limit: number | undefined, io: Io) {
    this.#director = director;
    this.#aim = aim;
    this.#limit = limit;
    this.#io = io;
  }

  async make(): Promise<void> {
    const { target } = this.#director;
    const { order, allowEmpty } = this.#aim;
    const options = [...(order ? ["--order"] : []), ...(allowEmpty ? ["--allow-empty"] : [])];
    if (this.#limit !== undefined) options.push("--confirm", String(this.#limit));
    const limits = { seconds: MAKING + (this.#limit ?? 0), shielded: true };
    const apply = start(target, words("ipvsadm", "apply", ...options, "-"), { input: this.#input(), ...limits });
    if (this.#limit !== undefined) {
      this.#until = uptime() + MAKING + this.#limit;
      this.#apply = apply;
      this.#watch(apply);
      if (await apply.says(WAITS)) return this.#wait(apply, this.#limit);
    }
    const { status, stderr } = await apply.answer;
    relay(this.#director, stderr, this.#io);
    if (status === EXIT.success.status) return;
    const Failure = status === EXIT.usage.status ? NothingChanged : RemoteError;
    throw new Failure(`${target.name}: its apply failed, exit status ${status}`);
  }

  async keep(): Promise<string> {
    if (this.waits && this.decided !== "kept") await this.#tell("confirm");
    return KEPT;
  }

  async back(): Promise<string> {
    // Where it is not known what became of the change, `revert` could meet another one.
    if (this.#broken !== undefined) {
      throw new RemoteError(`${this.#director.target.name}: ${this.#broken}; ${this.#goesBack}`);
    }
    if (!this.waits) return "nothing was changed";
    if (this.decided !== "back") {
      await this.#tell("revert").catch((error: RemoteError) => {
        throw new RemoteError(`${error.message}\n${this.#director.target.name}: ${this.#goesBack}`);
      });
    }
    return TAKEN_BACK;
  }

  get #goesBack(): string {
    const left = Math.ceil(this.#until - uptime());
    return `what was changed goes back by itself ${left > 0 ? `within ${left} seconds` : "now that its time is up"}`;
  }

  #wait(apply: Run, limit: number): void {
    this.waits = true;
    this.#until = uptime() + limit;
    const told = apply.said();
    relay(this.#director, told.slice(0, told.indexOf(WAITS)), this.#io);
  }

  #watch({ answer }: Run): void {
    answer.then(
      ({ status }) => {
        if (!this.waits) return;
        if (status === EXIT.wentBack.status) this.decided = "back";
        else if (status === EXIT.success.status) this.decided = "kept";
        else this.#broken = `its apply ended with exit status ${status}`;
      },
      () => {
        this.#broken = "the connection broke off";
      },
    );
  }

  async #tell(command: "confirm" | "revert"): Promise<void> {
    const { target } = this.#director;
    try {
      const { status, stderr } = await run(target, words("ipvsadm", command), { shielded: true });
      if (status !== EXIT.success.status) throw farError(target, status, stderr);
    } finally {
      // Nothing is heard from it any more, and over a dead connection it would keep this process waiting.
      this.#apply?.end();
    }
  }

  /** What it shall become, as its `apply` reads it: numbers, since names may mean something else there. */
  #input(): string {
    const { wanted } = this.#aim;
    const settings = openSettings(this.#director, wanted);
    if (wanted.table !== undefined) {
      const empty = wanted.emptyOnPurpose ? "-C\n" : "";
      return empty + [...formatRules(tableChanges(wanted.table)), ...formatRules(settings)].join("");
    }
    const timeouts = settings.find((change) => change.kind === "set")?.timeouts;
    const daemons = settings.flatMap((change) => (change.kind === "start-daemon" ? [change.daemon] : []));
    return JSON.stringify({ ...(timeouts && { timeouts }), daemons });
  }
}
