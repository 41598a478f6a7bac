import fc from "fast-check";

/** Pieces that are likely to meet a special case wherever they are put. */
const PIECES: readonly string[] = [
  ...["\0", "\n", "\n\n", "\r\n", " ", "\t", "#", "-", "--", "=", ",", ":", "::", "[", "]", "/", '"', "\\", "{", "}"],
  ...["\x1b[31m", "\x7f", "\x85", "\ufeff", "é", "\u{1f600}", "\ud800", "\xff\xff\xff\xff", "\0\0\0\0", "%s", "*", "+"],
  ...["constructor", "toString", "__proto__", "hasOwnProperty", "null", "NaN", "Infinity", "ipvsadm"],
  ...["0", "00", "-0", "-1", "+1", "1.5", "1e9", "0x10", "65535", "65536", "2147483648", "4294967296", "9".repeat(30)],
  ...["0.0.0.0", "255.255.255.255", "1.2.3.4.5", "127.1", "::", "::1", "ffff::1.2.3.4", "fe80::1%eth0", "[::]:80"],
];

/** Longer texts are not made: what a reader does with them shows with these, too. */
const LONGEST = 4000;

type Edit =
  | { readonly kind: "insert"; readonly at: number; readonly text: string }
  | { readonly kind: "delete"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number; readonly times: number };

/** A place in a text of any length, in parts of 65536. */
const place = fc.nat(65535);

function edits(pieces: readonly string[]): fc.Arbitrary<Edit[]> {
  const text = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    fc.string({ unit: "binary", maxLength: 4 }),
  );
  const length = fc.oneof({ weight: 3, arbitrary: fc.nat(8) }, fc.nat(2000));
  return fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("insert" as const), at: place, text }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), at: place, length }) },
      fc.record({ kind: fc.constant("repeat" as const), at: place, length, times: fc.nat(300) }),
    ),
    { maxLength: 6 },
  );
}

function edited(text: string, changes: readonly Edit[]): string {
  for (const change of changes) {
    const at = Math.floor((change.at * text.length) / 65535);
    const [before, after] = [text.slice(0, at), text.slice(at)];
    if (change.kind === "insert") text = before + change.text + after;
    else if (change.kind === "delete") text = before + after.slice(change.length);
    else text = before + after.slice(0, change.length).repeat(change.times) + after;
    text = text.slice(0, LONGEST);
  }
  return text;
}

/**
 * Texts near to valid ones, texts of words that a reader knows, and any text at all.
 *
 * @param samples valid texts
 * @param words what else the reader knows
 */
export function texts(samples: readonly string[], words: readonly string[] = []): fc.Arbitrary<string> {
  const pieces = [...PIECES, ...words];
  const sample = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...samples) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join(" ")) },
    fc.string({ unit: "binary", maxLength: 60 }),
  );
  return fc.tuple(sample, edits(pieces)).map(([text, changes]) => edited(text, changes));
}

/** The same with characters of one byte, as files hold them. */
export function bytes(samples: readonly string[], words?: readonly string[]): fc.Arbitrary<Buffer> {
  return texts(samples, words).map((text) => Buffer.from(text, "latin1"));
}

/** Bytes with some of them changed, left out or repeated. */
export function corrupted(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      valid,
      fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, edits(["\0", "\x01", "\xff", "\x04\0", "\x08\0\x01\0"])),
    )
    .map(([sound, changes]) => Buffer.from(edited(Buffer.from(sound).toString("latin1"), changes), "latin1"));
}

/**
 * Words of a command line: of valid ones with some words replaced, added and left out, and any at all.
 *
 * @param words what may stand in a line
 * @param lines valid ones
 */
export function wordLists(words: readonly string[], lines: readonly string[]): fc.Arbitrary<string[]> {
  const word = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...words) }, texts(words));
  const edit = fc.tuple(fc.nat(20), fc.nat(2), fc.array(word, { maxLength: 2 }));
  const near = fc.tuple(fc.constantFrom(...lines), fc.array(edit, { maxLength: 3 })).map(([line, edits]) => {
    const list = line.split(" ");
    for (const [at, length, fresh] of edits) list.splice(at % (list.length + 1), length, ...fresh);
    return list;
  });
  return fc.oneof({ weight: 3, arbitrary: near }, fc.array(word, { maxLength: 10 }));
}
