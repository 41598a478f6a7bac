import fc from "fast-check";
import { expect, test } from "vitest";
import { compareServices } from "../../../src/model/service.js";
import { sortServices } from "../../../src/model/table.js";
import { table } from "../schema/arbitrary.js";

test("services are sorted as they compare", () => {
  fc.assert(
    fc.property(table, table, (some, others) => {
      const entries = [...some, ...others];
      expect(sortServices(entries)).toEqual([...entries].sort((a, b) => compareServices(a.service, b.service)));
    }),
  );
});
