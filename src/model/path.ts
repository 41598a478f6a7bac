/** The way from the outermost value of a document to an inner one: keys of objects and places in lists. */
export type Path = readonly PropertyKey[];

/** `services[3].destinations[0].weight`. */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}
