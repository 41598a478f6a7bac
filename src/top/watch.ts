import { setTimeout } from "node:timers/promises";
import type { LiveTable } from "../model/table.js";
import { signalStatus } from "../program/interrupt.js";
import type { Io } from "../program/io.js";
import { pageOf, renderFrame, renderOnce } from "./frame.js";
import { renderTopJson } from "./json.js";
import { press, type State } from "./keys.js";
import { TopModel } from "./model.js";
import { SUMMATION } from "./rates.js";
import { Screen } from "./screen.js";
import { arrange, filterRows, type View } from "./view.js";

export interface TopOptions {
  /** Seconds between two screens, and over which rates are means. */
  readonly interval: number;
  readonly view: View;
}

/** Reads the table with statistics. */
export type ReadTable = () => Promise<LiveTable>;

/** Between two looks there is at most a second, so that each summation of the kernel is seen by itself. */
const LONGEST_LOOK = 1;

/** The part of its time that a program with too much to read leaves to others. */
const REST = 0.5;

/** Calls `look` again and again until it says that it was the last; `seconds` is the time since the call before. */
async function watch(
  read: ReadTable,
  interval: number,
  look: (table: LiveTable, seconds: number) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const step = (interval / Math.ceil(interval / LONGEST_LOOK)) * 1000;
  let before = performance.now();
  for (;;) {
    const begin = performance.now();
    const table = await read();
    if (signal?.aborted || look(table, (begin - before) / 1000)) return;
    before = begin;
    const spent = performance.now() - begin;
    await setTimeout(Math.max(step - spent, spent * REST), undefined, signal && { signal }).catch(() => undefined);
    if (signal?.aborted) return;
  }
}

/** Looks for one interval and prints what there was. */
export async function topOnce(read: ReadTable, { interval, view }: TopOptions, json: boolean, io: Io): Promise<void> {
  const model = new TopModel();
  const start = performance.now();
  let elapsed = 0;
  await watch(read, interval, (table, seconds) => {
    model.look(table, seconds);
    elapsed = (performance.now() - start) / 1000;
    // A row with traffic that the kernel has not summed up meanwhile gets some more time.
    return elapsed >= interval && (model.isSettled || elapsed >= interval + SUMMATION);
  });
  model.publish();
  const pieces = json
    ? renderTopJson(filterRows(model.services, view.filter), Math.round(elapsed * 1000) / 1000)
    : renderOnce(arrange(model.services, view), view);
  for (const piece of pieces) io.out(piece);
}

/** The live view, until the user has enough of it. Returns the exit status. */
export async function topLive(read: ReadTable, options: TopOptions, io: Io): Promise<number> {
  const model = new TopModel();
  const abort = new AbortController();
  let status = 0;
  let state: State = { view: options.view, offset: 0, paused: false, typing: false, help: false };
  let rows = arrange([], state.view);
  const draw = () => {
    const time = new Date().toTimeString().slice(0, 8);
    const { columns, lines } = screen;
    const { interval } = options;
    screen.draw(
      renderFrame({ services: model.services, rows, state, columns, lines, time, interval, unicode: isUnicode(io) }),
    );
  };
  const screen = new Screen(io, {
    key(key) {
      if (key.ctrl && key.name === "z") return void screen.suspend();
      const next = press(state, key, { rows: rows.length, page: pageOf(screen.lines) });
      if (next === undefined) return abort.abort();
      if (next.view !== state.view) rows = arrange(model.services, next.view);
      state = next;
      draw();
    },
    redraw: draw,
    end(signal) {
      status = signalStatus(signal);
      abort.abort();
    },
  });
  screen.open();
  try {
    let since = Infinity;
    let missed = 0;
    await watch(
      read,
      options.interval,
      (table, seconds) => {
        missed += seconds;
        if (state.paused) return false;
        model.look(table, missed);
        since += missed;
        missed = 0;
        // Timers are never early, but clocks are not exact.
        if (since < options.interval * 0.99) return false;
        since = 0;
        model.publish();
        rows = arrange(model.services, state.view);
        draw();
        return false;
      },
      abort.signal,
    );
    return status;
  } finally {
    screen.close();
  }
}

/** As the C library decides, from the first of these variables that says anything. */
function isUnicode({ env }: Io): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return /utf-?8/i.test(locale);
}
