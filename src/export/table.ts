import { serviceKey } from "../model/service.js";
import type { TableEntry } from "../model/table.js";
import { formatChange } from "../options/format.js";
import { visibleLine } from "../program/visible.js";

/** A table in the language of another program. */
export interface Exported {
  readonly text: string;
  /** Rules that the program cannot express, each with the reason; the text has them in comments. */
  readonly missing: readonly string[];
}

/** How a program writes a service. */
export interface Language {
  readonly program: string;
  /** A service with its servers, which are at least one. */
  service(entry: TableEntry): string;
  /** Why the program cannot do with what `service` made of an entry; absent when it can. */
  refusal(section: string, entry: TableEntry): string | undefined;
}

/** Writes service by service; servers that the program cannot express are left out, and services without any other. */
export function exportTable(head: string, table: readonly TableEntry[], language: Language): Exported {
  const parts = [head];
  const missing: string[] = [];
  for (const entry of table) {
    const { section, left } = exportEntry(entry, language);
    parts.push(
      left.map((line) => `# ${language.program} cannot express this: ${visibleLine(line)}\n`).join(""),
      section,
    );
    missing.push(...left);
  }
  return { text: parts.filter((part) => part !== "").join("\n"), missing };
}

function exportEntry(
  entry: TableEntry,
  language: Language,
): { readonly section: string; readonly left: readonly string[] } {
  if (entry.destinations.length === 0) {
    return { section: "", left: [`${serviceRule(entry)}   (a service without servers)`] };
  }
  const whole = written(entry, language);
  if (whole.reason === undefined) return { section: whole.section, left: [] };
  const left: string[] = [];
  const destinations = entry.destinations.filter((server) => {
    const { reason } = written({ ...entry, destinations: [server] }, language);
    const key = serviceKey(entry.service);
    if (reason !== undefined) left.push(`${formatChange({ kind: "add-server", service: key, server })}   (${reason})`);
    return reason === undefined;
  });
  const rest = { ...entry, destinations };
  const again = destinations.length === 0 ? whole : written(rest, language);
  if (again.reason === undefined) return { section: again.section, left };
  return { section: "", left: [`${serviceRule(entry)}   (${again.reason})`, ...left] };
}

function written(entry: TableEntry, language: Language) {
  const section = language.service(entry);
  return { section, reason: language.refusal(section, entry) };
}

function serviceRule({ service }: TableEntry): string {
  return formatChange({ kind: "add-service", service });
}
