/** All control characters but tab and line end: C0, DEL and C1. */
const CONTROL = /[^\P{Cc}\t\n]/u;
const CONTROLS = new RegExp(CONTROL, "gu");

/**
 * Text as it may be shown: control characters, which terminals obey whoever wrote them, as `\u001b`. Inside of JSON that says the
 * same as the character.
 */
export function visible(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

/** The same for bytes, one character each. */
export function visibleBytes(bytes: Uint8Array): Uint8Array {
  return hasControl(bytes) ? Buffer.from(visible(Buffer.from(bytes).toString("latin1")), "latin1") : bytes;
}

/** As CONTROL has it; by hand, and four bytes at a time, since listings of some megabytes go through here. */
function hasControl(bytes: Uint8Array): boolean {
  if (bytes.byteOffset % 4 !== 0) return hasControlBetween(bytes, 0, bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    // The highest bit of a byte is set where it is below 0x20, 0x7f, or above.
    const suspicious = ((word - 0x20202020) | (word + 0x01010101) | word) & 0x80808080;
    if (suspicious !== 0 && hasControlBetween(bytes, 4 * index, 4 * index + 4)) return true;
  }
  return hasControlBetween(bytes, 4 * words.length, bytes.length);
}

function hasControlBetween(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 ? byte !== 0x09 && byte !== 0x0a : byte >= 0x7f && byte < 0xa0) return true;
  }
  return false;
}

/** The same for what has to stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll(/[\t\n]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
