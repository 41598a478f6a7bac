import type { Change } from "../model/change.js";
import { type ServiceKey, serviceId } from "../model/service.js";
import type { Table } from "../model/table.js";
import type { Io } from "../program/io.js";
import { type Director, readDirector } from "../remote/director.js";
import { RemoteError, run } from "../remote/ssh.js";
import { diffTables } from "../rules/diff.js";
import { changesOf } from "../rules/settings.js";
import { formatRules } from "../rules/write.js";
import { type Aim, planFor } from "./plan.js";
import { KEPT, relay, TAKEN_BACK, type Way } from "./way.js";

/** Seconds that 1.31 may take: it sends every line by itself. */
const MAKING = 600;

/**
 * A director with ipvsadm 1.31. The difference goes to its `-R`, never a restore, which would flush the table. Its exit status is that
 * of the last line, so only reading back tells how it went. The picture to go back to is held here.
 */
export class OriginalWay implements Way {
  readonly #aim: Aim;
  readonly #io: Io;
  #before: Director;
  #made: readonly Change[] = [];
  readonly waits = false;
  readonly decided = undefined;

  constructor(director: Director, aim: Aim, io: Io) {
    this.#before = director;
    this.#aim = aim;
    this.#io = io;
  }

  async make(): Promise<void> {
    // The table may have changed since the plans were made.
    this.#before = await readDirector(this.#before.target, { shielded: true });
    this.#made = planFor(this.#before, this.#aim);
    await this.#send(this.#made);
  }

  async keep(): Promise<string> {
    return KEPT;
  }

  async back(): Promise<string> {
    const { target } = this.#before;
    await this.#send(this.#backFrom(await readDirector(target, { shielded: true })));
    const missing = this.#backFrom(await readDirector(target, { shielded: true }));
    if (missing.length === 0) return TAKEN_BACK;
    throw new RemoteError(`${target.name}: still missing: ${formatRules(missing).join("").trimEnd()}`);
  }

  async #send(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const input = formatRules(changes).join("");
    const { stderr } = await run(this.#before.target, "ipvsadm -R", { input, seconds: MAKING, shielded: true });
    relay(this.#before, stderr, this.#io);
  }

  /** What takes back what was made: of services that the change did not touch, nothing. */
  #backFrom(now: Director): Change[] {
    const touched = new Set(this.#made.flatMap((change) => keyOf(change) ?? []).map(serviceId));
    const part = (table: Table) => table.filter(({ service }) => touched.has(serviceId(service)));
    const table = diffTables(part(now.table), part(this.#before.table), { order: true });
    return [...table, ...this.#settingsFrom(now)];
  }

  #settingsFrom({ timeouts, daemons }: Director): Change[] {
    const before = this.#before;
    const kinds = new Set(this.#made.map(({ kind }) => kind));
    const back: Change[] = [];
    if (kinds.has("set")) back.push(...changesOf({ kind: "set", timeouts: before.timeouts }, timeouts, daemons));
    if (!kinds.has("start-daemon") && !kinds.has("stop-daemon")) return back;
    const were = new Set(before.daemons.map(({ state }) => state));
    for (const { state, syncId } of daemons) if (!were.has(state)) back.push({ kind: "stop-daemon", state, syncId });
    for (const daemon of before.daemons) back.push(...changesOf({ kind: "start-daemon", daemon }, timeouts, daemons));
    return back;
  }
}

function keyOf(change: Change): ServiceKey | undefined {
  return "service" in change ? change.service : undefined;
}
