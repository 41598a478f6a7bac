import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateKeys } from "../../../src/model/duplicate-keys.js";
import { pathText } from "../../../src/model/path.js";

test.each([
  ["{}", []],
  ['"{\\"a\\":1,\\"a\\":1}"', []],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', []],
  ['{"a":"a","b":"a"}', []],
  ['{"a":["a","a"],"b":["a"]}', []],
  ['{"a":1,"A":1}', []],
  ['{"a":1,"a":2}', ["a"]],
  ['{"a":1,"b":0,"a":2,"a":3}', ["a"]],
  [' { "a" : { } ,\n"b" : [ 1 , { "c" : "}" , "c" : "{" } ] , "a" : [ ] } ', ["b[1].c", "a"]],
  ['[[],[[{"x":{"y":1,"y":1}}]]]', ["[1][0][0].x.y"]],
  ['{"a\\"b":1,"a\\u0022b":1}', ['a"b']],
  ['{"\\\\":1,"\\\\":[{"q\\\\\\"":0,"q\\\\\\"":0}]}', ["\\", '\\[0].q\\"']],
  ['{"__proto__":1,"constructor":1,"__proto__":2}', ["__proto__"]],
])("%s", (text, paths) => expect(duplicateKeys(text)).toEqual(paths));

/** A JSON text and where keys stand twice in it, built from members in a list, so that they may repeat. */
interface Written {
  readonly text: string;
  readonly duplicates: (path: readonly PropertyKey[]) => string[];
}
const plain = fc.oneof(fc.string(), fc.constant('"},{\\'), fc.integer(), fc.constant(null), fc.boolean());
const { value } = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    plain.map((value): Written => ({ text: JSON.stringify(value), duplicates: () => [] })),
    fc.array(tie("value"), { maxLength: 4 }).map(
      (items): Written => ({
        text: `[${items.map(({ text }) => text).join(" , ")}]`,
        duplicates: (path) => items.flatMap(({ duplicates }, index) => duplicates([...path, index])),
      }),
    ),
    fc.array(fc.tuple(fc.constantFrom("a", 'b"', "c\\", "é"), tie("value")), { maxLength: 5 }).map(
      (members): Written => ({
        text: `{${members.map(([key, { text }]) => `${JSON.stringify(key)}:${text}`).join(",")}}`,
        duplicates: (path) =>
          members.flatMap(([key, { duplicates }], index) => {
            const again = members.slice(0, index).some(([earlier]) => earlier === key);
            return [...(again ? [pathText([...path, key])] : []), ...duplicates([...path, key])];
          }),
      }),
    ),
  ),
}));

test("any JSON", () => {
  fc.assert(
    fc.property(value, ({ text, duplicates }) => {
      expect(duplicateKeys(text)).toEqual([...new Set(duplicates([]))]);
    }),
    { numRuns: 1000 },
  );
});
