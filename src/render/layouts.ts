import { wide } from "../model/rows.js";
import { COLUMN, forwardingOf, type ServerRows } from "../model/server-rows.js";
import type { Service } from "../model/service.js";
import { STATS_FIELDS, type Stats } from "../model/stats.js";
import type { Layout } from "../options/command.js";
import type { ByteLines } from "./bytes.js";
import { exactNumber, largeNumber, SHORT } from "./numbers.js";
import { forwardingText, tunnelText } from "./server-columns.js";
import { serviceOptionsText } from "./service-line.js";

/** How one kind of listing looks. */
export interface Columns {
  /** The two title lines. `more`: blanks, as many as the first column is wider than usual. */
  title(more: string): string;
  /** Whether columns follow a service too, so that its text has to be padded as the address of a server is. */
  readonly figures?: true;
  /** A service line from the service's own text, such as `TCP  192.0.2.1:80`. */
  service(text: string, service: Service, stats: Stats | undefined, exact: boolean): string;
  /** Writes what follows a server's address, which is padded. */
  server(out: ByteLines, rows: ServerRows, row: number, exact: boolean): void;
}

const ADDRESS_TITLE = "Prot LocalAddress:Port";
const SERVER_TITLE = "  -> RemoteAddress:Port";

const options: Columns["service"] = (text, service) => `${text} ${serviceOptionsText(service)}`;

/** A blank and columns, which end in blanks, as in ipvsadm 1.31. A column is a number, or writes itself. */
function columns(...list: readonly (readonly [column: number | Written, width: number])[]): Columns["server"] {
  const last = list.length - 1;
  return (out, rows, row) => {
    const { words } = rows;
    const at = rows.at(row);
    out.text(" ");
    out.beginField();
    for (let index = 0; index <= last; index++) {
      const [column, width] = list[index]!;
      if (typeof column === "number") out.number(words[at + column]!);
      else out.text(column(rows, row));
      if (index < last) out.endField(width);
      else out.fillField(width);
    }
  };
}

type Written = (rows: ServerRows, row: number) => string;

const forwarding = [
  (rows: ServerRows, row: number) => forwardingText(forwardingOf(rows.words[rows.at(row) + COLUMN.FORWARDING]!)),
  7,
] as const;
const tunnel = [(rows: ServerRows, row: number) => tunnelText(rows.server(row)), 13] as const;
const connections = [
  [COLUMN.ACTIVE_CONNECTIONS, 10],
  [COLUMN.INACTIVE_CONNECTIONS, 10],
] as const;

/** Five counters of nine characters; dashes where the kernel sent no statistics. */
function numbers(stats: Stats | undefined, fields: readonly (keyof Stats)[], text: (value: bigint) => string): string {
  let line = "";
  for (const field of fields) line += stats === undefined ? "        -" : text(stats[field]);
  return line;
}

/** The same for the counters of a server, from one of STATS_FIELDS to another. */
function writeNumbers(out: ByteLines, rows: ServerRows, row: number, from: number, to: number, exact: boolean): void {
  const { words } = rows;
  const at = rows.at(row);
  for (let index = from; index < to; index++) {
    if (words[at + COLUMN.HAS_STATS] === 0) {
      out.text("        -");
      continue;
    }
    const value = wide(words, at + COLUMN.STATS + 2 * index);
    if (typeof value === "number" && value < SHORT) out.right(value, 9);
    else out.text(figure(exact)(BigInt(value)));
  }
}

function figure(exact: boolean): (value: bigint) => string {
  return exact ? exactNumber : largeNumber;
}

const TOTALS = STATS_FIELDS.slice(0, 5);
const RATES = STATS_FIELDS.slice(5);
/** Rates of connections and packets are always in full. */
const BYTE_RATES = 8;

/** Every layout of `-L`, as in ipvsadm 1.31 down to the trailing blanks. */
export const LAYOUTS: Readonly<Record<Layout, Columns>> = {
  normal: {
    title: (more) =>
      `${ADDRESS_TITLE} Scheduler Flags\n${SERVER_TITLE}${more}           Forward Weight ActiveConn InActConn\n`,
    service: options,
    server: columns(forwarding, [COLUMN.WEIGHT, 6], ...connections),
  },
  "tun-info": {
    title: (more) =>
      `${ADDRESS_TITLE} Scheduler Flags\n${SERVER_TITLE}${more}           Forward TunnelInfo    Weight ActiveConn InActConn\n`,
    service: options,
    server: columns(forwarding, tunnel, [COLUMN.WEIGHT, 6], ...connections),
  },
  thresholds: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Uthreshold Lthreshold ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: columns([COLUMN.UPPER_THRESHOLD, 10], [COLUMN.LOWER_THRESHOLD, 10], ...connections),
  },
  "persistent-conn": {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Weight    PersistConn ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: columns([COLUMN.WEIGHT, 9], [COLUMN.PERSISTENT_CONNECTIONS, 11], ...connections),
  },
  stats: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}               Conns   InPkts  OutPkts  InBytes OutBytes\n${SERVER_TITLE}\n`,
    figures: true,
    service: (text, _service, stats, exact) => text + numbers(stats, TOTALS, figure(exact)),
    server: (out, rows, row, exact) => writeNumbers(out, rows, row, 0, TOTALS.length, exact),
  },
  rate: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}                 CPS    InPPS   OutPPS    InBPS   OutBPS\n${SERVER_TITLE}\n`,
    figures: true,
    service: (text, _service, stats, exact) => text + numbers(stats, RATES, figure(exact)),
    server: (out, rows, row, exact) => {
      writeNumbers(out, rows, row, TOTALS.length, BYTE_RATES, true);
      writeNumbers(out, rows, row, BYTE_RATES, STATS_FIELDS.length, exact);
    },
  },
};
