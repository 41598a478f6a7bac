import { own } from "../model/own.js";

/** A name and what it says; the name is a label of OpenMetrics. */
export type Labels = Readonly<Record<string, string | number>>;

/** Some figures of one kind. */
export interface MetricFamily {
  /** Without the suffix that its type adds (`_total`, `_info`). */
  readonly name: string;
  readonly type: "counter" | "gauge" | "info";
  /** Ends the name. */
  readonly unit?: "bytes" | "seconds";
  /** One line. */
  readonly help: string;
  /** Labels as `labelText` writes them, and values. Labels must differ within the family. */
  readonly samples: Iterable<readonly [labels: string, value: number | bigint]>;
}

/**
 * How metrics are written: OpenMetrics 1.0, or the older text format of Prometheus (0.0.4), which is all that the
 * textfile collector of node_exporter reads.
 */
export const FORMATS = ["openmetrics", "text"] as const;
export type Format = (typeof FORMATS)[number];

/** What each type adds to the names of its samples. */
const SUFFIXES = { counter: "_total", gauge: "", info: "_info" } as const;

/** `{port="80",protocol="tcp"}`; empty when there are none. */
export function labelText(labels: Labels): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return texts.length === 0 ? "" : `{${texts.join(",")}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (sign) => own(ESCAPES, sign)!);
}

/** The text of each family, one after the other. Families without samples are left out. */
export function* exposition(families: Iterable<MetricFamily>, format: Format): Generator<string> {
  for (const family of families) {
    const lines = [...familyLines(family)];
    if (lines.length > 0) yield `${head(family, format)}${lines.join("")}`;
  }
  if (format === "openmetrics") yield "# EOF\n";
}

function* familyLines({ name, type, samples }: MetricFamily): Generator<string> {
  const sample = name + SUFFIXES[type];
  for (const [labels, value] of samples) yield `${sample}${labels} ${value}\n`;
}

/** The older format names a family as its samples, and has neither units nor the type info. */
function head({ name, type, unit, help }: MetricFamily, format: Format): string {
  if (format === "text") {
    const family = name + SUFFIXES[type];
    return `# TYPE ${family} ${type === "info" ? "gauge" : type}\n# HELP ${family} ${help}\n`;
  }
  const unitLine = unit === undefined ? "" : `# UNIT ${name} ${unit}\n`;
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${help}\n`;
}
