import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { differences } from "./differences.js";
import { explanation, forOriginal } from "./harness/explain.js";
import { type Claim, judge } from "./harness/judge.js";
import type { Outcome } from "./harness/shell.js";
import { step, words } from "./harness/steps.js";

/** The judge itself: a suite that finds no differences must be one that can. */

const refused: Outcome = { stdout: "", stderr: "No such service\n", status: 255 };
const claim = (expected: Claim["expected"]): Claim => ({ difference: "rule-lines", expected });

describe("without a claim", () => {
  test("the same is equal", () => expect(judge(refused, { ...refused }).kind).toBe("equal"));

  test.each([
    ["stdout", { ...refused, stdout: " " }],
    ["stderr", { ...refused, stderr: "No such service" }],
    ["status", { ...refused, status: 2 }],
  ])("another %s is unexplained", (what, ours) => {
    const verdict = judge(refused, ours);
    expect(verdict.kind).toBe("unexplained");
    expect(verdict.kind === "unexplained" && verdict.report).toContain(what);
  });

  test("another order of the same lines is unexplained", () => {
    expect(judge({ ...refused, stdout: "a\nb\n" }, { ...refused, stdout: "b\na\n" }).kind).toBe("unexplained");
  });
});

describe("control characters", () => {
  const raw = { ...refused, stderr: "invalid scheduler flag `\x1b[41m\xc2\x9b\x7f'\n" };

  test("escaped are explained", () => {
    const ours = { ...raw, stderr: "invalid scheduler flag `\\u001b[41m\\u009b\\u007f'\n" };
    expect(judge(raw, ours)).toEqual({ kind: "explained", difference: "control-characters" });
    expect(judge(raw, { ...ours, status: 0 }).kind).toBe("unexplained");
    expect(judge({ ...raw, stdout: "x" }, ours).kind).toBe("unexplained");
  });

  test("left out are unexplained", () => {
    expect(judge(raw, { ...raw, stderr: "invalid scheduler flag `[41m'\n" }).kind).toBe("unexplained");
  });
});

describe("with a claim", () => {
  const ours = { ...refused, stderr: "line 3: No such service\n" };

  test("what is claimed is explained", () => {
    for (const stderr of [ours.stderr, /^line 3: /, (original: string) => `line 3: ${original}`]) {
      expect(judge(refused, ours, claim({ stderr }))).toEqual({ kind: "explained", difference: "rule-lines" });
    }
  });

  test("another difference than the claimed one is unexplained", () => {
    expect(judge(refused, ours, claim({ stderr: /^line 4: / })).kind).toBe("unexplained");
    expect(judge(refused, { ...ours, status: 0 }, claim({ stderr: ours.stderr })).kind).toBe("unexplained");
  });

  test("no difference is unexplained", () => {
    expect(judge(refused, refused, claim({ stderr: /No such service/ })).kind).toBe("unexplained");
  });
});

describe("by rule", () => {
  const printed = (stdout: string): Outcome => ({ stdout, stderr: "", status: 0 });
  const explained = (original: string, ours: string) => explanation(printed(original), printed(ours), step("-Sn"));
  const saved = "-A -u 10.0.0.1:5060 -s wlc";

  test("one difference is explained", () => {
    expect(explained(`${saved}\n`, `${saved} -M 255.0.255.0\n`)).toBe("save-netmask");
    expect(explained("-A -f -1 -s rr\n", "-A -f 4294967295 -s rr\n")).toBe("fwmark-unsigned");
    expect(explained("TCP  10.0.0.1:80 mh (mh-port)\n", "TCP  10.0.0.1:80 mh (mh-port,flag-3)\n")).toBe(
      "unnamed-flags",
    );
  });

  test("several in one output are, too", () => {
    const server = "-a -u 10.0.0.1:5060 -r 10.0.1.1:80 -m -w 1";
    const [original, ours] = [`${saved}\n${server}\n`, `${saved} -M 255.0.0.0\n${server} -x 10\n`];
    expect(explained(original, ours)).toBe("save-thresholds");
  });

  test.each([
    ["no difference", `${saved}\n`, `${saved}\n`],
    ["the netmask of a persistent service", `${saved} -p 60\n`, `${saved} -p 60 -M 255.0.0.0\n`],
    ["another scheduler beside the netmask", `${saved}\n`, "-A -u 10.0.0.1:5060 -s rr -M 255.0.0.0\n"],
    ["another mark", "-A -f -1 -s rr\n", "-A -f 4294967294 -s rr\n"],
    ["another order", "-A -f 1 -s rr\n-A -f 2 -s rr\n", "-A -f 2 -s rr\n-A -f 1 -s rr\n"],
    ["a missing flag", "TCP  10.0.0.1:80 rr (flag-1)\n", "TCP  10.0.0.1:80 rr ()\n"],
  ])("%s is not explained", (_, original, ours) => expect(explained(original, ours)).toBeUndefined());

  test.each([
    ["-A -u vip:5060 -M 24", "-A -u vip:5060 -M 255.255.255.0", "prefix-netmask"],
    ["-A -t [2001:db8::1]:80 -M 64", "-A -t [2001:db8::1]:80 -M 64", undefined],
    ["-A -t [2001:db8::1]:80 -M 4294967360", "-A -t [2001:db8::1]:80 -M 0", "wrapped-numbers"],
    ["-A -t [10.0.0.1]:80", "-A -t 10.0.0.1:80", "bracketed-port"],
    ["-S", "-S -n", "save-numbers"],
    ["-S --numeric", "-S --numeric", undefined],
  ])("the original is told %s as %s", (line, told, difference) => {
    const { step: theirs, difference: found } = forOriginal(step(line));
    expect([theirs.args, found]).toEqual([words(told), difference]);
  });
});

test("the README lists these differences and no others", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  const [, chapter = ""] = /^## Differences from ipvsadm 1\.31$(.*?)^## /ms.exec(readme) ?? [];
  const rows = Array.from(chapter.matchAll(/^\| (.*?) \| [^|]* \|$/gm), ([, what]) => what!).slice(1);
  const known = Object.values(differences).map(({ readme }) => readme);
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !known.some((part) => row.includes(part)))).toEqual([]);
  expect(known.filter((part) => !rows.some((row) => row.includes(part)))).toEqual([]);
});

test("words are split at blanks, quotes keep them together", () => {
  expect(words("-A  -t \"a b\" -s '' x")).toEqual(["-A", "-t", "a b", "-s", "", "x"]);
});
