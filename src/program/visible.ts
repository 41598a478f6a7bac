/** All control characters but tab and line end: C0, DEL and C1. By their numbers, in which engines look for them fastest. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is for finding them
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const CONTROLS = new RegExp(CONTROL, "g");

/**
 * Text as it may be shown: control characters, which terminals obey whoever wrote them, as `\u001b`. Inside of JSON that says the
 * same as the character.
 */
export function visible(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, escaped) : text;
}

/** The same for bytes, one character each. */
export function visibleBytes(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const shown = visible(text);
  return shown === text ? bytes : Buffer.from(shown, "latin1");
}

/** The same for what has to stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll(/[\t\n]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
