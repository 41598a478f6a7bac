import { describe, expect, it } from "vitest";
import { parseCommand } from "../../../src/options/parse.js";
import { names, parse, refusal } from "./parsing.js";

const TRY = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";

describe("the first option", () => {
  it.each(["-n", "-nL", "foo", '""', "-", "--", "-- -L", "--bogus", "-Q", "--start-daemon", "--stop-daemon", "--lis"])(
    "must be a command: %s",
    (line) => expect(refusal(line)).toEqual([255, TRY]),
  );
  it.each(["--List", "--list=5", "-L=5", "-?", "--usage", "-p -A -t 10.0.0.1:80", "--set=10 20 30", "--", "-6 -f 1"])(
    "must be a command: %s",
    (line) => expect(refusal(line)).toEqual([255, TRY]),
  );

  it("is missing: list", () => {
    expect(parse("")).toEqual(parse("-L"));
  });

  it.each(["-h", "--help", "-h -L", "-hL", "-h --bogus", "-h foo", "foo -h"])("helps at once: %s", (line) =>
    expect(parse(line)).toEqual({ kind: "help" }),
  );
  it.each(["-v", "--version", "-vh", "-v -w bad"])("tells the version at once: %s", (line) =>
    expect(parse(line)).toEqual({ kind: "version" }),
  );

  it("names the program as it was called", () => {
    const call = () => parseCommand(["foo"], { names, program: "./lvs" });
    expect(call).toThrow("Try `./lvs -h' or './lvs --help' for more information.");
  });
});

describe("mistakes in the syntax", () => {
  it.each([
    ["-L --bogus", "--bogus: unknown option"],
    ["-L -Q", "-Q: unknown option"],
    ["-LQ", "-LQ: unknown option"],
    ["-L -nQ", "-nQ: unknown option"],
    ["-L -é", "-é: unknown option"],
    ["-L --num", "--num: unknown option"],
    ["-L --=5", "--=5: unknown option"],
    ["-L ---", "---: unknown option"],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 --weigh 5", "--weigh: unknown option"],
    ["-L --usage", "--usage: unknown option"],
    ["-A -t", "-t: missing argument"],
    ["-At", "-At: missing argument"],
    ["-A --tcp-service", "--tcp-service: missing argument"],
    ["-L --start-daemon", "--start-daemon: missing argument"],
    ["-L --numeric=5", "--numeric=5: option does not take an argument"],
    ["-L -n=5", "-n=5: option does not take an argument"],
    ["-L --numeric=", "--numeric=: option does not take an argument"],
    ["-A -t 10.0.0.1:80 -p -5", "-5: unknown option"],
    ["--set -1 2 3", "-1: unknown option"],
    ["--set 1 -2 3", "-2: unknown option"],
  ])("%s", (line, message) => expect(refusal(line)).toEqual([255, message]));
});

describe("a second command", () => {
  it.each([
    ["-L -A", "-A"],
    ["-LA", "-LA"],
    ["-L -nA", "-nA"],
    ["-L --add-service", "--add-service"],
    ["-L -L", "-L"],
    ["-L -h", "-h"],
    ["-Lh", "-Lh"],
    ["-L --set 1 2 3", "--set"],
    ["--start-daemon master --start-daemon backup", "backup"],
    ["--start-daemon master --start-daemon=backup", "--start-daemon=backup"],
  ])("%s", (line, word) => expect(refusal(line)).toEqual([2, `invalid option \`${word}'`]));
});

describe("leftover words", () => {
  it.each([
    ["foo -L", "foo"],
    ["-L foo bar", "foo"],
    ["-L -", "-"],
    ['-L ""', ""],
    ["-L -- -n", "-n"],
    ["-L -- -- x", "--"],
    ["-list rr", "rr"],
    ["-a -t 10.0.0.1:80 -r 10.0.1.1 -m 5", "5"],
    ["-A -t 10.0.0.1:80 -p -", "-"],
    ["-A -t 10.0.0.1:80 -p -- 100", "100"],
    ["-R foo", "foo"],
  ])("%s", (line, word) => expect(refusal(line)).toEqual([2, `unexpected argument ${word}`]));

  it("end the options with POSIXLY_CORRECT", () => {
    expect(refusal("foo -L", true)).toEqual([255, TRY]);
    expect(refusal("-L foo --bogus", true)).toEqual([2, "unexpected argument foo"]);
    expect(refusal("-L - -n", true)).toEqual([2, "unexpected argument -"]);
    expect(parse("--set 1 2 3", true)).toEqual(parse("--set 1 2 3"));
  });

  it("are fine after -- when there are none", () => expect(parse("-L --")).toEqual(parse("-L")));
});

describe("the same option in different writings", () => {
  const server = "-a -t 10.0.0.1:80 -r 10.0.1.1";
  it.each([
    "-w=5 -m",
    "--weight=5 -m",
    "-w5 -m",
    "-w 5 -m",
    "-mw5",
    "-mw=5",
    "-mw 5",
    "-m -w+5",
    '-m -w " 5"',
    "-m -w 005",
  ])("%s", (line) => expect(parse(`${server} ${line}`)).toEqual(parse(`${server} --masquerading --weight 5`)));
  it.each(["-at10.0.0.1:80 -r10.0.1.1", "-at 10.0.0.1:80 -r=10.0.1.1", "-a -t=10.0.0.1:80 --real-server=10.0.1.1"])(
    "%s",
    (line) => expect(parse(line)).toEqual(parse(server)),
  );
  it.each(["-Ln", "-ln", "-L -n", "--list --numeric", "-l --numeric"])("%s", (line) =>
    expect(parse(line)).toMatchObject({ kind: "list", numeric: true }),
  );
  it.each(["--weight==5", "-w==5", "-w=", "-weight"])("%s drops one equals sign only", (word) =>
    expect(refusal(`${server} ${word}`)).toEqual([2, "illegal weight specified"]),
  );
  it.each(["-t=", "--tcp-service=", '-t ""'])("%s is an empty address", (word) =>
    expect(refusal(`-A ${word}`)).toEqual([2, "illegal virtual server address[:port] specified"]),
  );
  it("takes whatever follows as an argument", () => {
    expect(refusal("-A -t -s rr")).toEqual([2, "illegal virtual server address[:port] specified"]);
    expect(refusal(`${server} -w -m`)).toEqual([2, "illegal weight specified"]);
    expect(parse("-A -t 10.0.0.1:80 -s --")).toMatchObject({ service: { scheduler: "--" } });
  });
});

describe("the optional seconds of -p", () => {
  it.each([
    ["-A -t 10.0.0.1:1 -p", 360],
    ["-A -t 10.0.0.1:1 -p -s rr", 360],
    ["-A -t 10.0.0.1:1 -p --", 360],
    ["-Ap -t 10.0.0.1:1", 360],
    ["-A --persistent -t 10.0.0.1:1", 360],
    ["-A -t 10.0.0.1:1 -p 100", 100],
    ["-A -t 10.0.0.1:1 -p100", 100],
    ["-A -t 10.0.0.1:1 -p=100", 100],
    ["-A -t 10.0.0.1:1 --persistent=100", 100],
    ["-A -t 10.0.0.1:1 --persistent 2678400", 2678400],
  ])("%s", (line, timeout) => expect(parse(line)).toMatchObject({ service: { timeout, flags: 1 } }));

  it.each([
    ["-Apt 10.0.0.1:13", "t"],
    ["-A -t 10.0.0.1:1 -po", "o"],
    ["-A -t 10.0.0.1:1 -p rr", "rr"],
    ["-A -t 10.0.0.1:1 -p 0", "0"],
    ["-A -t 10.0.0.1:1 -p=-5", "-5"],
    ["-A -t 10.0.0.1:1 -p 2678401", "2678401"],
    ['-A -t 10.0.0.1:1 -p ""', ""],
    ["-A -t 10.0.0.1:1 --persistent=", ""],
    ["-A -t 10.0.0.1:1 -p 5m", "5m"],
    ["-A -t 10.0.0.1:1 -p=$&", "$&"],
  ])("%s", (line, value) => expect(refusal(line)).toEqual([2, `invalid timeout value \`${value}' specified`]));
});
