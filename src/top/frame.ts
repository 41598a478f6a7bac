import { visibleLine } from "../program/visible.js";
import { COLUMNS, figureText, type Layout, layoutFor } from "./columns.js";
import { KEY_HELP, type State } from "./keys.js";
import { type Row, ServerRow, type ServiceRow } from "./model.js";
import { BLOCKS, SIGNS, sparkline } from "./sparkline.js";
import { type Grouping, historyRate, type View } from "./view.js";

/** Everything that a screen shows. */
export interface Frame {
  readonly services: readonly ServiceRow[];
  /** As the view arranges them. */
  readonly rows: readonly Row[];
  readonly state: State;
  readonly columns: number;
  readonly lines: number;
  /** `12:34:56`. */
  readonly time: string;
  /** Seconds. */
  readonly interval: number;
  /** Whether the terminal shows more than ASCII. */
  readonly unicode: boolean;
}

/** Lines above and below the rows. */
const HEAD = 3;
const FOOT = 1;

/** How many rows a screen of so many lines shows. */
export function pageOf(lines: number): number {
  return Math.max(0, lines - HEAD - FOOT);
}

/** Room for IPv4 addresses and ports: one, or that of a server and its service. */
const LEAST_NAME: Readonly<Record<Grouping, number>> = { tree: 24, services: 24, servers: 40 };

const HINTS = "q quit  left/right sort  r reverse  v view  / filter  space pause  h help";

const SGR = { bold: "\x1b[1m", dim: "\x1b[2m", reverse: "\x1b[7m", off: "\x1b[0m" } as const;

/** The lines of a screen, none wider than it, at most as many as it has. */
export function renderFrame(frame: Frame): string[] {
  const { rows, state, columns, lines } = frame;
  const page = pageOf(lines);
  const offset = Math.max(0, Math.min(state.offset, rows.length - page));
  const layout = layoutFor(columns, longestName(rows, state.view.grouping), LEAST_NAME[state.view.grouping]);
  const body = state.help
    ? helpLines(columns)
    : rows.slice(offset, offset + page).map((row) => rowLine(row, frame, layout));
  const all = [
    styled("bold", cut(summary(frame), columns)),
    cut(stateText(frame, offset, page), columns),
    styled("reverse", cut(titles(state.view, layout, frame.unicode), columns).padEnd(columns)),
    ...body.slice(0, page),
    ...Array<string>(Math.max(0, page - body.length)).fill(""),
    styled("dim", cut(HINTS, columns)),
  ];
  return all.slice(0, lines);
}

function summary({ services, time, interval }: Frame): string {
  const servers = services.reduce((sum, service) => sum + service.servers.length, 0);
  const total = (rate: keyof Row["rates"]) => {
    const known = services.map(({ rates }) => rates[rate]).filter((value) => !Number.isNaN(value));
    return figureText(
      known.length === 0 && services.length > 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0),
    );
  };
  return (
    `ipvsadm top  ${time}  every ${interval} s  ${services.length} services  ${servers} servers  ` +
    `${total("connections")} conn/s  in ${total("inPackets")} pkt/s ${total("inBytes")} B/s  ` +
    `out ${total("outPackets")} pkt/s ${total("outBytes")} B/s`
  );
}

function stateText({ rows, state }: Frame, offset: number, page: number): string {
  const { view, typing, paused } = state;
  const last = Math.min(offset + page, rows.length);
  const parts = [rows.length === 0 ? "no rows" : `rows ${offset + 1}-${last} of ${rows.length}`];
  if (paused) parts.push("paused");
  if (typing) parts.push(`filter: ${view.filter}_`);
  else if (view.filter !== "") parts.push(`filter: ${view.filter}`);
  return parts.join("  ");
}

/** The title of the column that rows are sorted by has an arrow, down for the largest first. */
function titles({ sort, reverse, grouping }: View, layout: Layout, unicode: boolean): string {
  const [down, up] = unicode ? ["↓", "↑"] : ["v", "^"];
  const arrow = (key: string) => (key === sort ? (reverse === (key === "name") ? down : up) : "");
  const name = { tree: "Service / server", services: "Service", servers: "Server, service" }[grouping];
  const figures = layout.columns.map(({ key, title, width }) => ` ${`${arrow(key)}${title}`.padStart(width)}`);
  return `${`${name}${arrow("name")}`.padEnd(layout.name)}${figures.join("")}${layout.history > 0 ? " History" : ""}`;
}

function rowLine(row: Row, { state, unicode, columns }: Frame, layout: Layout): string {
  const name = nameOf(row, state.view.grouping);
  const figures = layout.columns.map(({ figure, width }) => ` ${figureText(figure(row)).padStart(width)}`).join("");
  const values = row.history.last(historyRate(state.view), layout.history);
  const history = layout.history > 0 ? ` ${sparkline(values, unicode ? BLOCKS : SIGNS)}` : "";
  const line = cut(`${cut(name, layout.name).padEnd(layout.name)}${figures}${history}`, columns);
  if (row.weight === 0) return styled("dim", line);
  return state.view.grouping === "tree" && !(row instanceof ServerRow) ? styled("bold", line) : line;
}

function nameOf(row: Row, grouping: Grouping): string {
  if (!(row instanceof ServerRow) || grouping === "services") return row.label;
  return grouping === "tree" ? `  ${row.label}` : `${row.label}  ${row.service.label}`;
}

function longestName(rows: readonly Row[], grouping: Grouping): number {
  return rows.reduce((longest, row) => Math.max(longest, nameOf(row, grouping).length), 0);
}

function helpLines(columns: number): string[] {
  const width = Math.max(...KEY_HELP.map(([keys]) => keys.length));
  return ["", ...KEY_HELP.map(([keys, meaning]) => cut(`  ${keys.padEnd(width)}  ${meaning}`, columns))];
}

/** Foreign text cannot steer the terminal: all that is on the screen comes by here. */
function cut(text: string, width: number): string {
  return visibleLine(text).slice(0, width);
}

function styled(style: keyof typeof SGR, text: string): string {
  return `${SGR[style]}${text}${SGR.off}`;
}

/** A listing of all rows for pipes and files: every column in full, no history. */
export function* renderOnce(rows: readonly Row[], view: View): Generator<string> {
  const name = Math.max(longestName(rows, view.grouping), 16);
  const layout: Layout = { name, columns: COLUMNS, history: 0 };
  yield `${titles(view, layout, false)}\n`;
  for (const row of rows) {
    const figures = COLUMNS.map(({ figure, width }) => ` ${figureText(figure(row)).padStart(width)}`).join("");
    yield `${nameOf(row, view.grouping).padEnd(name)}${figures}\n`;
  }
}
