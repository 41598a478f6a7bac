import { wide } from "../model/rows.js";
import { COLUMN, forwardingOf, type ServerRows } from "../model/server-rows.js";
import { SERVICE_COLUMN } from "../model/service-list.js";
import type { ServiceRows } from "../model/service-rows.js";
import { STATS_FIELDS } from "../model/stats.js";
import type { Layout } from "../options/command.js";
import { BLANK, type ByteLines } from "./bytes.js";
import { exactNumber, largeNumber, SHORT } from "./numbers.js";
import { forwardingText, tunnelText } from "./server-columns.js";
import { writeServiceOptions } from "./service-line.js";

/** How one kind of listing looks. */
export interface Columns {
  /** The two title lines. `more`: blanks, as many as the first column is wider than usual. */
  title(more: string): string;
  /** Whether columns follow a service too, so that its text has to be padded as the address of a server is. */
  readonly figures?: true;
  /** Writes what follows a service's own text, such as `TCP  192.0.2.1:80`. */
  service(out: ByteLines, entry: ServiceRows, exact: boolean): void;
  /** Writes what follows a server's address, which is padded. */
  server(out: ByteLines, rows: ServerRows, row: number, exact: boolean): void;
}

const ADDRESS_TITLE = "Prot LocalAddress:Port";
const SERVER_TITLE = "  -> RemoteAddress:Port";

const options: Columns["service"] = (out, entry) => {
  out.byte(BLANK);
  writeServiceOptions(out, entry);
};

/** A blank and columns, which end in blanks, as in ipvsadm 1.31. A column is a number, or gives its text. */
function columns(...list: readonly (readonly [column: number | Written, width: number])[]): Columns["server"] {
  const last = list.length - 1;
  return (out, rows, row) => {
    const { words } = rows;
    const at = rows.at(row);
    out.byte(BLANK);
    out.beginField();
    for (let index = 0; index <= last; index++) {
      const [column, width] = list[index]!;
      if (typeof column === "number") out.number(words[at + column]!);
      else out.raw(column(rows, row));
      if (index < last) out.endField(width);
      else out.fillField(width);
    }
  };
}

type Written = (rows: ServerRows, row: number) => Uint8Array;

/** By the numbers of methods, which have three bits. */
const FORWARDING = Array.from({ length: 8 }, (_, number) => Buffer.from(forwardingText(forwardingOf(number))));
const forwarding = [
  (rows: ServerRows, row: number) => FORWARDING[rows.words[rows.at(row) + COLUMN.FORWARDING]!]!,
  7,
] as const;
const tunnel = [(rows: ServerRows, row: number) => Buffer.from(tunnelText(rows.server(row))), 13] as const;
const connections = [
  [COLUMN.ACTIVE_CONNECTIONS, 10],
  [COLUMN.INACTIVE_CONNECTIONS, 10],
] as const;

/**
 * Writes counters of nine characters, from one of STATS_FIELDS to another; dashes where the kernel sent no statistics.
 *
 * @param at where their row says whether it did
 */
function writeNumbers(out: ByteLines, words: Uint32Array, at: number, from: number, to: number, exact: boolean): void {
  for (let index = from; index < to; index++) {
    if (words[at] === 0) {
      out.text("        -");
      continue;
    }
    const value = wide(words, at + 1 + 2 * index);
    if (typeof value === "number" && value < SHORT) out.right(value, 9);
    else out.text(figure(exact)(BigInt(value)));
  }
}

/** The same for the counters of a server. */
function serverNumbers(out: ByteLines, rows: ServerRows, row: number, from: number, to: number, exact: boolean): void {
  writeNumbers(out, rows.words, rows.at(row) + COLUMN.HAS_STATS, from, to, exact);
}

/** The same for those of a service. */
function serviceNumbers(out: ByteLines, { list, row }: ServiceRows, from: number, to: number, exact: boolean): void {
  writeNumbers(out, list.words, list.at(row) + SERVICE_COLUMN.HAS_STATS, from, to, exact);
}

function figure(exact: boolean): (value: bigint) => string {
  return exact ? exactNumber : largeNumber;
}

/** The first of STATS_FIELDS are totals, the others rates. */
const TOTALS = 5;
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
    service: (out, entry, exact) => serviceNumbers(out, entry, 0, TOTALS, exact),
    server: (out, rows, row, exact) => serverNumbers(out, rows, row, 0, TOTALS, exact),
  },
  rate: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}                 CPS    InPPS   OutPPS    InBPS   OutBPS\n${SERVER_TITLE}\n`,
    figures: true,
    service: (out, entry, exact) => serviceNumbers(out, entry, TOTALS, STATS_FIELDS.length, exact),
    server: (out, rows, row, exact) => {
      serverNumbers(out, rows, row, TOTALS, BYTE_RATES, true);
      serverNumbers(out, rows, row, BYTE_RATES, STATS_FIELDS.length, exact);
    },
  },
};
