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
  return text.replace(/[\\"\n]/g, (sign) => ESCAPES[sign]!);
}

/** The lines of all families, line ends included. Families without samples are left out. */
export function* exposition(families: Iterable<MetricFamily>, format: Format): Generator<string> {
  for (const family of families) yield* familyLines(family, format);
  if (format === "openmetrics") yield "# EOF\n";
}

function* familyLines({ name, type, unit, help, samples }: MetricFamily, format: Format): Generator<string> {
  const sample = name + SUFFIXES[type];
  // The older format names the family as its samples, and has neither units nor the type info.
  const open = format === "openmetrics";
  const family = open ? name : sample;
  let begun = false;
  for (const [labels, value] of samples) {
    if (!begun) {
      yield `# TYPE ${family} ${!open && type === "info" ? "gauge" : type}\n`;
      if (open && unit !== undefined) yield `# UNIT ${family} ${unit}\n`;
      yield `# HELP ${family} ${help}\n`;
      begun = true;
    }
    yield `${sample}${labels} ${value}\n`;
  }
}
