import type { Examination } from "../finding.js";
import { plural, renderFindings } from "../report.js";
import type { Pair } from "./pair.js";
import type { Side } from "./side.js";

/** A comparison for people. */
export function renderComparison(examination: Examination, pair: Pair): string {
  const { here, there, names } = pair;
  const subject = `compared ${names.here} (${contents(here)}) with ${names.there} (${contents(there)}${ageOf(here, there)})`;
  const director = here.host === there.host ? "this director" : `${names.here}, this director`;
  const peer = here.host === there.host ? "the other director" : `${names.there}, the other director`;
  return renderFindings(examination, subject, { director, peer, server: "each of these real servers" });
}

/** The same for programs. */
export function renderComparisonJson({ findings, unread }: Examination, { here, there }: Pair): string {
  return `${JSON.stringify({ director: identity(here), peer: identity(there), findings, unread }, null, 2)}\n`;
}

function identity({ host, time, kernel }: Side) {
  return { host, ...(time && { time: time.toISOString() }), ...(kernel && { release: kernel.release }) };
}

function contents({ table }: Side): string {
  const servers = table.reduce((sum, { destinations }) => sum + destinations.length, 0);
  return `${plural(table.length, "service")}, ${plural(servers, "server")}`;
}

/** Seconds from which on facts are old: they were saved, and what they say may have changed. */
const OLD = 60;

function ageOf({ time: now }: Side, { time }: Side): string {
  if (now === undefined || time === undefined) return "";
  const seconds = (now.getTime() - time.getTime()) / 1000;
  return seconds < OLD ? "" : `; as of ${time.toISOString()}`;
}
