// The lines of the benchmark's table.

/** Widths of the columns; the first two are for words. */
const COLUMNS = [30, 14, 10, 10, 8, 18, 8, 8];

export function printTitle() {
  print(["", "", "1.31", "ours", "ratio", "target", "1.31", "ours"]);
}

/**
 * @param {object} row
 * @param {string} row.title
 * @param {string} row.size
 * @param {{ seconds: number, megabytes: number }} row.ours
 * @param {{ seconds: number, megabytes: number }} [row.original]
 * @param {number} [row.target] how many times faster we want to be
 * @param {boolean} [row.same] false when the two printed different things
 */
export function printRow({ title, size, ours, original, target, same = true }) {
  const ratio = original === undefined ? undefined : original.seconds / ours.seconds;
  print([
    title,
    size,
    seconds(original),
    seconds(ours),
    ratio && `${ratio.toFixed(1)} x`,
    target && `${target} x ${verdict(ratio >= target)}`,
    megabytes(original),
    megabytes(ours),
    same ? "" : "THE OUTPUTS DIFFER",
  ]);
}

/** A single figure, which should be at most `most`. */
export function printFigure(title, size, value, most) {
  print([title, size, "", value, "", `at most ${most} ${verdict(value <= most)}`]);
}

const verdict = (reached) => (reached ? "ok" : "missed");
const seconds = (cost) => cost && `${cost.seconds.toFixed(2)} s`;
const megabytes = (cost) => cost && `${cost.megabytes.toFixed(0)} MB`;

function print(cells) {
  const line = cells.map((cell = "", index) => {
    const text = String(cell);
    return index < 2 ? text.padEnd(COLUMNS[index]) : text.padStart(COLUMNS[index] ?? 0);
  });
  console.log(line.join(" ").trimEnd());
}
