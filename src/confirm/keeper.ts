import { IpvsError } from "../errors.js";
import type { Change } from "../model/change.js";
import { oldestFirst } from "../model/rows-entry.js";
import { type LookupKey, lookupKey, type ServiceKey } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { Io } from "../program/io.js";
import type { Confirmation } from "./foreground.js";
import type { Settings } from "./record.js";
import { ChangeStore, changeText, WaitingError } from "./store.js";

/** What a restore is about to do, and what was there before. */
export interface Undertaking {
  readonly live: LiveTable;
  readonly settings: Settings;
  readonly changes: readonly Change[];
}

/** Keeps a picture of what a restore changes, so that `ipvsadm revert` can take it back. */
export class Keeper {
  readonly #store: ChangeStore;
  readonly #by: string;
  readonly #confirm: number | undefined;
  readonly #io: Io;

  private constructor(store: ChangeStore, by: string, confirm: number | undefined, io: Io) {
    this.#store = store;
    this.#by = by;
    this.#confirm = confirm;
    this.#io = io;
  }

  /**
   * To be called before anything is changed. Absent, with a warning, where nothing can be kept.
   *
   * @param by the program that makes the change
   * @param confirm seconds after which the change shall go back unless it is confirmed; absent: it stays
   * @throws WaitingError while another change waits, and StateError where nothing can be kept and `confirm` is given
   */
  static open(by: string, confirm: number | undefined, io: Io): Keeper | undefined {
    return orWarn(confirm, io, () => {
      const store = new ChangeStore();
      store.refuseWhileWaiting();
      for (const change of store.open()) {
        io.err(`warning: ${changeText(change)} was never confirmed; `);
        io.err("`ipvsadm confirm` keeps it, `ipvsadm revert` goes back\n");
      }
      return new Keeper(store, by, confirm, io);
    });
  }

  /**
   * Keeps the picture of a change. With `confirm` returns what waits for the confirmation.
   *
   * @throws as `open`
   */
  async keep({ live, settings, changes }: Undertaking): Promise<Confirmation | undefined> {
    const { told, touched } = summary(changes);
    const whole = this.#confirm !== undefined;
    const number = orWarn(this.#confirm, this.#io, () =>
      this.#store.keep({
        head: { by: this.#by, whole, settings, ...(whole && { confirm: this.#confirm! }) },
        picture: live.filter(({ service }) => whole || touched.has(lookupKey(service))).map(oldestFirst),
        changes: told,
      }),
    );
    if (number === undefined || this.#confirm === undefined) return undefined;
    const { Confirmation } = await import("./foreground.js");
    return Confirmation.begin(this.#store, number, this.#confirm, this.#io);
  }
}

/**
 * The changes as they are kept, and the services that they are about. A new service goes back as a whole, so that nothing has to be
 * known of its servers. There may be a hundred thousand changes, and one text for each would cost more than all the rest: those of
 * a service share its key.
 */
function summary(changes: readonly Change[]): {
  readonly told: Change[];
  readonly touched: ReadonlySet<LookupKey>;
} {
  const touched = new Set<LookupKey>();
  const added = new Set<LookupKey>();
  const told: Change[] = [];
  let key: ServiceKey | undefined;
  let isNew = false;
  for (const change of changes) {
    if ("service" in change && change.service !== undefined && change.service !== key) {
      key = change.service;
      const id = lookupKey(key);
      touched.add(id);
      if (change.kind === "add-service") added.add(id);
      isNew = added.has(id);
    }
    if (change.kind !== "add-server" || !isNew) told.push(change);
  }
  return { told, touched };
}

/** Where nothing has to be confirmed, a restore goes on although it cannot be taken back. */
function orWarn<T>(confirm: number | undefined, io: Io, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (confirm !== undefined || error instanceof WaitingError || !(error instanceof IpvsError)) throw error;
    io.err(`warning: \`ipvsadm revert\` will not take this back: ${error.message}\n`);
    return undefined;
  }
}
