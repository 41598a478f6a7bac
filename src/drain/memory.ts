import { type DestinationKey, serverId } from "../model/destination.js";
import type { ServiceKey } from "../model/service.js";
import { StateError, StateFolder } from "../state/folder.js";

/** What is known of a server that was drained. */
export interface Remembered {
  /** What it had before, 1..2147483647. */
  readonly weight: number;
  readonly since: Date;
  /** Why, in one line; absent when nobody said. */
  readonly reason?: string;
}

const GREATEST_WEIGHT = 0x7fffffff;

/** Characters of a reason. */
export const LONGEST_REASON = 500;

/** The weight, and on a line of its own the reason. */
const CONTENT = /^([1-9]\d{0,9})\n(?:([^\n]{1,500})\n)?$/;

/**
 * What weights drained servers had, and why they were drained. The kernel's table has no place for that, so each is a file, such as
 * `/run/ipvsadm/4:4026531840/tcp_192.0.2.1:80_10.0.0.1:8080`: one for each server, so that runs at the same time do not disturb
 * each other. All methods throw StateError.
 */
export class WeightMemory {
  readonly #folder: StateFolder;

  constructor(folder = new StateFolder()) {
    this.#folder = folder;
  }

  /** @param since when it was drained; default: now */
  remember(service: ServiceKey, server: DestinationKey, weight: number, reason?: string, since?: Date): void {
    const lines = reason === undefined ? `${weight}\n` : `${weight}\n${reason}\n`;
    this.#folder.write(nameOf(service, server), lines, since);
  }

  /** Absent when no weight is remembered. */
  recall(service: ServiceKey, server: DestinationKey): Remembered | undefined {
    const name = nameOf(service, server);
    const file = this.#folder.read(name);
    if (file === undefined) return undefined;
    const [, weight, reason] = CONTENT.exec(file.text) ?? [];
    if (!(Number(weight) <= GREATEST_WEIGHT)) throw new StateError(`${this.#folder.path(name)} does not hold a weight`);
    return { weight: Number(weight), since: file.modified, ...(reason !== undefined && { reason }) };
  }

  forget(service: ServiceKey, server: DestinationKey): void {
    this.#folder.remove(nameOf(service, server));
  }
}

function nameOf(service: ServiceKey, server: DestinationKey): string {
  return serverId(service, server).replaceAll(" ", "_");
}
