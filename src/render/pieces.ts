/** Lines in one piece: some 20 KiB of a listing. */
const LINES = 256;

/**
 * Joins lines (line ends included) to pieces of a good size for writing. A listing of 39,000 lines grown by `+=` would
 * be one tree of half a million strings, which the garbage collector walks again and again; joined pieces are flat.
 */
export function pieces(lines: Iterable<string>): string[] {
  const joined: string[] = [];
  let group: string[] = [];
  for (const line of lines) {
    group.push(line);
    if (group.length === LINES) {
      joined.push(group.join(""));
      group = [];
    }
  }
  if (group.length > 0) joined.push(group.join(""));
  return joined;
}
