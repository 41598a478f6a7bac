import type { IpvsClient } from "../client/client.js";
import { KernelError } from "../errors.js";
import { oldestFirst } from "../model/rows-entry.js";
import { type ServiceKey, serviceId, serviceKey } from "../model/service.js";
import type { LiveDestination, LiveTable, TableEntry } from "../model/table.js";
import { compareTables, type ServiceDifference } from "../rules/diff.js";
import { Fingerprints } from "./fingerprints.js";

/** A service with its servers, as the kernel lists it. */
export type LiveEntry = TableEntry<LiveDestination>;

/** A service of which something has changed, before and after; absent where it was not there. */
export interface Changed {
  readonly difference: ServiceDifference;
  readonly before?: LiveEntry;
  readonly after?: LiveEntry;
}

export interface WatchOptions {
  /** The only service that matters; absent: all. */
  readonly service?: ServiceKey;
  /** Counters are wanted: everything is read at every look. */
  readonly stats: boolean;
}

/** Up to so many services everything is read at every look; of more, so many servers' lists besides what has changed. */
const AT_ONCE = 1000;

/** Of more changes than this, all are confirmed by reading the whole table again. */
const MANY = 64;

/** How often a service is read until it is the same twice. */
const TRIES = 5;

/** The table as it was at the last look, and what has changed since. */
export class TableWatch {
  readonly #options: WatchOptions;
  #entries = new Map<string, LiveEntry>();
  readonly #fingerprints: Fingerprints;
  /** Where the next part of the services begins that is read to find what the kernel's text does not show. */
  #next = 0;
  /** Whether the kernel's text is of use. */
  #hasText = false;

  /** @param fingerprints for tests */
  constructor(options: WatchOptions, fingerprints = new Fingerprints()) {
    this.#options = options;
    this.#fingerprints = fingerprints;
  }

  /** The table of the last look; the figures of a large one may be older where counters are not wanted. */
  get entries(): ReadonlyMap<string, LiveEntry> {
    return this.#entries;
  }

  /** Reads the table for the first time. */
  async begin(client: IpvsClient): Promise<void> {
    const { service, stats } = this.#options;
    this.#hasText = !stats && service === undefined && this.#fingerprints.isReadable;
    // Before the table: what changes meanwhile shows at the next look.
    if (this.#hasText) this.#fingerprints.look();
    this.#entries = await this.#readAll(client);
  }

  /** Forgets everything, as when the kernel forgets it; returns what is gone. */
  clear(): Changed[] {
    const gone = [...this.#entries.values()].map((entry) => changed(entry, undefined)!);
    this.#entries = new Map();
    return gone;
  }

  /**
   * What has changed since the last look. While a table changes, a listing of the kernel may miss services and servers that are
   * there; so what seems to have changed counts only when it is read twice. Throws as IpvsClient does.
   */
  async look(client: IpvsClient): Promise<Changed[]> {
    const read = this.#isLarge ? await this.#readPart(client) : await this.#readWhole(client);
    const suspects = [...read].filter(([id, entry]) => changed(this.#entries.get(id), entry) !== undefined);
    const again = suspects.length > MANY ? await this.#readAll(client) : undefined;
    const found: Changed[] = [];
    for (const [id, entry] of suspects) {
      const before = this.#entries.get(id);
      const key = (entry ?? before)!.service;
      const after = await this.#confirmed(client, key, entry, again);
      const change = changed(before, after);
      if (change !== undefined) found.push(change);
      this.#set(id, after);
    }
    for (const [id, entry] of read) if (entry !== undefined && this.#entries.has(id)) this.#refresh(id, entry);
    return found;
  }

  get #isLarge(): boolean {
    return this.#hasText && this.#entries.size > AT_ONCE;
  }

  async #readAll(client: IpvsClient): Promise<Map<string, LiveEntry>> {
    const { service, stats } = this.#options;
    const entries = new Map<string, LiveEntry>();
    if (service !== undefined) {
      const entry = await read(client, service, stats);
      if (entry !== undefined) entries.set(serviceId(service), entry);
      return entries;
    }
    for await (const part of client.tableParts({ stats })) {
      for (const entry of part) entries.set(serviceId(entry.service), entry);
    }
    return entries;
  }

  /** All services that are there or were; absent entries are gone. */
  async #readWhole(client: IpvsClient): Promise<Map<string, LiveEntry | undefined>> {
    const found: Map<string, LiveEntry | undefined> = await this.#readAll(client);
    for (const id of this.#entries.keys()) if (!found.has(id)) found.set(id, undefined);
    return found;
  }

  /** What the kernel's text says has changed; then, in turn, the services themselves and a part of the servers. */
  async #readPart(client: IpvsClient): Promise<Map<string, LiveEntry | undefined>> {
    const touched = new Map(this.#fingerprints.look().map((key) => [serviceId(key), key]));
    const found = new Map<string, LiveEntry | undefined>();
    if (touched.size > MANY) return this.#readWhole(client);
    if (this.#next === 0) for (const key of await this.#changedServices(client)) touched.set(serviceId(key), key);
    for (const [id, key] of touched) {
      const entry = await read(client, key, false);
      if (entry !== undefined || this.#entries.has(id)) found.set(id, entry);
    }
    const part = [...this.#entries.values()].slice(this.#next, this.#next + AT_ONCE);
    this.#next = this.#next + AT_ONCE < this.#entries.size ? this.#next + AT_ONCE : 0;
    const lists = await client.destinationsOf(part.map(({ service }) => service));
    for (const [index, entry] of part.entries()) {
      const id = serviceId(entry.service);
      if (!found.has(id)) found.set(id, { ...entry, destinations: lists[index]! });
    }
    return found;
  }

  /** The services that are new, gone or not configured as before, their servers aside. */
  async #changedServices(client: IpvsClient): Promise<ServiceKey[]> {
    const keys: ServiceKey[] = [];
    const gone = new Set(this.#entries.keys());
    for (const { service } of await client.services()) {
      const id = serviceId(service);
      gone.delete(id);
      const before = this.#entries.get(id);
      if (before === undefined) keys.push(serviceKey(service));
      else if (changed({ ...before, destinations: [] }, { service, destinations: [] })) keys.push(serviceKey(service));
    }
    return [...keys, ...Array.from(gone, (id) => serviceKey(this.#entries.get(id)!.service))];
  }

  async #confirmed(
    client: IpvsClient,
    key: ServiceKey,
    first: LiveEntry | undefined,
    again?: ReadonlyMap<string, LiveEntry>,
  ): Promise<LiveEntry | undefined> {
    let last = first;
    if (again !== undefined) {
      const second = again.get(serviceId(key));
      if (second !== undefined && changed(last, second) === undefined) return second;
      last = second;
    }
    for (let tries = 0; tries < TRIES; tries++) {
      const next = await read(client, key, this.#options.stats);
      if (changed(last, next) === undefined) return next;
      last = next;
    }
    return last;
  }

  #set(id: string, entry: LiveEntry | undefined): void {
    if (entry === undefined) this.#entries.delete(id);
    else this.#entries.set(id, entry);
  }

  /** Takes over the figures of a service that has not changed. */
  #refresh(id: string, entry: LiveEntry): void {
    if (changed(this.#entries.get(id), entry) === undefined) this.#entries.set(id, entry);
  }
}

/** A service with its servers; absent when there is none. */
export async function read(client: IpvsClient, key: ServiceKey, stats: boolean): Promise<LiveEntry | undefined> {
  try {
    return await client.entry(key, { stats });
  } catch (error) {
    if (error instanceof KernelError && error.code === "ESRCH") return undefined;
    throw error;
  }
}

/** Absent when nothing that is configured differs. */
function changed(before: LiveEntry | undefined, after: LiveEntry | undefined): Changed | undefined {
  const table = (entry: LiveEntry | undefined): LiveTable => (entry === undefined ? [] : [oldestFirst(entry)]);
  const [difference] = compareTables(table(before), table(after), { order: true });
  return difference && { difference, ...(before && { before }), ...(after && { after }) };
}
