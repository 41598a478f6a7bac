import { closeSync, constants, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { isInForeground } from "../state/process.js";

const TERMINAL = "/dev/tty";

const TO_LINE_START = "\r";
const ERASE_LINE = "\x1b[K";

/** A question on the terminal, with the seconds that are left. */
export interface Question {
  show(seconds: number): void;
  /** Leaves the line with the question. */
  end(): void;
}

/**
 * Asks on the terminal of this process, wherever its input and output lead. Absent when there is none, or it is not this process's
 * turn to read from it.
 *
 * @param answered told of every yes and no
 * @param plain a terminal that cannot erase
 */
export function askOnTerminal(answered: (yes: boolean) => void, plain: boolean): Question | undefined {
  const fd = openTerminal();
  if (fd === undefined) return undefined;
  const input = new ReadStream(fd);
  let shown = -1;
  let gone = false;
  const write = (text: string) => {
    try {
      if (!gone) writeSync(fd, text);
    } catch {
      gone = true;
    }
  };
  const end = () => {
    write("\n");
    gone = true;
    input.destroy();
  };
  input.setEncoding("utf8");
  input.on("data", (text: Buffer | string) => {
    const [, word] = /^\s*(y|yes|n|no)\s*$/i.exec(String(text)) ?? [];
    shown = -1;
    if (word !== undefined) answered(word.toLowerCase().startsWith("y"));
  });
  const leave = () => {
    gone = true;
  };
  input.on("error", leave).on("end", leave);
  return {
    show(seconds) {
      if (seconds === shown || (plain && shown >= 0)) return;
      shown = seconds;
      write(`${plain ? "" : TO_LINE_START}${questionText(seconds)}${plain ? "" : ERASE_LINE}`);
    },
    end,
  };
}

function questionText(seconds: number): string {
  return `Keep the new table? It goes back in ${seconds} s. [y/n] `;
}

function openTerminal(): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(TERMINAL, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  if (isInForeground()) return fd;
  closeSync(fd);
  return undefined;
}
