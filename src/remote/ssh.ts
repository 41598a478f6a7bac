import { type ChildProcess, spawn } from "node:child_process";
import { IpvsError } from "../errors.js";
import { Collected } from "./collected.js";
import { type Answer, afterBegin, readAnswer, sayWhy, wrapped } from "./marks.js";
import type { Target } from "./target.js";

/** A director could not be reached, or did not tell what it was asked. The message begins with its name. */
export class RemoteError extends IpvsError {}

/** How a command is run on a director. */
export interface RunOptions {
  /** What the command reads. Default: nothing. */
  readonly input?: string;
  /** Seconds after which ssh is ended, whatever it waits for. Default: 120. */
  readonly seconds?: number;
  /** A signal of this terminal (Ctrl-C) does not end ssh, so that the command there is not left to itself. Default: false. */
  readonly shielded?: boolean;
}

/** A command that runs on a director. */
export interface Run {
  /** Resolves when the command there has ended; rejects with RemoteError when it was not reached or the connection broke off. */
  readonly answer: Promise<Answer>;
  /** Resolves when standard error there holds a text: true; or when the command has ended without it, however: false. */
  says(text: string): Promise<boolean>;
  /** What it has written to standard error so far. */
  said(): string;
  /** Ends ssh, whatever becomes of the command there. */
  end(): void;
}

/** Never looked up in PATH, since this runs as root. */
const SSH = "/usr/bin/ssh";

/** Seconds for the connection with all its greetings; seconds and times that a director may be silent afterwards. */
const CONNECT_SECONDS = 10;
const ALIVE_SECONDS = 5;
const ALIVE_TIMES = 3;
const DEFAULT_SECONDS = 120;

/** Milliseconds between the polite end of ssh and the other one, and for what it has started to let go of our pipes. */
const GRACE = 1000;

/** Bytes of output that are taken: two million rules. */
const OUTPUT_LIMIT = 128 * 1024 * 1024;

/** What ssh is told, over its configuration: ask nothing, forward nothing, run what we say. */
const OPTIONS = [
  "BatchMode=yes",
  `ConnectTimeout=${CONNECT_SECONDS}`,
  `ServerAliveInterval=${ALIVE_SECONDS}`,
  `ServerAliveCountMax=${ALIVE_TIMES}`,
  "ClearAllForwardings=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "RemoteCommand=none",
  "RequestTTY=no",
];

/** The arguments of ssh for a director. Jump hosts, keys and the like are as its configuration has them. */
export function sshArguments({ host, port }: Target, command: string): string[] {
  const options = OPTIONS.flatMap((option) => ["-o", option]);
  return [...options, ...(port === undefined ? [] : ["-p", String(port)]), "--", host, command];
}

/** Runs a script of the shell on a director to its end. Throws RemoteError. See `start`. */
export function run(target: Target, script: string, options?: RunOptions): Promise<Answer> {
  return start(target, script, options).answer;
}

/**
 * Starts a script of POSIX sh on a director.
 *
 * @param script one line, without single quotes, backslashes and exclamation marks, since the shell of that user, whichever it
 *   is, hands it on. It is made of constants and of words that `words` has checked, never of what others wrote.
 */
export function start(target: Target, script: string, options: RunOptions = {}): Run {
  const { input = "", seconds = DEFAULT_SECONDS, shielded = false } = options;
  const child = spawn(SSH, sshArguments(target, wrapped(script)), {
    env: { ...process.env, LC_ALL: "C" },
    detached: shielded,
  });
  child.stdin.on("error", () => {}); // it may end before it has read all
  child.stdin.end(input);
  const out = new Collected(child.stdout);
  const err = new Collected(child.stderr);
  let limit: NodeJS.Timeout;
  const stop = () => {
    clearTimeout(limit);
    end(child);
  };
  const answer = new Promise<Answer>((resolve, reject) => {
    const fail = (why: string) => {
      stop();
      reject(new RemoteError(`${target.name}: ${why}`));
    };
    limit = setTimeout(() => fail(`no answer within ${seconds} seconds${sayWhy(err.text)}`), seconds * 1000);
    const tooLong = () => {
      if (out.length + err.length > OUTPUT_LIMIT) fail(`it says more than ${OUTPUT_LIMIT} bytes`);
    };
    child.stdout.on("data", tooLong);
    child.stderr.on("data", tooLong);
    const ended = () => {
      stop();
      const read = readAnswer(out.text, err.text, child.exitCode);
      if (typeof read === "string") fail(read);
      else resolve(read);
    };
    child.once("error", (error) => {
      fail(`cannot run ${SSH}: ${(error as NodeJS.ErrnoException).code ?? error.message}`);
    });
    child.once("close", ended);
    // What ssh has started, such as a master connection that stays, may hold the pipes open.
    child.once("exit", () => setTimeout(ended, GRACE).unref());
  });
  answer.catch(() => {}); // whoever asks is told
  return {
    answer,
    says: (text) => says(child, err, answer, text),
    said: () => afterBegin(err.text),
    end: stop,
  };
}

/** Ends ssh, and what it has started for its way there. */
function end(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), GRACE).unref();
  for (const stream of child.stdio) stream?.destroy();
  child.unref();
}

function says(child: ChildProcess, err: Collected, answer: Promise<Answer>, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      if (err.text.includes(text)) resolve(true);
    };
    child.stderr?.on("data", look);
    const settled = () => resolve(err.text.includes(text));
    answer.then(settled, settled);
    look();
  });
}
