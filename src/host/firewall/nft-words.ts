import { type Json, objectOf } from "./nft-json.js";

/** A statement in words near to nft's own, for evidence. */
export function describe(statement: Json): string {
  const [kind = "", value] = Object.entries(statement)[0] ?? [];
  if (kind !== "match") return kind === "jump" || kind === "goto" ? `${kind} ${(value as Json).target}` : kind;
  const { op, left, right } = value as Json;
  return [words(left), op === "==" || op === "in" ? "" : op, words(right)].filter(Boolean).join(" ");
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(", ");
  const json = objectOf(value);
  if (json === undefined) return String(value);
  const [kind, inner] = Object.entries(json)[0] ?? [];
  const fields = objectOf(inner);
  if (kind === "payload") return `${fields?.protocol} ${fields?.field}`;
  if (kind === "prefix") return `${fields?.addr}/${fields?.len}`;
  if (kind === "range") return (inner as unknown[]).join("-");
  if (kind === "set") return `{ ${words(inner)} }`;
  return fields?.key === undefined ? JSON.stringify(value) : `${kind} ${fields.key}`;
}
