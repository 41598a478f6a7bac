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

/** As CONTROL has it; by hand, since listings of some megabytes go through here. */
function hasControl(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
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
