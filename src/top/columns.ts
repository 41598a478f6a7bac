import { SPAN } from "./history.js";
import type { Row } from "./model.js";
import type { SortKey } from "./view.js";

/** A column of figures, right-aligned, after one blank. */
export interface Column {
  readonly key: Exclude<SortKey, "name">;
  readonly title: string;
  readonly width: number;
  figure(row: Row): number;
}

/** In the order of the screen, which is that of the sort keys. */
export const COLUMNS: readonly Column[] = [
  { key: "weight", title: "Weight", width: 7, figure: (row) => row.weight },
  { key: "active", title: "Active", width: 7, figure: (row) => row.active },
  { key: "inactive", title: "Inact", width: 7, figure: (row) => row.inactive },
  { key: "connections", title: "Conn/s", width: 7, figure: (row) => row.rates.connections },
  { key: "inPackets", title: "InPkt/s", width: 8, figure: (row) => row.rates.inPackets },
  { key: "outPackets", title: "OutPkt/s", width: 9, figure: (row) => row.rates.outPackets },
  { key: "inBytes", title: "InB/s", width: 7, figure: (row) => row.rates.inBytes },
  { key: "outBytes", title: "OutB/s", width: 7, figure: (row) => row.rates.outBytes },
];

/** What stays when a terminal is too narrow for everything, first the most important. */
const IMPORTANCE: readonly (Column["key"] | "history")[] = [
  "connections",
  "active",
  "inBytes",
  "history",
  "inactive",
  "inPackets",
  "weight",
  "outBytes",
  "outPackets",
];

/** The least width of histories. */
const HISTORY_WIDTH = 8;

export interface Layout {
  readonly name: number;
  readonly columns: readonly Column[];
  /** 0: none. */
  readonly history: number;
}

/**
 * What fits in a line of `width` characters: names get what they need, histories the rest.
 *
 * @param leastName how much names are never cut to for the sake of a column
 */
export function layoutFor(width: number, longestName: number, leastName: number): Layout {
  let rest = width - leastName;
  const kept = new Set<string>();
  for (const key of IMPORTANCE) {
    const needed = 1 + (COLUMNS.find((column) => column.key === key)?.width ?? HISTORY_WIDTH);
    if (needed > rest) break;
    rest -= needed;
    kept.add(key);
  }
  const name = Math.max(Math.min(width, leastName), Math.min(leastName + rest, longestName));
  const history = kept.has("history") ? Math.min(SPAN, HISTORY_WIDTH + rest - (name - leastName)) : 0;
  return { name, columns: COLUMNS.filter(({ key }) => kept.has(key)), history };
}

const UNITS = ["", "K", "M", "G", "T", "P", "E"];

/** At most six characters: `-` for what is not known, `0`, `3.5`, `99999`, `123K`, `1.2M`; units are powers of 1000. */
export function figureText(value: number): string {
  if (Number.isNaN(value)) return "-";
  if (value < 99.95) return Number.isInteger(value) ? String(value) : value.toFixed(1);
  if (value < 99_999.5) return String(Math.round(value));
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${rest < 9.95 ? rest.toFixed(1) : Math.round(rest)}${UNITS[unit]}`;
}
