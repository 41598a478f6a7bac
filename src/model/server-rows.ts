import { ADDRESS_LENGTH, type Address, addressBytes, addressFromBytes, dotted, familyOf } from "./address.js";
import {
  type Destination,
  FORWARDING_NUMBERS,
  type ForwardingMethod,
  PLAIN_TUNNEL,
  TUNNEL_NUMBERS,
} from "./destination.js";
import { numbered } from "./named.js";
import type { Service } from "./service.js";
import { STATS_FIELDS, type Stats } from "./stats.js";
import type { DestinationState, LiveDestination, TableEntry } from "./table.js";

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
  /** 1 where the kernel sent counters and the reader asked for them. */
  HAS_STATS: 16,
  /** Two words for each of STATS_FIELDS, the low one first. */
  STATS: 17,
} as const;

const WORDS = COLUMN.STATS + 2 * STATS_FIELDS.length;
const TWO_TO_32 = 0x1_0000_0000;
/** Least high word with which a number is not exact any more. */
const INEXACT = 0x20_0000;

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
export class ServerRows {
  #words: Uint32Array;
  #count = 0;

  /** @param capacity rows to begin with; more are found when needed */
  constructor(capacity = 64) {
    this.#words = new Uint32Array(capacity * WORDS);
  }

  /** The same servers as rows. */
  static of(servers: Iterable<Destination | LiveDestination>): ServerRows {
    const rows = new ServerRows();
    for (const server of servers) rows.append(server);
    return rows;
  }

  get count(): number {
    return this.#count;
  }

  /** All rows in one list; another one after rows were added. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Where a row begins in `words`. */
  at(row: number): number {
    return row * WORDS;
  }

  /** Adds a row of zeros and returns where it begins. */
  add(): number {
    const at = this.#count++ * WORDS;
    if (at === this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    return at;
  }

  /** Forgets the rows from one on. */
  truncate(count: number): void {
    this.#words.fill(0, count * WORDS, this.#count * WORDS);
    this.#count = count;
  }

  /** Adds a server; live figures that are absent are 0. */
  append(server: Destination & Partial<DestinationState>): void {
    const at = this.add();
    const words = this.#words;
    const { address, port, forwarding, tunnel = PLAIN_TUNNEL, stats } = server;
    words[at + COLUMN.VERSION] = familyOf(address) === "ipv6" ? 6 : 4;
    const bytes = addressBytes(address);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let word = 0; word < bytes.length / 4; word++) words[at + COLUMN.ADDRESS + word] = view.getUint32(4 * word);
    words[at + COLUMN.PORT] = port;
    words[at + COLUMN.FORWARDING] = numbered(forwarding, FORWARDING_NUMBERS);
    words[at + COLUMN.TUNNEL_TYPE] = numbered(tunnel.type, TUNNEL_NUMBERS);
    words[at + COLUMN.TUNNEL_PORT] = tunnel.port;
    words[at + COLUMN.TUNNEL_FLAGS] = tunnel.flags;
    for (const [field, column] of PLAIN) words[at + column] = server[field] ?? 0;
    if (stats === undefined) return;
    words[at + COLUMN.HAS_STATS] = 1;
    STATS_FIELDS.forEach((field, index) => {
      words[at + COLUMN.STATS + 2 * index] = Number(stats[field] & 0xffffffffn);
      words[at + COLUMN.STATS + 2 * index + 1] = Number(stats[field] >> 32n);
    });
  }

  /** The server of a row. */
  server(row: number): LiveDestination {
    const words = this.#words;
    const at = row * WORDS;
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
    const stats = this.#stats(at);
    const plain = type === 0 && port === 0 && flags === 0;
    if (plain && stats === undefined) return server;
    const tunnel = plain ? undefined : { type: TUNNEL_TYPES[type] ?? type, port, flags };
    return { ...server, ...(tunnel && { tunnel }), ...(stats && { stats }) };
  }

  /** The address of a row's server. */
  address(row: number): Address {
    const at = row * WORDS + COLUMN.ADDRESS;
    const words = this.#words;
    if (words[row * WORDS + COLUMN.VERSION] === 6) {
      const bytes = new Uint8Array(ADDRESS_LENGTH.ipv6);
      const view = new DataView(bytes.buffer);
      for (let word = 0; word < 4; word++) view.setUint32(4 * word, words[at + word]!);
      return addressFromBytes("ipv6", bytes);
    }
    return dotted(words[at]!);
  }

  #stats(at: number): Stats | undefined {
    if (this.#words[at + COLUMN.HAS_STATS] === 0) return undefined;
    const value = (index: number) => BigInt(wide(this.#words, at + COLUMN.STATS + 2 * index));
    return {
      connections: value(0),
      inPackets: value(1),
      outPackets: value(2),
      inBytes: value(3),
      outBytes: value(4),
      connectionRate: value(5),
      inPacketRate: value(6),
      outPacketRate: value(7),
      inByteRate: value(8),
      outByteRate: value(9),
    };
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
      for (let index = 1; index < rows.length; index++) {
        const row = rows[index]!;
        let place = index;
        for (; place > 0 && this.#compare(rows[place - 1]!, row) > 0; place--) rows[place] = rows[place - 1]!;
        rows[place] = row;
      }
    }
  }

  #compare(a: number, b: number): number {
    const words = this.#words;
    // The columns up to the port are in the order in which they count.
    for (let column = COLUMN.VERSION; column <= COLUMN.PORT; column++) {
      const difference = words[a * WORDS + column]! - words[b * WORDS + column]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** A service whose servers are rows of a list. */
export interface ServiceRows {
  readonly service: Service;
  /** Counters of the service; absent when the reader did not ask for statistics. */
  readonly stats?: Stats;
  readonly rows: ServerRows;
  /** Which of them are its servers, in order. */
  readonly order: number[];
}

/** The same with objects for the servers. */
export function withServers({ service, stats, rows, order }: ServiceRows): TableEntry<LiveDestination> {
  const destinations = order.map((row) => rows.server(row));
  return stats === undefined ? { service, destinations } : { service, stats, destinations };
}

/** The same with rows for the servers. */
export function withRows({ service, stats, destinations }: TableEntry<Destination | LiveDestination>): ServiceRows {
  const rows = ServerRows.of(destinations);
  const order = rows.between(0, rows.count);
  return stats === undefined ? { service, rows, order } : { service, stats, rows, order };
}

/** A counter of two words, the low one first: a number where that is exact. */
export function wide(words: Uint32Array, at: number): number | bigint {
  const high = words[at + 1]!;
  if (high === 0) return words[at]!;
  return high < INEXACT ? high * TWO_TO_32 + words[at]! : (BigInt(high) << 32n) | BigInt(words[at]!);
}
