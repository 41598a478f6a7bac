import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCRIPTS } from "../../src/completion/scripts.js";
import { clearByOracle, oracle } from "./oracle.js";

const folder = mkdtempSync(join(tmpdir(), "completion-"));
const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder };

beforeAll(() => {
  for (const name of ["ipvsadm", "ipvsadm-restore"]) {
    symlinkSync(fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url)), join(folder, name));
  }
  for (const [shell, script] of Object.entries(SCRIPTS)) writeFileSync(join(folder, shell), script);
  clearByOracle();
  for (const line of [
    "-A -t 192.0.2.1:80 -s rr",
    "-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m",
    "-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m",
    "-A -t [2001:db8::1]:80 -s rr",
  ]) {
    oracle(...line.split(" "));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { env, cwd: folder, encoding: "utf8", timeout: 60_000 }).split("\n").slice(0, -1);

/** How each shell is made to complete a line; what it offers. */
const COMPLETE: Readonly<Record<keyof typeof SCRIPTS, (line: string) => string[]>> = {
  bash: (line) => {
    const script = `source bash
      COMP_LINE=$1 COMP_POINT=${"$"}{#1}
      compopt() { echo "compopt $*"; }
      _ipvsadm
      printf '%s\\n' "${"$"}{COMPREPLY[@]}"`;
    // Readline puts what is offered behind the last : or =.
    const before = line.slice(line.lastIndexOf(" ") + 1).replace(/[^:=]*$/, "");
    return run("bash", "-c", script, "bash", line).map((offer) =>
      offer.startsWith("compopt") ? offer : before + offer,
    );
  },
  zsh: (line) => {
    const script = `compdef() {}
      source ./zsh
      compadd() { print -l -- $values }
      _files() { print files }
      words=("${"$"}{(@s: :)1}") CURRENT=$#words PREFIX=$words[-1]
      _ipvsadm`;
    return run("zsh", "-f", "-c", script, "zsh", line);
  },
  fish: (line) =>
    run("fish", "--no-config", "-c", "source fish; complete -C $argv", line).map((row) => row.split("\t")[0]!),
};

describe.each(Object.entries(COMPLETE))("%s", (_, complete) => {
  it.each([
    ["ipvsadm -A --sched", ["--sched-flags", "--scheduler"]],
    ["ipvsadm -A --scheduler=wl", ["--scheduler=wlc"]],
    ["ipvsadm -D -t 192.0.2.1:", ["192.0.2.1:80"]],
    ["ipvsadm -D -t [2001:", ["[2001:db8::1]:80"]],
    ["ipvsadm -d -t 192.0.2.1:80 -r 10", ["10.0.0.1:8080", "10.0.0.2:8080"]],
    ["ipvsadm-restore --d", ["--dry-run"]],
  ])("%s", (line, expected) => expect(complete(line).sort()).toEqual(expected));
});

it("files are left to the shells", () => {
  expect(COMPLETE.bash("ipvsadm apply ")[0]).toBe("compopt -o default");
  expect(COMPLETE.zsh("ipvsadm apply ")).toEqual(["files"]);
  expect(COMPLETE.fish("ipvsadm apply fi")).toEqual(["fish"]);
});

/** What an interactive shell makes of a line and a Tab on a terminal; zsh has one for programs. */
function typed(shell: string, setUp: string, line: string): string {
  const script = `zmodload zsh/zpty
    zpty -b -e shell "TERM=dumb $1"
    zpty -w shell "PS1='=''> '; $2; echo REA''DY"
    zpty -r shell out '*READY*=> *'
    zpty -n -w shell "$3"$'\\t'END
    zpty -r shell out '*END'
    print -r -- $out`;
  return run("zsh", "-f", "-c", script, "zsh", shell, setUp, line).join("\n");
}

it.each([
  ["bash --norc --noprofile -i", "source ./bash"],
  ["zsh -f -i", "compdef() { }; source ./zsh; zle -C tab complete-word _ipvsadm; bindkey '^I' tab"],
])("on a terminal: %s", (shell, setUp) =>
  expect(typed(shell, setUp, "ipvsadm -D -t 192.0.2.1:")).toMatch(/ipvsadm -D -t 192\.0\.2\.1:80\W{1,20}END$/),
);
