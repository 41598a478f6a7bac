import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChangeRecord, formatRecord, parseHead, parseRecord } from "../../../src/confirm/record.js";
import { noNames } from "../../../src/names/names.js";
import { diffTables } from "../../../src/rules/diff.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { daemon, table } from "../arbitraries.js";

const HEAD = { boot: "b", at: "2026-11-25T12:00:00.000Z", by: "ipvsadm apply", maker: { pid: 7, start: "99" } };

const timeouts = fc.record({ tcp: fc.nat(), tcpFin: fc.nat(), udp: fc.nat() });

const record: fc.Arbitrary<ChangeRecord> = fc
  .record({
    before: table,
    after: table,
    confirm: fc.option(fc.integer({ min: 1, max: 86400 }), { nil: undefined }),
    whole: fc.boolean(),
    settings: fc.record({ timeouts, daemons: fc.array(daemon, { maxLength: 2 }) }, { requiredKeys: [] }),
  })
  .map(({ before, after, confirm, whole, settings }) => ({
    head: { ...HEAD, whole, settings, ...(confirm && { confirm }) },
    picture: before,
    changes: diffTables(before, after, { order: true }),
  }));

const textOf = (of: ChangeRecord) => formatRecord(of).join("");

describe("the record of a change", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(record, (of) => {
        expect(parseHead(textOf(of), "/x")).toEqual(of.head);
        const { head, picture, changes } = parseRecord(textOf(of), "/x");
        expect(head).toEqual(of.head);
        expect(diffTables(picture, of.picture, { order: true })).toEqual([]);
        expect(formatRecord({ head, picture, changes }).join("")).toBe(textOf(of));
      }),
    );
  });

  it("is a rule file that makes the picture", async () => {
    const samples = fc.sample(record, 20);
    for (const of of samples) {
      const { rules, mistakes } = await parseRules(textOf(of), { names: noNames, program: "ipvsadm" });
      expect(mistakes).toEqual([]);
      expect(diffTables(wantedTable(rules).wanted.table!, of.picture)).toEqual([]);
    }
  });
});

describe("what is no record", () => {
  const good = textOf({ head: { ...HEAD, whole: true, settings: {} }, picture: [], changes: [] });

  it.each([
    ["nothing", "", "/x is not the record of a change"],
    ["rules", "-A -t 192.0.2.1:80 -s rr\n", "/x is not the record of a change"],
    ["another head", "# ipvsadm {}\n", "/x is not the record of a change"],
    ["a head that is no JSON", "# ipvsadm {\n", "/x is not the record of a change"],
    [
      "settings of another kind",
      good.replace('"settings":{}', '"settings":{"timeouts":{"tcp":"1"}}'),
      "/x is not the record of a change",
    ],
    ["half a record", good.split("\n", 1)[0]!.concat("\n"), "/x has no end"],
    ["a mistake", `${good}# -A -t x\n`, "/x: line 1: illegal virtual server address[:port] specified"],
    ["a listing", `${good}# -L\n`, "/x: line 1: not a change"],
  ])("%s", (_, text, message) => expect(() => parseRecord(text, "/x")).toThrow(message));
});
