import { once } from "node:events";
import { emitKeypressEvents } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { ReadStream, WriteStream } from "node:tty";
import { type Io, OutputError } from "../program/io.js";
import type { Key } from "./keys.js";

/** Alternate screen, no cursor, no wrapping; and all of that back again. */
const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";

const ERASE_TO_LINE_END = "\x1b[K";

/** Signals that end a program, and with it its screen. */
const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Milliseconds after which a process that should be stopped, and runs, will not be. */
const NOT_STOPPED = 500;

/** Who uses a screen is told about these. */
export interface ScreenEvents {
  key(key: Key): void;
  /** The screen has another size or nothing on it: draw again. */
  redraw(): void;
  /** The user is gone: a signal came, or the terminal went away. */
  end(signal: NodeJS.Signals): void;
}

/** A terminal of our own for a while. Draws whole screens and writes only the lines that changed. */
export class Screen {
  readonly #io: Io;
  readonly #events: ScreenEvents;
  readonly #output: WriteStream = process.stdout;
  readonly #input: ReadStream | undefined;
  #shown: readonly string[] = [];
  #open = false;

  constructor(io: Io, events: ScreenEvents) {
    this.#io = io;
    this.#events = events;
    this.#input = process.stdin.isTTY ? process.stdin : undefined;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get lines(): number {
    return this.#output.rows || 24;
  }

  open(): void {
    // However the process ends, the terminal is as it was: "exit" comes after uncaught exceptions too.
    process.on("exit", this.#restore);
    for (const signal of ENDINGS) process.on(signal, this.#events.end);
    this.#output.on("resize", this.#resized);
    if (this.#input) {
      emitKeypressEvents(this.#input);
      this.#input.on("keypress", this.#pressed).on("end", this.#gone).on("error", this.#gone);
      this.#input.resume();
    }
    this.#enter();
  }

  close(): void {
    this.#restore();
    process.off("exit", this.#restore);
    for (const signal of ENDINGS) process.off(signal, this.#events.end);
    this.#output.off("resize", this.#resized);
    this.#input?.off("keypress", this.#pressed).off("end", this.#gone).off("error", this.#gone).pause();
  }

  /** @param lines at most `this.lines`, each at most `this.columns` wide */
  draw(lines: readonly string[]): void {
    let text = "";
    for (let at = 0; at < Math.max(lines.length, this.#shown.length); at++) {
      const line = lines[at] ?? "";
      if (line !== this.#shown[at]) text += `\x1b[${at + 1};1H${line}${ERASE_TO_LINE_END}`;
    }
    this.#shown = [...lines];
    if (text === "" || !this.#open) return;
    try {
      this.#io.steer(text);
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.#gone();
    }
  }

  /** Hands the terminal back to the shell and stops this process, until it is continued. */
  async suspend(): Promise<void> {
    this.#restore();
    const continued = once(process, "SIGCONT");
    process.kill(process.pid, "SIGTSTP");
    // The kernel does not stop a process that no other one could continue.
    await Promise.race([continued, setTimeout(NOT_STOPPED)]);
    this.#enter();
    this.#events.redraw();
  }

  #enter(): void {
    this.#input?.setRawMode(true);
    this.#open = true;
    this.#shown = [];
    this.#io.steer(ENTER);
  }

  readonly #restore = (): void => {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#input?.setRawMode(false);
      this.#io.steer(LEAVE);
    } catch {
      // The terminal is gone; there is nothing left to restore.
    }
  };

  readonly #resized = (): void => {
    this.#shown = [];
    if (this.#open) this.#io.steer("\x1b[2J");
    this.#events.redraw();
  };

  readonly #pressed = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    this.#events.key({ text: text ?? "", name: key.name ?? "", ctrl: key.ctrl === true });
  };

  readonly #gone = (): void => this.#events.end("SIGHUP");
}
