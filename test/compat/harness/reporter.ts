import type { Reporter, TestModule } from "vitest/node";
import { differences } from "../differences.js";
import type { Tally } from "./scenario.js";

/** Ends a run with the sum of what the tests compared. */
export default class CompatReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sum = { invocations: 0, equal: 0, unexplained: 0 };
    const explained = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const tally: Tally | undefined = test.meta().compat;
        if (!tally) continue;
        sum.invocations += tally.invocations;
        sum.equal += tally.equal;
        sum.unexplained += tally.unexplained;
        for (const [id, count] of Object.entries(tally.explained)) explained.set(id, (explained.get(id) ?? 0) + count);
      }
    }
    const total = [...explained.values()].reduce((a, b) => a + b, 0);
    const unseen = Object.keys(differences).filter((id) => !explained.has(id));
    const list = [...explained].sort().map(([id, count]) => `${id} ${count}`);
    console.log(
      `compatibility: ${sum.invocations} invocations, ${sum.equal} equal, ${total} differ on purpose` +
        `${list.length > 0 ? ` (${list.join(", ")})` : ""}, ${sum.unexplained} unexplained`,
    );
    if (unseen.length > 0) console.log(`no case showed these differences: ${unseen.join(", ")}`);
  }
}
