/** The word for a number of the kernel, where there is one. Words stay as they are. */
export function named<T extends string | number>(value: T, numbers: Readonly<Record<string, number>>): T {
  if (typeof value !== "number") return value;
  const [word] = Object.entries(numbers).find(([, number]) => number === value) ?? [];
  return (word as T | undefined) ?? value;
}

/** The kernel's number for a word. Numbers stay as they are. */
export function numbered<W extends string>(value: W | number, numbers: Readonly<Record<W, number>>): number {
  return typeof value === "number" ? value : numbers[value];
}
