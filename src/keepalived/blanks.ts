/** A text without the blanks around it: those of C, which keepalived knows, and no others, such as the no-break spaces of web pages. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t-\r]+/, "").replace(/(?<![ \t-\r])[ \t-\r]+$/, "");
}
