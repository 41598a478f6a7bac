import { beforeEach, describe, expect, it } from "vitest";
import type { Aim } from "../../../src/fleet/plan.js";
import { progressText, type RolledOut, rollOut, type Step } from "../../../src/fleet/roll-out.js";
import { settle } from "../../../src/fleet/settle.js";
import { NothingChanged, type Way } from "../../../src/fleet/way.js";
import type { Change } from "../../../src/model/change.js";
import { RemoteError } from "../../../src/remote/ssh.js";
import { parseTarget } from "../../../src/remote/target.js";

const NEVER = new AbortController().signal;
const AIM: Aim = {
  wanted: { settings: [], emptyOnPurpose: false, origin: () => undefined },
  order: false,
  allowEmpty: false,
};

let said = "";
beforeEach(() => {
  said = "";
});
const io = {
  env: {},
  readInput: () => "",
  out: () => {},
  steer: () => {},
  err(text: string) {
    said += text;
  },
};

/** A director that is changed, and does what it is told, but for what `way` says. */
function step(name: string, way: Partial<Way> = {}, changes: readonly Change[] = [{ kind: "flush" }]): Step {
  const director = {
    ...{ target: parseTarget(`ssh:${name}`), program: { ours: true }, writers: [] },
    ...{ table: [], timeouts: { tcp: 1, tcpFin: 1, udp: 1 }, daemons: [] },
  };
  const tell = (words: string) => async () => words;
  const usual = { make: async () => {}, keep: tell("kept"), back: tell("taken back"), decided: undefined, waits: true };
  return { director, changes, way: { ...usual, ...way } };
}

const done = (...steps: Step[]): RolledOut => ({ done: steps, rest: [] });
const unreachable = async () => {
  throw new RemoteError("ssh:lb2: cannot be told");
};

describe("when all are done", () => {
  const decided = (decided: Way["decided"]): Partial<Way> => ({ decided });

  it("and confirmed on each, all stay", async () => {
    const [one, two] = [step("lb1", decided("kept")), step("lb2", { waits: false })];
    expect(await settle(done(one, two), 600, NEVER, io)).toBe(0);
    expect(said).toContain("`ipvsadm confirm` on ssh:lb1 keeps the new tables");
    expect(said).toContain("ssh:lb1: kept\nssh:lb2: kept\n");
  });

  it("and one is not told so, that is said", async () => {
    const [one, two] = [step("lb1", decided("kept")), step("lb2", { ...decided("kept"), keep: unreachable })];
    expect(await settle(done(two, one), 600, NEVER, io)).toBe(1);
    expect(said).toContain("on each of ssh:lb2, ssh:lb1 keeps");
    expect(said).toContain("ssh:lb2: cannot be told\nssh:lb1: kept\n");
  });

  it("and one went back, all do", async () => {
    const [one, two] = [step("lb1", decided("kept")), step("lb2", decided("back"))];
    expect(await settle(done(one, two), 600, NEVER, io)).toBe(3);
    expect(said).toContain("ssh:lb2 went back: all go back\nssh:lb2: taken back\nssh:lb1: taken back\n");
  });

  it("and nobody says yes in time, all go back, also where one cannot be told", async () => {
    expect(await settle(done(step("lb1"), step("lb2", { back: unreachable })), 0, NEVER, io)).toBe(1);
    expect(said).toContain(
      "not confirmed within 0 seconds: all go back\nssh:lb2: cannot be told\nssh:lb1: taken back\n",
    );
  });

  it("and nobody can be asked, all go back", async () => {
    expect(await settle(done(step("lb1", { waits: false })), 600, NEVER, io)).toBe(3);
    expect(said).toBe("there is no terminal to ask on: all go back\nssh:lb1: taken back\n");
  });

  it("and nothing was changed, nobody is asked", async () => {
    expect(await settle(done(step("lb1", {}, [])), 600, NEVER, io)).toBe(0);
    expect(said).toBe("");
  });
});

it("a director that refused all of its changes is not said to be changed in part", async () => {
  const refuses = async () => {
    throw new NothingChanged("ssh:lb1: its apply failed, exit status 2");
  };
  const outcome = await rollOut([step("lb1", { make: refuses }), step("lb2")], AIM, NEVER, io);
  expect(progressText(outcome)).toBe("failed, nothing was changed there: ssh:lb1; not begun: ssh:lb2\n");
});

it("when one failed, those that were changed go back, the last one first", async () => {
  const outcome = { done: [step("lb1"), step("lb2", {}, [])], failed: step("lb3"), rest: [step("lb4")] };
  expect(await settle(outcome, 600, NEVER, io)).toBe(3);
  expect(said).toBe(
    "done: ssh:lb1, ssh:lb2; failed, perhaps changed in part: ssh:lb3; not begun: ssh:lb4\nnot all are done: all go back\n" +
      "ssh:lb3: taken back\nssh:lb1: taken back\n",
  );
});

describe("no other director is begun", () => {
  it("when one has gone back meanwhile", async () => {
    const [one, two] = [step("lb1", { decided: "back" }, []), step("lb2")];
    expect(await rollOut([one, two], AIM, NEVER, io)).toEqual({ done: [one], rest: [two] });
    expect(said).toContain("ssh:lb1: it went back before the others were done\n");
  });

  it("when one fails", async () => {
    const [one, two] = [step("lb1", { make: unreachable }), step("lb2")];
    expect(await rollOut([one, two], AIM, NEVER, io)).toEqual({ done: [], failed: one, untouched: false, rest: [two] });
  });

  it("when it is interrupted", async () => {
    const steps = [step("lb1")];
    expect(await rollOut(steps, AIM, AbortSignal.abort(), io)).toEqual({ done: [], rest: steps });
  });
});
