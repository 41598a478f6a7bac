/** How values are drawn, lowest first; the first stands for zero and for what is not known. */
export const BLOCKS = " ▁▂▃▄▅▆▇█";
/** For terminals that know ASCII only. */
export const SIGNS = " .:-=+*%#";

/** One character for each value, in proportion to the largest of them. NaN is drawn as nothing. */
export function sparkline(values: readonly number[], ramp: string): string {
  const largest = Math.max(0, ...values.filter(Number.isFinite));
  const top = ramp.length - 1;
  return values.map((value) => (value > 0 ? ramp[Math.ceil((value / largest) * top)] : ramp[0])).join("");
}
