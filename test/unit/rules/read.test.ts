import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RuleError } from "../../../src/errors.js";
import { noNames } from "../../../src/names/names.js";
import { checkRules, parseRules, readRules } from "../../../src/rules/read.js";

const parse = (text: string) => parseRules(text, { names: noNames, program: "ipvsadm" });

/** Kinds of the commands with their lines. */
const kinds = async (text: string) => (await parse(text)).rules.map(({ line, command }) => `${line} ${command.kind}`);
const mistakes = async (text: string) => (await parse(text)).mistakes.map(({ message }) => message);

describe("parseRules", () => {
  it.each([
    ["one line", "-C\n", ["1 flush"]],
    ["no final line end", "-C", ["1 flush"]],
    ["trailing blanks without a line end, which 1.31 drops", "-C  ", ["1 flush"]],
    ["CRLF", "-C\r\n-C\r\n", ["1 flush", "2 flush"]],
    ["tabs and blanks", "\t-C  \n  \t \n -C", ["1 flush", "3 flush"]],
    ["the word ipvsadm anywhere", "ipvsadm ipvsadm -A -t 1.2.3.4:80 ipvsadm -s ipvsadm rr\n", ["1 add-service"]],
    ["nothing", "", []],
    ["only the word", "ipvsadm\n", []],
    ["comments", "# one\n  # two\n#-C\n-C # three\n-C #\n-C", ["4 flush", "5 flush", "6 flush"]],
    ["a NUL byte, which ends its word", "-A -t 10.0.0.1:80\0junk -s rr", ["1 add-service"]],
  ])("%s", async (_what, text, expected) => {
    expect(await kinds(text)).toEqual(expected);
  });

  it("keeps # inside a word", async () => {
    expect((await parse("-A -t 1.2.3.4:80 -s r#r")).rules[0]!.command).toMatchObject({ service: { scheduler: "r#r" } });
  });

  it.each([
    [
      "every mistake with its line",
      "-A\n-C\n-A -t bad:80\n",
      [
        "line 1: You need to supply the 'service-address' option for the 'add-service' command",
        "line 3: illegal virtual server address[:port] specified",
      ],
    ],
    ["a parser error", "-A -t 1.2.3.4:80 --bogus", ["line 1: --bogus: unknown option"]],
    ["another file", "\n-R", ["line 2: a rule file cannot read another one: -R is not allowed here"]],
    ["a quoted word", `-A -t "10.0.0.1:80" -s rr`, ["line 1: illegal virtual server address[:port] specified"]],
    [
      "a byte order mark",
      "\uFEFF-C\n\uFEFF# files put together\n",
      [1, 2].map(
        (line) => `line ${line}: a byte order mark (U+FEFF) stands before the rule: save the file as UTF-8 without one`,
      ),
    ],
    ["no command", "hello", ["line 1: Try `ipvsadm -h' or 'ipvsadm --help' for more information."]],
  ])("reports %s", async (_what, text, expected) => {
    expect(await mistakes(text)).toEqual(expected);
  });

  it("looks names up once for the whole file", async () => {
    let loads = 0;
    const known = new Map<string, string>();
    const wanted = new Set<string>();
    const names = {
      ...noNames,
      addressOf: (host: string) => {
        if (!known.has(host)) wanted.add(host);
        return known.get(host);
      },
      get pending() {
        return wanted.size > 0;
      },
      load: async () => {
        loads++;
        for (const host of wanted) known.set(host, "192.0.2.7");
        wanted.clear();
      },
    };
    const text = "-A -t one:80\n-A -t two:81\n-A -t one:82\n";
    const { rules, mistakes } = await parseRules(text, { names, program: "ipvsadm" });
    expect(mistakes).toEqual([]);
    expect(rules.map(({ command }) => command)).toMatchObject([
      { service: { address: "192.0.2.7", port: 80 } },
      { service: { address: "192.0.2.7", port: 81 } },
      { service: { address: "192.0.2.7", port: 82 } },
    ]);
    expect(loads).toBe(1);
  });
});

describe("checkRules", () => {
  it("finds the mistakes that readRules finds, and counts the same lines", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "",
        "# a comment",
        "-C",
        "-A -t 10.0.0.1:80",
        "-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w x",
        "-A -t 1.2.3:80",
      ),
      fc.constantFrom("-A -t 10.0.0.1:80 -s rr", "-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1", "\t -C\r"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        const context = { names: noNames, program: "ipvsadm" };
        const read = [...readRules(text, context)];
        const mistakes: RuleError[] = [];
        expect(checkRules(text, context, (mistake) => mistakes.push(mistake))).toBe(read.length);
        expect(mistakes).toEqual(read.filter((rule) => rule instanceof RuleError));
      }),
      { numRuns: 1000 },
    );
  });
});
