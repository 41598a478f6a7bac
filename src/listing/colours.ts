import { COLUMN, type ServerRows } from "../model/server-rows.js";
import type { ServiceRows } from "../model/service-rows.js";
import type { ListServices } from "../options/command.js";
import { visible } from "../program/visible.js";

/** The colours of what takes no new connections, as terminals are told them (ECMA-48, "select graphic rendition"). */
const COLOURS = { weightless: "33", full: "35", "without servers": "31" } as const;
type Mark = keyof typeof COLOURS;

/** Lines of titles: with the version line, which a listing of one service does not have. */
const TITLES = { one: 2, all: 3 } as const;

/**
 * A listing with colours, in pieces that may be written as they are: control characters in names are escaped.
 *
 * @param parts the table as it is listed
 * @param text lists a table: titles, then a line for each service and each of its servers
 */
export async function* colouredServices(
  list: Pick<ListServices, "service">,
  parts: AsyncIterable<readonly ServiceRows[]>,
  text: (parts: AsyncIterable<readonly ServiceRows[]>) => Promise<AsyncIterable<string | Uint8Array>>,
): AsyncGenerator<string, void, undefined> {
  // How the lines that are still to come are marked; the table is read ahead of its text.
  const marks: (Mark | undefined)[] = new Array(list.service === undefined ? TITLES.all : TITLES.one).fill(undefined);
  async function* noted(): AsyncGenerator<readonly ServiceRows[]> {
    for await (const part of parts) {
      for (const { rows, order } of part) {
        marks.push(order.length === 0 ? "without servers" : undefined);
        for (const row of order) marks.push(markOf(rows, row));
      }
      yield part;
    }
  }
  for await (const piece of await text(noted())) {
    const lines = (typeof piece === "string" ? piece : Buffer.from(piece).toString("latin1")).split("\n").slice(0, -1);
    const marked = marks.splice(0, lines.length);
    yield lines.map((line, index) => `${coloured(visible(line), marked[index])}\n`).join("");
  }
}

function markOf(rows: ServerRows, row: number): Mark | undefined {
  const value = (column: number) => rows.words[rows.at(row) + column]!;
  if (value(COLUMN.WEIGHT) === 0) return "weightless";
  const limit = value(COLUMN.UPPER_THRESHOLD);
  const connections = value(COLUMN.ACTIVE_CONNECTIONS) + value(COLUMN.INACTIVE_CONNECTIONS);
  return limit > 0 && connections >= limit ? "full" : undefined;
}

function coloured(line: string, mark: Mark | undefined): string {
  return mark === undefined ? line : `\u001b[${COLOURS[mark]}m${line}\u001b[0m`;
}
