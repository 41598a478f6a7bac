import type { Address } from "./address.js";
import {
  type Destination,
  FORWARDING_NUMBERS,
  type ForwardingMethod,
  PLAIN_TUNNEL,
  TUNNEL_NUMBERS,
} from "./destination.js";
import { numbered } from "./named.js";
import { addressOf, compareRows, Rows, STATS_WORDS, statsOf, writeAddressWords, writeStatsWords } from "./rows.js";
import type { DestinationState, LiveDestination } from "./table.js";

/** The columns of a row. An IPv4 address is the first of its four words, which are numbers in the order of addresses. */
export const COLUMN = {
  /** 4 or 6. */
  VERSION: 0,
  ADDRESS: 1,
  PORT: 5,
  FORWARDING: 6,
  WEIGHT: 7,
  TUNNEL_TYPE: 8,
  TUNNEL_PORT: 9,
  TUNNEL_FLAGS: 10,
  UPPER_THRESHOLD: 11,
  LOWER_THRESHOLD: 12,
  ACTIVE_CONNECTIONS: 13,
  INACTIVE_CONNECTIONS: 14,
  PERSISTENT_CONNECTIONS: 15,
  /** 1 where the kernel sent counters and the reader asked for them; then they come. */
  HAS_STATS: 16,
  STATS: 17,
} as const;

const WIDTH = COLUMN.HAS_STATS + STATS_WORDS;

/** The columns that are what they are in objects, too. */
const PLAIN = [
  ["weight", COLUMN.WEIGHT],
  ["upperThreshold", COLUMN.UPPER_THRESHOLD],
  ["lowerThreshold", COLUMN.LOWER_THRESHOLD],
  ["activeConnections", COLUMN.ACTIVE_CONNECTIONS],
  ["inactiveConnections", COLUMN.INACTIVE_CONNECTIONS],
  ["persistentConnections", COLUMN.PERSISTENT_CONNECTIONS],
] as const;

/** The method of a number in the column FORWARDING. */
export const forwardingOf = (number: number): ForwardingMethod => FORWARDING_METHODS[number] ?? number;

const FORWARDING_METHODS = Object.keys(FORWARDING_NUMBERS) as (keyof typeof FORWARDING_NUMBERS)[];
const TUNNEL_TYPES = Object.keys(TUNNEL_NUMBERS) as (keyof typeof TUNNEL_NUMBERS)[];

/** Servers as rows of numbers: a listing of a hundred thousand makes no object for any of them. */
export class ServerRows extends Rows {
  /**
   * @param capacity rows to begin with
   * @param stats whether there is room for counters, which take more than half of a row; without it they are left out
   */
  constructor(capacity = 16, stats = true) {
    super(stats ? WIDTH : COLUMN.HAS_STATS + 1, capacity);
  }

  /** The same servers as rows. */
  static of(servers: Iterable<Destination | LiveDestination>): ServerRows {
    const rows = new ServerRows();
    for (const server of servers) rows.append(server);
    return rows;
  }

  /** Adds a server; live figures that are absent are 0. */
  append(server: Destination & Partial<DestinationState>): void {
    const at = this.store.add();
    const { words } = this;
    const { address, port, forwarding, tunnel = PLAIN_TUNNEL, stats } = server;
    words[at + COLUMN.VERSION] = writeAddressWords(words, at + COLUMN.ADDRESS, address);
    words[at + COLUMN.PORT] = port;
    words[at + COLUMN.FORWARDING] = numbered(forwarding, FORWARDING_NUMBERS);
    words[at + COLUMN.TUNNEL_TYPE] = numbered(tunnel.type, TUNNEL_NUMBERS);
    words[at + COLUMN.TUNNEL_PORT] = tunnel.port;
    words[at + COLUMN.TUNNEL_FLAGS] = tunnel.flags;
    for (const [field, column] of PLAIN) words[at + column] = server[field] ?? 0;
    if (stats !== undefined && this.store.width === WIDTH) writeStatsWords(words, at + COLUMN.HAS_STATS, stats);
  }

  /** The server of a row. */
  server(row: number): LiveDestination {
    const { words } = this;
    const at = this.at(row);
    const forwarding = words[at + COLUMN.FORWARDING]!;
    const type = words[at + COLUMN.TUNNEL_TYPE]!;
    const port = words[at + COLUMN.TUNNEL_PORT]!;
    const flags = words[at + COLUMN.TUNNEL_FLAGS]!;
    const server = {
      address: this.address(row),
      port: words[at + COLUMN.PORT]!,
      forwarding: forwardingOf(forwarding),
      weight: words[at + COLUMN.WEIGHT]!,
      upperThreshold: words[at + COLUMN.UPPER_THRESHOLD]!,
      lowerThreshold: words[at + COLUMN.LOWER_THRESHOLD]!,
      activeConnections: words[at + COLUMN.ACTIVE_CONNECTIONS]!,
      inactiveConnections: words[at + COLUMN.INACTIVE_CONNECTIONS]!,
      persistentConnections: words[at + COLUMN.PERSISTENT_CONNECTIONS]!,
    };
    const stats = statsOf(words, at + COLUMN.HAS_STATS);
    const plain = type === 0 && port === 0 && flags === 0;
    if (plain && stats === undefined) return server;
    const tunnel = plain ? undefined : { type: TUNNEL_TYPES[type] ?? type, port, flags };
    return { ...server, ...(tunnel && { tunnel }), ...(stats && { stats }) };
  }

  /** The address of a row's server. */
  address(row: number): Address {
    const at = this.at(row);
    return addressOf(this.words, at + COLUMN.ADDRESS, this.words[at + COLUMN.VERSION]!);
  }

  /** The rows from one to another, as they came. */
  between(from: number, to: number): number[] {
    const rows: number[] = [];
    for (let row = from; row < to; row++) rows.push(row);
    return rows;
  }

  /** Brings rows into the order of listings: by address and port, as compareDestinations has it. */
  sort(rows: number[]): void {
    // Most services have few servers, for which this takes less than a call of sort().
    if (rows.length > 32) rows.sort((a, b) => this.#compare(a, b));
    else {
      // The kernel lists the newest first, and most tables are made in order.
      rows.reverse();
      for (let index = 1; index < rows.length; index++) {
        const row = rows[index]!;
        let place = index;
        for (; place > 0 && this.#compare(rows[place - 1]!, row) > 0; place--) rows[place] = rows[place - 1]!;
        rows[place] = row;
      }
    }
  }

  /** The columns up to the port are in the order in which they count. */
  #compare(a: number, b: number): number {
    return compareRows(this.store, a, b, COLUMN.VERSION, COLUMN.PORT);
  }
}
