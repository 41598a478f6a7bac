import { beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, savedByOracle } from "./oracle.js";
import { runProgram, typed } from "./program.js";

const RULES = "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.1:80 -m -w 1\n";
const WARNINGS =
  "warning: line 3 repeats line 1: service tcp 192.0.2.1:80\nwarning: line 4 repeats line 2: server 198.51.100.1:80\n";

beforeEach(clearByOracle);

describe("lines that repeat earlier ones", () => {
  it.each([
    ["ipvsadm-restore", () => runProgram("ipvsadm-restore", [], RULES + RULES)],
    ["ipvsadm apply", () => typed("apply -", RULES + RULES)],
  ])("are told by %s, which succeeds", (_program, run) => {
    expect(run()).toEqual({ status: 0, stdout: "", stderr: WARNINGS });
    expect(savedByOracle()).toBe(RULES);
  });

  it("are told once by -R: the kernel refuses them", () => {
    expect(typed("-R", RULES + RULES)).toEqual({
      status: 0,
      stdout: "",
      stderr: "line 3: Service already exists\nline 4: Destination already exists\n",
    });
  });

  it("are counted where there are many", () => {
    const { status, stderr } = runProgram("ipvsadm-restore", [], RULES + RULES.repeat(12));
    expect(status).toBe(0);
    expect(stderr.trimEnd().split("\n")).toHaveLength(21);
    expect(stderr).toContain("and 4 more warnings\n");
  });
});
