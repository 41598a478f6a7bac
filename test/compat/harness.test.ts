import { describe, expect, test } from "vitest";
import { type Claim, judge } from "./harness/judge.js";
import type { Outcome } from "./harness/shell.js";
import { words } from "./harness/steps.js";

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

test("words are split at blanks, quotes keep them together", () => {
  expect(words("-A  -t \"a b\" -s '' x")).toEqual(["-A", "-t", "a b", "-s", "", "x"]);
});
