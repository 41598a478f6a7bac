import { isatty } from "node:tty";
import type { Io } from "../program/io.js";
import { visibleLine } from "../program/visible.js";

/** What a command shows while it waits. */
export interface Progress {
  /** How far it is, and for how long it is at it. */
  show(state: string, time: string): void;
  /** Something happened that stays on the screen or in the log. */
  line(text: string): void;
  /** Nothing more comes. */
  end(): void;
}

const STDOUT = 1;

/** How many milliseconds a log is spared of lines about the state. */
const LOG_PAUSE = 10_000;

const TO_LINE_START = "\r";
const ERASE_LINE = "\x1b[K";

/** One line that changes in place on a terminal, a plain line now and then everywhere else. */
export function progressOn(io: Io): Progress {
  return isatty(STDOUT) && io.env.TERM !== "dumb" ? liveLine(io) : logLines(io, () => performance.now());
}

/** @param columns how wide the terminal is, asked each time since that changes */
export function liveLine(io: Io, columns = () => process.stdout.columns || 80): Progress {
  let shown = false;
  const erase = () => {
    if (shown) io.steer(TO_LINE_START + ERASE_LINE);
    shown = false;
  };
  return {
    show(state, time) {
      // A line that fills the last column would wrap.
      io.steer(`${TO_LINE_START}${visibleLine(`${state}, ${time}`).slice(0, columns() - 1)}${ERASE_LINE}`);
      shown = true;
    },
    line(text) {
      erase();
      io.out(`${text}\n`);
    },
    end: erase,
  };
}

/** @param now milliseconds that never go back */
export function logLines(io: Io, now: () => number): Progress {
  let last = "";
  let next = now() + LOG_PAUSE;
  return {
    show(state, time) {
      if (state === last || now() < next) return;
      last = state;
      next = now() + LOG_PAUSE;
      io.out(`${state}, ${time}\n`);
    },
    line: (text) => io.out(`${text}\n`),
    end() {},
  };
}
