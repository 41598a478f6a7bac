import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { IpvsClient } from "../client/client.js";
import { PROC_TABLE_FILE } from "../host/proc-table.js";
import type { TableFilter } from "../options/command.js";
import type { Io } from "../program/io.js";
import { type Event, type Settings, settingsEvents } from "./events.js";
import { Figures } from "./figures.js";
import { filteredEntries, filteredEvents } from "./filter.js";
import { TableWatch, type WatchOptions } from "./table-watch.js";
import { type Condition, holdsNow } from "./until.js";

export interface MonitorOptions extends WatchOptions {
  readonly filter: TableFilter;
  /** Whether changes of timeouts and sync daemons count. */
  readonly settings: boolean;
  /** Connections that are told when they are crossed; absent: the upper threshold of each server. */
  readonly threshold?: number;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** End after so many events; absent: never. */
  readonly count?: number;
  /** End when this holds; absent: never. */
  readonly until?: Condition;
  /** Makes a line of an event. */
  readonly line: (time: Date, event: Event) => string;
}

/** The part of its time that a program with too much to read leaves to others. */
const REST = 0.5;

/** Prints what happens until it is told to end, or until `count` or `until` end it. Throws as IpvsClient does, and OutputError. */
export async function monitor(first: IpvsClient, options: MonitorOptions, io: Io, signal: AbortSignal): Promise<void> {
  const watch = new TableWatch(options);
  const figures = new Figures(options.threshold);
  let client = first;
  let left = options.count ?? Infinity;

  /** False when that was the last one that is wanted. */
  const print = (events: readonly Event[]): boolean => {
    const time = new Date();
    const shown = events.slice(0, left);
    if (shown.length > 0) io.out(shown.map((event) => options.line(time, event)).join(""));
    left -= shown.length;
    return left > 0;
  };

  /** True when that was the last look. */
  const look = async (
    before: Settings | undefined,
  ): Promise<{ readonly ended: boolean; readonly settings?: Settings }> => {
    const changes = await watch.look(client);
    const settings = options.settings ? await readSettings(client) : undefined;
    const events = changes.flatMap((change) => filteredEvents(change, options.filter));
    if (before && settings) events.push(...settingsEvents(before, settings));
    if (options.stats) events.push(...figuresOf());
    const ended = !print(events) || (options.until !== undefined && (await holdsNow(options.until, client)));
    return { ended, ...(settings && { settings }) };
  };

  const figuresOf = (): Event[] => {
    const wanted = filteredEntries(watch.entries.values(), options.filter);
    return [...figures.look(wanted, performance.now() / 1000)];
  };

  try {
    await watch.begin(client);
    let settings = options.settings ? await readSettings(client) : undefined;
    if (options.stats) figuresOf();
    if (options.until !== undefined && (await holdsNow(options.until, client))) return;
    for (let spent = 0; ; ) {
      await pause(Math.max(options.interval - spent, spent * REST), signal);
      if (signal.aborted) return;
      const begin = performance.now();
      try {
        const result = await look(settings);
        if (result.ended) return;
        settings = result.settings;
      } catch (error) {
        if (!isUnloaded(error)) throw error;
        if (client !== first) client.close();
        io.err("the kernel has no IPVS any more: waiting for it\n");
        if (!print(watch.clear().flatMap((change) => filteredEvents(change, options.filter)))) return;
        const next = await reconnected(options.interval, signal);
        if (next === undefined) return;
        client = next;
        io.err("the kernel has IPVS again\n");
      }
      spent = performance.now() - begin;
    }
  } finally {
    if (client !== first) client.close();
  }
}

async function readSettings(client: IpvsClient): Promise<Settings> {
  return { timeouts: await client.timeouts(), daemons: await client.daemons() };
}

/** The family, or the file in /proc, is not there: the module was unloaded. Nothing that is read here ends so otherwise. */
function isUnloaded(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}

/** A new connection as soon as the kernel has IPVS again; absent when it was interrupted before. */
async function reconnected(interval: number, signal: AbortSignal): Promise<IpvsClient | undefined> {
  while (!signal.aborted) {
    // There only while the kernel has IPVS; asking netlink would load the module.
    if (existsSync(PROC_TABLE_FILE)) {
      try {
        return await IpvsClient.open();
      } catch (error) {
        if (!isUnloaded(error)) throw error;
      }
    }
    await pause(interval, signal);
  }
  return undefined;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
}
