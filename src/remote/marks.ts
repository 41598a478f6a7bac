/** How a command ended on a director. */
export interface Answer {
  /** Its own exit status, never ssh's. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What stands before the output, behind banners and what login scripts print; and behind it, before the exit status. */
const BEGIN = "ipvsadm-begins-here\n";
const END = "ipvsadm-ends-here ";

/** The folders of ipvsadm, which users other than root often lack. */
const FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin";

/** How many lines of ssh's words are shown. */
const SHOWN = 10;

const UNQUOTABLE = /['\\!\n]/;
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Words as a part of a script; each has to mean itself to a shell. Throws Error otherwise. */
export function words(...list: readonly string[]): string {
  const odd = list.find((word) => !PLAIN.test(word));
  if (odd !== undefined) throw new Error(`not a plain word: ${odd}`);
  return list.join(" ");
}

/**
 * The command line for the shell of a user, which may be any: sh is given the script in single quotes, which mean the same to all.
 * Marks tell what the script says from all else, and its exit status from ssh's, which uses 255 for its own failures.
 */
export function wrapped(script: string): string {
  if (UNQUOTABLE.test(script)) throw new Error(`cannot be quoted for every shell: ${script}`);
  const begin = BEGIN.trim();
  return `/bin/sh -c 'echo ${begin};echo ${begin} >&2;PATH=$PATH:${FOLDERS};(${script});echo ${END}$?'`;
}

/**
 * What a script said, from all that ssh yielded; a text that says why not where it is not complete.
 *
 * @param status ssh's; null: a signal ended it
 */
export function readAnswer(stdout: string, stderr: string, status: number | null): Answer | string {
  const begin = stdout.indexOf(BEGIN);
  const end = stdout.lastIndexOf(END);
  const [code] = /^\d{1,3}(?=\n)/.exec(end < 0 ? "" : stdout.slice(end + END.length)) ?? [];
  if (begin >= 0 && end > begin && code !== undefined) {
    const told = stdout.slice(begin + BEGIN.length, end);
    return { status: Number(code), stdout: told, stderr: afterBegin(stderr) };
  }
  if (begin >= 0) return `the connection broke off${sayWhy(stderr)}`;
  if (status === 255) return lastLines(stderr) || "ssh failed without a word";
  return `it does not run what it is asked to${sayWhy(stderr || stdout) || `: exit status ${status}`}`;
}

/** What ssh, or the far side, said, behind a colon; nothing when it said nothing. */
export function sayWhy(stderr: string): string {
  const told = lastLines(afterBegin(stderr));
  return told === "" ? "" : `: ${told}`;
}

/** What the script itself wrote to standard error. */
export function afterBegin(stderr: string): string {
  const begin = stderr.indexOf(BEGIN);
  return begin < 0 ? stderr : stderr.slice(begin + BEGIN.length);
}

function lastLines(text: string): string {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.slice(-SHOWN).join("\n");
}
