import { expect, it } from "vitest";
import { CHECKS } from "../../../src/doctor/checks/index.js";
import { PATTERNS } from "../../../src/doctor/checks/patterns.js";

it("each pattern of the table is a check that there is, or has a reason why not", () => {
  const known = new Set(CHECKS.map(({ id }) => id));
  for (const { seen, checks, reason } of PATTERNS) {
    expect(checks.length > 0 || reason !== undefined, seen).toBe(true);
    expect(
      checks.filter((id) => !known.has(id)),
      seen,
    ).toEqual([]);
  }
});
