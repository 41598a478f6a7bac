import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

let terminals = 0;

/** A terminal with a shell in it, kept by tmux(1), which draws what a screen would show. */
export class Terminal {
  readonly #server = `ipvsadm-${process.pid}-${++terminals}`;

  constructor(columns: number, lines: number) {
    const size = ["-x", String(columns), "-y", String(lines)];
    this.#tmux("-f", "/dev/null", "-u", "new-session", "-d", ...size, "env PS1='$ ' LC_ALL=C.UTF-8 sh");
  }

  #tmux(...args: string[]): string {
    return execFileSync("tmux", ["-L", this.#server, ...args], { encoding: "utf8" });
  }

  /** Types a line and ends it. */
  enter(line: string): void {
    this.type(line);
    this.press("Enter");
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", text);
  }

  /** Keys by tmux's names: `q`, `Enter`, `C-c`, `Up`. */
  press(...keys: string[]): void {
    for (const key of keys) this.#tmux("send-keys", key);
  }

  resize(columns: number, lines: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(lines));
  }

  /** What is on the screen, without blanks at the ends of lines. */
  lines(): string[] {
    return this.#tmux("capture-pane", "-p").split("\n").slice(0, -1);
  }

  /** Waits until the screen shows what is looked for; fails, with the screen, when that takes too long. */
  async shows(what: string | RegExp): Promise<string[]> {
    for (let tries = 0; tries < 300; tries++) {
      const lines = this.lines();
      const text = lines.join("\n");
      if (typeof what === "string" ? text.includes(what) : what.test(text)) return lines;
      await setTimeout(200);
    }
    throw new Error(`no ${what} on the screen:\n${this.lines().join("\n")}`);
  }

  /** Whether a program has taken the screen for itself, hidden the cursor, or stopped lines from wrapping. */
  modes(): { readonly alternate: boolean; readonly cursor: boolean; readonly wrap: boolean } {
    const text = this.#tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}");
    const [alternate, cursor, wrap] = text
      .trim()
      .split(" ")
      .map((flag) => flag === "1");
    return { alternate: alternate!, cursor: cursor!, wrap: wrap! };
  }

  close(): void {
    this.#tmux("kill-server");
  }
}
