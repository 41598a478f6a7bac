import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { type DifferenceId, differences } from "../differences.js";
import type { Tally } from "./scenario.js";

const suite = join(import.meta.dirname, "..");

/** Ends a run with the sum of what the tests compared. */
export default class CompatReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tallies = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test): Tally | undefined => test.meta().compat)
      .filter((tally) => tally !== undefined);
    const sum = (what: "invocations" | "equal" | "unexplained") => tallies.reduce((all, tally) => all + tally[what], 0);
    const ids = Object.keys(differences) as DifferenceId[];
    const counts = ids
      .map((id) => ({ id, count: tallies.reduce((all, { explained }) => all + (explained[id] ?? 0), 0) }))
      .filter(({ count }) => count > 0);
    const purposely = counts.reduce((all, { count }) => all + count, 0);
    const list = counts.map(({ id, count }) => `${id} ${count}`).join(", ");
    console.log(
      `compatibility: ${sum("invocations")} invocations, ${sum("equal")} equal, ` +
        `${purposely} different on purpose${list && ` (${list})`}, ${sum("unexplained")} unexplained`,
    );
    const seen = new Set([...counts.map(({ id }) => id), ...tallies.flatMap(({ tables }) => tables)]);
    const whole = modules.length === readdirSync(suite).filter((name) => name.endsWith(".test.ts")).length;
    const unseen = ids.filter((id) => !seen.has(id));
    if (whole && unseen.length > 0) console.log(`differences that no case shows: ${unseen.join(", ")}`);
  }
}
