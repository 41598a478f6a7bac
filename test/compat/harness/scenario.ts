import { afterAll, beforeAll, expect, type TaskMeta, test } from "vitest";
import type { DifferenceId } from "../differences.js";
import { explanation, forOriginal } from "./explain.js";
import { judge } from "./judge.js";
import type { Outcome } from "./shell.js";
import { describeStep, type Step, type StepLike, step } from "./steps.js";
import { openWorld, reset, stateOf, subjectProgram, type World } from "./world.js";

/** What one test compared; reporter.ts adds these up. */
export interface Tally {
  invocations: number;
  equal: number;
  unexplained: number;
  explained: Partial<Record<DifferenceId, number>>;
  /** Why tables were different at the end, on purpose. */
  tables: DifferenceId[];
}

const blankTally = (): Tally => ({ invocations: 0, equal: 0, unexplained: 0, explained: {}, tables: [] });

declare module "vitest" {
  interface TaskMeta {
    compat?: Tally;
  }
}

export interface Scenario {
  /** Rules that are in both tables before the first step. */
  readonly given?: readonly string[];
  readonly steps: readonly StepLike[];
  /** The tables differ at the end, on purpose: ours is what the original makes of `rules`. */
  readonly table?: { readonly difference: DifferenceId; readonly rules: readonly string[] };
  /** Steps are random, so that their differences cannot be claimed one by one: they are told by rule. */
  readonly byRule?: boolean;
}

let world: World;

/** Gives the test file a world of its own. To be called once, at its top. */
export function useWorld(): void {
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(async () => {
    await world?.close();
  });
}

/** Collects what a test compares, and fails it with everything that is not explained. */
class Judgement {
  readonly tally = blankTally();
  readonly reports: string[] = [];

  constructor(readonly byRule = false) {}

  compare(one: Step, original: Outcome, ours: Outcome): void {
    const verdict = judge(original, ours, subjectProgram ? undefined : one.claim);
    const difference = this.byRule ? forOriginal(one).difference : undefined;
    if (verdict.kind === "equal" && difference) this.explain(difference);
    else if (verdict.kind === "equal") this.tally.equal++;
    else if (verdict.kind === "explained") this.explain(verdict.difference);
    else {
      const id = this.byRule ? explanation(original, ours, one) : undefined;
      if (id) this.explain(id);
      else this.fail(`$ ${describeStep(one)}${ours.by ? ` (${ours.by})` : ""}\n${verdict.report}`);
    }
  }

  explain(id: DifferenceId): void {
    this.tally.explained[id] = (this.tally.explained[id] ?? 0) + 1;
  }

  /** The state of the two namespaces, as the original shows it. */
  tables(wanted: Outcome, ours: Outcome): void {
    const verdict = judge(wanted, ours);
    if (verdict.kind === "unexplained") this.fail(`(table at the end)\n${verdict.report}`);
  }

  fail(report: string): void {
    this.tally.unexplained++;
    this.reports.push(report);
  }

  steps(steps: readonly Step[], original: readonly Outcome[], ours: readonly Outcome[]): void {
    this.tally.invocations += steps.length;
    steps.forEach((one, index) => {
      this.compare(one, original[index]!, ours[index]!);
    });
  }

  /** Adds to what the test compared before. */
  conclude(meta: TaskMeta): void {
    const { invocations, equal, unexplained, explained, tables } = this.tally;
    meta.compat ??= blankTally();
    meta.compat.invocations += invocations;
    meta.compat.equal += equal;
    meta.compat.unexplained += unexplained;
    meta.compat.tables.push(...tables);
    for (const [id, count] of Object.entries(explained) as [DifferenceId, number][]) {
      meta.compat.explained[id] = (meta.compat.explained[id] ?? 0) + count;
    }
    if (this.reports.length > 0)
      expect.fail(`differs from the original (- original, + ours):\n${this.reports.join("\n")}`);
  }
}

/** Runs the scenario on both sides and says what differs. Made for random scenarios; fixed ones use `compare`. */
export async function runScenario(
  { given = [], steps, table, byRule = false }: Scenario,
  meta: TaskMeta,
): Promise<void> {
  const judgement = new Judgement(byRule && !subjectProgram);
  const all = steps.map(step);
  // One after the other: while the kernel lists services it counts those of all namespaces, so a change in one namespace
  // makes a listing in another leave one out or show one twice.
  await reset(world, world.original, given);
  const forIt = judgement.byRule ? all.map((one) => forOriginal(one).step) : all;
  const original = await world.original.run(world.path, forIt);
  await reset(world, world.ours, given);
  const ours = await world.subject.run(all);
  judgement.steps(all, original, ours);
  const theirs = await stateOf(world, world.original);
  const left = await stateOf(world, world.ours);
  if (table && !subjectProgram) {
    await reset(world, world.original, table.rules);
    judgement.tables(await stateOf(world, world.original), left);
    judgement.tally.tables.push(table.difference);
    if (judge(theirs, left).kind === "equal") {
      judgement.fail(`(table at the end) claimed to differ (${table.difference}), but does not`);
    }
  } else judgement.tables(theirs, left);
  judgement.conclude(meta);
}

/** The same steps on both sides, outputs compared one by one, tables at the end. */
export function compare(title: string, scenario: Scenario): void {
  test(title, ({ task }) => runScenario(scenario, task.meta));
}

/** Steps that change nothing, run by both programs on one table: what depends on the namespace is then the same too. */
export function compareReading(title: string, { given = [], steps }: Pick<Scenario, "given" | "steps">): void {
  test(title, async ({ task }) => {
    const judgement = new Judgement();
    const all = steps.map(step);
    await reset(world, world.ours, given);
    const original = await world.ours.run(world.path, all);
    judgement.steps(all, original, await world.subject.run(all));
    judgement.conclude(task.meta);
  });
}

/** How often a reading may be repeated until it is the same before and after ours. */
const READINGS = 50;

export interface MovingScenario extends Pick<Scenario, "given" | "steps"> {
  /** Sets things in motion, after the rules were loaded. */
  readonly prepare: () => Promise<void>;
}

/**
 * Steps that only read what moves by itself, such as counters and timers: the original reads before and after ours, until
 * both say the same.
 */
export function compareMoving(title: string, { given = [], prepare, steps }: MovingScenario): void {
  test(title, async ({ task }) => {
    const judgement = new Judgement();
    await reset(world, world.ours, given);
    await prepare();
    for (const one of steps.map(step)) {
      for (let reading = 1; ; reading++) {
        const [before] = await world.ours.run(world.path, [one]);
        const ours = await (world.subject.quick ?? world.subject).run([one]);
        const [after] = await world.ours.run(world.path, [one]);
        if (judge(before!, after!).kind === "equal" || reading === READINGS) {
          judgement.steps([one], [before!], ours);
          break;
        }
      }
    }
    judgement.conclude(task.meta);
  });
}

/** Runs a program beside the scenarios, in the namespace that they read, and returns what it prints. */
export async function runBeside(program: string, ...args: string[]): Promise<string> {
  const [outcome] = await world.ours.run(world.path, [{ program, args }]);
  if (outcome?.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${outcome?.stderr}`);
  return outcome.stdout;
}
