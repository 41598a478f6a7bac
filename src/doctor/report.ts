import { destinationId } from "../model/destination.js";
import { serviceId } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { Concern, Examination, Finding, Remedy } from "./finding.js";

/** Lines of a kind in one finding; the rest is counted, and JSON has it all. */
const LINES = 8;
const WIDTH = 100;

/** How the report calls the places where commands are typed. */
export interface Places {
  readonly director: string;
  readonly peer: string;
  readonly server: string;
}

const PLACES: Places = {
  director: "this director",
  peer: "the other director",
  server: "each of these real servers",
};

/** An examination for people. Notes are only named where there is something more serious to read. */
export function renderReport(examination: Examination, table: LiveTable): string {
  return renderFindings(examination, examined(table), PLACES);
}

/** The same for any examination.
 *
 * @param subject what was examined, as the end of the summary: `examined 1 service with 2 servers`
 */
export function renderFindings({ findings, unread }: Examination, subject: string, places: Places): string {
  const serious = findings.filter(({ severity }) => severity !== "info");
  const notes = findings.filter(({ severity }) => severity === "info");
  const parts = (serious.length > 0 ? serious : notes).map((finding) => renderFinding(finding, places));
  if (serious.length > 0 && notes.length > 0) parts.push(notes.map(renderHead).join("\n"));
  if (unread.length > 0)
    parts.push(["Not examined, because it could not be read:", ...some(unread).map(indent)].join("\n"));
  parts.push(summary(findings, subject));
  return `${parts.join("\n\n")}\n`;
}

/** The same for programs. */
export function renderReportJson({ findings, unread }: Examination): string {
  return `${JSON.stringify({ findings, unread }, null, 2)}\n`;
}

function renderHead({ id, title, severity }: Finding): string {
  return `${severity === "info" ? "note" : severity}: ${title} (${id})`;
}

function renderFinding(finding: Finding, places: Places): string {
  const { concerns, evidence, why, remedies } = finding;
  const sections = [
    [renderHead(finding), ...some(concerns.map(renderConcern)).map(indent)],
    some(evidence).map(indent),
    wrap(why).map(indent),
    ...remedies.map((remedy, index) => renderRemedy(remedy, index === 0, places)),
  ];
  return sections.map((lines) => lines.join("\n")).join("\n\n");
}

function renderConcern({ service, servers }: Concern): string {
  return servers.length === 0
    ? serviceId(service)
    : `${serviceId(service)} -> ${some(servers.map(destinationId)).join(", ")}`;
}

function renderRemedy({ on, commands, note, instead = [] }: Remedy, first: boolean, places: Places): string[] {
  const place = `On ${places[on]}`;
  const head = note === undefined ? `${first ? "" : "Or: "}${place}:` : `${place}. ${note}`;
  const owners = instead.flatMap((sentence) => wrap(sentence).map(indent));
  return [...owners, ...wrap(head).map(indent), ...some(commands).map((command) => indent(indent(command)))];
}

function summary(findings: readonly Finding[], subject: string): string {
  const count = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const counts = [plural(count("error"), "error"), plural(count("warning"), "warning"), plural(count("info"), "note")];
  const lines = [`${counts.join(", ")}; ${subject}.`];
  if (findings.some(({ remedies }) => remedies.some(({ commands }) => commands.some(isVolatile)))) {
    lines.push(
      "What these commands change lasts until the next boot; keep what helps in the configuration of the host.",
    );
  }
  return lines.join("\n");
}

function examined(table: LiveTable): string {
  const servers = table.reduce((sum, { destinations }) => sum + destinations.length, 0);
  return `examined ${plural(table.length, "service")} with ${plural(servers, "server")}`;
}

function isVolatile(command: string): boolean {
  return /^(sysctl -w|modprobe|nft|ip(6tables|tables)?(-legacy)? .*(-A|-I|add|replace|set)|ipvsadm (-[aAeE]|--set|--start-daemon)) ?/.test(
    command,
  );
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** The first lines, and how many more there are. */
function some(lines: readonly string[]): string[] {
  return lines.length <= LINES
    ? [...lines]
    : [...lines.slice(0, LINES), `and ${lines.length - LINES} more (--json shows all)`];
}

function indent(line: string): string {
  return `  ${line}`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
