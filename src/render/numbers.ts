/** Units of large numbers: the first one whose limit is above the number, and what it is divided by. */
const UNITS: readonly { readonly limit: bigint; readonly divisor: bigint; readonly letter: string }[] = [
  { limit: 10n ** 9n, divisor: 10n ** 3n, letter: "K" },
  { limit: 10n ** 11n, divisor: 10n ** 6n, letter: "M" },
  { limit: 10n ** 14n, divisor: 10n ** 9n, letter: "G" },
];
const LARGEST_UNIT = { divisor: 10n ** 12n, letter: "T" };

/** Numbers below this are always shown in full. */
export const SHORT = 1e8;

/** A counter in a column of nine characters, in thousands, millions … where it is long: `  1234567`, `  100000K`. */
export function largeNumber(value: bigint): string {
  if (value < SHORT) return String(value).padStart(9);
  const { divisor, letter } = UNITS.find(({ limit }) => value < limit) ?? LARGEST_UNIT;
  return `${String(value / divisor).padStart(8)}${letter}`;
}

/** A counter in full, with at least one leading blank and nine characters. */
export function exactNumber(value: bigint): string {
  return ` ${String(value).padStart(8)}`;
}
