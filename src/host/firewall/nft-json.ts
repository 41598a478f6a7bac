/** JSON as `nft -j` writes it (libnftables-json(5)); read without trust in its shape. */
export type Json = { readonly [key: string]: unknown };

export function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(objectOf).filter((item) => item !== undefined) : [];
}
