/** JSON as `nft -j` writes it (libnftables-json(5)); read without trust in its shape. */
export type Json = { readonly [key: string]: unknown };

export function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** A string, or a number as text; absent for all else, even for objects, whose `toString` may be anything. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** The only field of an object, as nft writes statements and expressions: `{ "match": ... }`. */
export function kindOf(value: unknown): readonly [kind: string, inner: unknown] {
  const json = objectOf(value);
  for (const kind in json) return [kind, json[kind]];
  return ["", undefined];
}

/** Whether lists and objects stand in each other more than so many levels deep. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
