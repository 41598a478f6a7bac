import { wide } from "../model/rows.js";
import { COLUMN, forwardingOf, type ServerRows } from "../model/server-rows.js";
import { SERVICE_COLUMN } from "../model/service-list.js";
import type { ServiceRows } from "../model/service-rows.js";
import { STATS_FIELDS } from "../model/stats.js";
import type { Layout } from "../options/command.js";
import { ascii, BLANK, type ByteLines, putBlanks, putBytes, putNumber, putRight } from "./bytes.js";
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
  /** Puts what follows a server's address, which is padded, to a place that has room for MOST_BYTES. Returns where it ends. */
  server(bytes: Uint8Array, at: number, rows: ServerRows, row: number, exact: boolean): number;
}

/** More than any columns take. */
export const MOST_BYTES = 256;

const ADDRESS_TITLE = "Prot LocalAddress:Port";
const SERVER_TITLE = "  -> RemoteAddress:Port";

const options: Columns["service"] = (out, entry) => {
  out.byte(BLANK);
  writeServiceOptions(out, entry);
};

/** A column of a server: a number, or the text that stands for it. */
interface Column {
  readonly column: number;
  readonly width: number;
  readonly text?: (rows: ServerRows, row: number) => Uint8Array;
}

/** Blanks and columns, which end in blanks, as in ipvsadm 1.31. */
function columns(...list: readonly Column[]): Columns["server"] {
  return (bytes, at, rows, row) => putColumns(list, bytes, at, rows, row);
}

/** By itself, as the executable keeps only functions with names from JavaScriptCore's third compiler. */
function putColumns(list: readonly Column[], bytes: Uint8Array, start: number, rows: ServerRows, row: number): number {
  const { words } = rows;
  const at = rows.at(row);
  let end = start;
  for (let index = 0; index < list.length; index++) {
    const { column, width, text } = list[index]!;
    bytes[end++] = BLANK;
    const until = end + width;
    if (text === undefined) end = putNumber(bytes, end, words[at + column]!);
    else end = putBytes(bytes, end, text(rows, row));
    end = putBlanks(bytes, end, until);
  }
  return end;
}

const number = (column: number, width: number): Column => ({ column, width });
/** By the numbers of methods, which have three bits. */
const FORWARDING = Array.from({ length: 8 }, (_, method) => ascii(forwardingText(forwardingOf(method))));
const forwarding: Column = {
  column: COLUMN.FORWARDING,
  width: 7,
  text: (rows, row) => FORWARDING[rows.words[rows.at(row) + COLUMN.FORWARDING]!]!,
};
const tunnel: Column = {
  column: COLUMN.TUNNEL_TYPE,
  width: 13,
  text: (rows, row) => Buffer.from(tunnelText(rows.server(row))),
};
const weight = (width: number): Column => number(COLUMN.WEIGHT, width);
const connections = [number(COLUMN.ACTIVE_CONNECTIONS, 10), number(COLUMN.INACTIVE_CONNECTIONS, 10)];

const DASHES = ascii("        -");

/**
 * Puts counters of nine characters, from one of STATS_FIELDS to another; dashes where the kernel sent no statistics.
 *
 * @param from where their row says whether it did
 */
function putCounters(
  bytes: Uint8Array,
  at: number,
  words: Uint32Array,
  from: number,
  first: number,
  last: number,
  exact: boolean,
): number {
  let end = at;
  for (let index = first; index < last; index++) {
    const value = words[from] === 0 ? undefined : wide(words, from + 1 + 2 * index);
    if (typeof value === "number" && value < SHORT) end = putRight(bytes, end, value, 9);
    else {
      const text = value === undefined ? DASHES : Buffer.from(figure(exact)(BigInt(value)));
      end = putBytes(bytes, end, text);
    }
  }
  return end;
}

/** Writes those of a service. */
function writeCounters(out: ByteLines, { list, row }: ServiceRows, first: number, last: number, exact: boolean): void {
  const bytes = out.room(MOST_BYTES);
  const from = list.at(row) + SERVICE_COLUMN.HAS_STATS;
  out.end(putCounters(bytes, out.length, list.words, from, first, last, exact));
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
    server: columns(forwarding, weight(6), ...connections),
  },
  "tun-info": {
    title: (more) =>
      `${ADDRESS_TITLE} Scheduler Flags\n${SERVER_TITLE}${more}           Forward TunnelInfo    Weight ActiveConn InActConn\n`,
    service: options,
    server: columns(forwarding, tunnel, weight(6), ...connections),
  },
  thresholds: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Uthreshold Lthreshold ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: columns(number(COLUMN.UPPER_THRESHOLD, 10), number(COLUMN.LOWER_THRESHOLD, 10), ...connections),
  },
  "persistent-conn": {
    title: (more) =>
      `${ADDRESS_TITLE}${more}            Weight    PersistConn ActiveConn InActConn \n${SERVER_TITLE}\n`,
    service: options,
    server: columns(weight(9), number(COLUMN.PERSISTENT_CONNECTIONS, 11), ...connections),
  },
  stats: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}               Conns   InPkts  OutPkts  InBytes OutBytes\n${SERVER_TITLE}\n`,
    figures: true,
    service: (out, entry, exact) => writeCounters(out, entry, 0, TOTALS, exact),
    server: (bytes, at, rows, row, exact) =>
      putCounters(bytes, at, rows.words, rows.at(row) + COLUMN.HAS_STATS, 0, TOTALS, exact),
  },
  rate: {
    title: (more) =>
      `${ADDRESS_TITLE}${more}                 CPS    InPPS   OutPPS    InBPS   OutBPS\n${SERVER_TITLE}\n`,
    figures: true,
    service: (out, entry, exact) => writeCounters(out, entry, TOTALS, STATS_FIELDS.length, exact),
    server: (bytes, at, rows, row, exact) => {
      const { words } = rows;
      const from = rows.at(row) + COLUMN.HAS_STATS;
      const end = putCounters(bytes, at, words, from, TOTALS, BYTE_RATES, true);
      return putCounters(bytes, end, words, from, BYTE_RATES, STATS_FIELDS.length, exact);
    },
  },
};
