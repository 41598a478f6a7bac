import fc from "fast-check";
import { texts } from "./text.js";

/** Values that are likely to be of the wrong shape wherever they are put. */
export const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e300, 2 ** 32, 2 ** 53, "", "0", "constructor", "__proto__", [], [[]], {}],
  { toString: null },
  { valueOf: 1, toString: 2 },
  JSON.parse('{ "__proto__": null }'),
  { constructor: { name: 1 } },
  { length: -1 },
];

interface Edit {
  readonly kind: "replace" | "remove" | "wrap" | "repeat" | "add";
  readonly place: number;
  readonly value: unknown;
  readonly key: string;
}

type Container = Record<string, unknown> | unknown[];

/** JSON texts near to those of valid values: with odd values in any place, and with broken text. */
export function jsonTexts(samples: readonly unknown[], keys: readonly string[] = []): fc.Arbitrary<string> {
  const value = fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...samples));
  const edit: fc.Arbitrary<Edit> = fc.record({
    kind: fc.constantFrom("replace", "remove", "wrap", "repeat", "add"),
    place: fc.nat(),
    value,
    key: fc.oneof(fc.constantFrom(...keys, "toString", "constructor", "a\u001b[31m"), fc.string()),
  });
  const text = fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { maxLength: 5 }))
    .map(([sample, edits]) => JSON.stringify(edited(sample, edits)));
  const broken = texts(
    samples.map((sample) => JSON.stringify(sample)),
    keys,
  );
  return fc.oneof({ weight: 5, arbitrary: text }, broken, fc.json());
}

function edited(sample: unknown, edits: readonly Edit[]): unknown {
  const root: Container = [copy(sample)];
  for (const { kind, place, value, key } of edits) {
    const places = [...placesIn(root)];
    if (places.length === 0) break;
    const [container, at] = places[place % places.length]!;
    const old = Reflect.get(container, at);
    if (kind === "remove") Reflect.deleteProperty(container, at);
    else if (kind === "add" && typeof old === "object" && old !== null && !Array.isArray(old))
      Object.defineProperty(old, key, own(value));
    else if (kind === "repeat") Object.defineProperty(container, at, own(new Array(3).fill(old)));
    else Object.defineProperty(container, at, own(kind === "wrap" ? { [key]: old } : value));
  }
  return root[0] ?? null;
}

/** Edits change values in place, and the samples come again. */
function copy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function own(value: unknown): PropertyDescriptor {
  return { value: copy(value), configurable: true, enumerable: true, writable: true };
}

/** Every element and field within a container. */
function* placesIn(container: Container): Generator<[Container, string]> {
  for (const key of Object.keys(container)) {
    yield [container, key];
    const inner: unknown = Reflect.get(container, key);
    if (typeof inner === "object" && inner !== null) yield* placesIn(inner as Container);
  }
}
