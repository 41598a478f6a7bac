import { kindOf, listOf, objectOf, textOf } from "./nft-json.js";

/** A statement in words near to nft's own, for evidence. */
export function describe(statement: unknown): string {
  const [kind, value] = kindOf(statement);
  const fields = objectOf(value);
  if (kind === "jump" || kind === "goto") return `${kind} ${textOf(fields?.target) ?? "?"}`;
  if (kind !== "match") return kind;
  const op = textOf(fields?.op) ?? "";
  return [words(fields?.left), op === "==" || op === "in" ? "" : op, words(fields?.right)].filter(Boolean).join(" ");
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(", ");
  if (objectOf(value) === undefined) return String(value);
  const [kind, inner] = kindOf(value);
  const fields = objectOf(inner);
  if (kind === "payload") return `${textOf(fields?.protocol) ?? "?"} ${textOf(fields?.field) ?? "?"}`;
  if (kind === "prefix") return `${textOf(fields?.addr) ?? "?"}/${textOf(fields?.len) ?? "?"}`;
  if (kind === "range") return (listOf(inner) ?? [inner]).map(words).join("-");
  if (kind === "set") return `{ ${words(inner)} }`;
  const key = textOf(fields?.key);
  return key === undefined ? JSON.stringify(value) : `${kind} ${key}`;
}
