import type { Family } from "../model/address.js";
import { ADDRESS_WORDS } from "../model/rows.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import { DEST, replyTable } from "./attributes.js";
import { type Codec, be16 as networkOrder } from "./codec.js";
import { AF_INET, AF_INET6 } from "./constants.js";
import { copyCounters, counterPlaces } from "./counters.js";
import { decodeDestination, IP_VS_CONN_F_FWD_MASK } from "./destination.js";
import type { Layout } from "./layout.js";
import { Layouts } from "./layouts.js";
import { attributesOf, KIND_WORD, MESSAGE_WORDS, type Message, type MessageReader, SEQUENCE_WORD } from "./message.js";
import { FAMILY_NUMBERS } from "./service.js";
import { be16, be32, shiftOf } from "./words.js";
import { align } from "./writer.js";

/** The attributes that are numbers, and their columns. */
const NUMBERS = {
  PORT: COLUMN.PORT,
  FWD_METHOD: COLUMN.FORWARDING,
  WEIGHT: COLUMN.WEIGHT,
  TUN_TYPE: COLUMN.TUNNEL_TYPE,
  TUN_PORT: COLUMN.TUNNEL_PORT,
  TUN_FLAGS: COLUMN.TUNNEL_FLAGS,
  U_THRESH: COLUMN.UPPER_THRESHOLD,
  L_THRESH: COLUMN.LOWER_THRESHOLD,
  ACTIVE_CONNS: COLUMN.ACTIVE_CONNECTIONS,
  INACT_CONNS: COLUMN.INACTIVE_CONNECTIONS,
  PERSIST_CONNS: COLUMN.PERSISTENT_CONNECTIONS,
} as const satisfies Partial<Record<keyof (typeof DEST)["rows"], number>>;

/** A number in a message. */
interface NumberPlace {
  readonly place: number;
  readonly column: number;
  /** A port; otherwise the number is in host order. */
  readonly network: boolean;
  readonly shift: number;
  readonly mask: number;
}

/** What a message of a known shape is read with. Places are in words from its first attribute on. */
interface Places {
  readonly family: number | undefined;
  readonly address: number;
  /** The numbers that are there. */
  readonly numbers: readonly NumberPlace[];
  readonly counters: readonly number[];
}

/**
 * Reads the messages that answer IPVS_CMD_GET_DEST into rows. The first message of a shape is decoded by the tables, those after
 * it are read from the same places.
 */
export class ServerReader {
  readonly #table: ReturnType<typeof replyTable>;
  readonly #layouts: Layouts<Places | undefined>;

  /** @param stats whether counters are read, too */
  constructor(stats: boolean) {
    this.#table = replyTable(stats);
    this.#layouts = new Layouts(this.#table, placesOf);
  }

  /**
   * Adds the server of a message, if it has one, and those of the messages behind it that are alike. Throws DecodeError.
   *
   * @param serviceFamily the family of servers in replies of kernels before 3.18, which do not say it
   */
  read(rows: ServerRows, serviceFamily: Family, messages: MessageReader): void {
    const { words, first, end } = messages;
    const begin = first - MESSAGE_WORDS;
    const [kind, sequence] = [words[begin + KIND_WORD]!, words[begin + SEQUENCE_WORD]!];
    const read = this.readRun(rows, FAMILY_NUMBERS[serviceFamily], words, begin, end, kind, sequence);
    if (read === begin) this.#decode(rows, serviceFamily, messages);
    else messages.skip(read);
  }

  /** Whether there are shapes that need no tables. */
  get knowsShapes(): boolean {
    return this.#layouts.count > 0;
  }

  #decode(rows: ServerRows, serviceFamily: Family, message: Message): void {
    const { DEST } = this.#table.decode(...attributesOf(message));
    if (DEST === undefined) return;
    rows.append(decodeDestination(DEST, serviceFamily));
    this.#layouts.learn(message);
  }

  /**
   * Adds the servers of the messages between two words, as far as they are of known shapes. Returns the word at which it stopped,
   * where a message begins that is another one, or that only the tables know to complain about.
   *
   * @param serviceFamily AF_* as in `read`
   * @param kind type and flags of the messages, see kindOf
   * @param sequence number of the request that they answer
   */
  readRun(
    rows: ServerRows,
    serviceFamily: number,
    from: Uint32Array,
    begin: number,
    end: number,
    kind: number,
    sequence: number,
  ): number {
    let message = begin;
    while (message < end && from[message + KIND_WORD] === kind && from[message + SEQUENCE_WORD] === sequence) {
      const length = from[message]!;
      const next = message + (align(length) >> 2);
      if (next > end) break;
      const start = message + MESSAGE_WORDS;
      const places = this.#layouts.findAt(from, start, length - 4 * MESSAGE_WORDS);
      if (places === undefined) break;
      const { family: said, address, numbers, counters } = places;
      const family = said === undefined ? serviceFamily : (from[start + said]! >>> FAMILY_SHIFT) & 0xffff;
      if (family !== AF_INET && family !== AF_INET6) break;
      const at = rows.add();
      const { words } = rows;
      words[at + COLUMN.VERSION] = family === AF_INET ? 4 : 6;
      const parts = family === AF_INET ? 1 : ADDRESS_WORDS;
      for (let part = 0; part < parts; part++) {
        words[at + COLUMN.ADDRESS + part] = be32(from[start + address + part]!);
      }
      for (let index = 0; index < numbers.length; index++) {
        const { place, column, network, shift, mask } = numbers[index]!;
        const word = from[start + place]!;
        words[at + column] = network ? be16(word) : (word >>> shift) & mask;
      }
      copyCounters(counters, from, start, words, at + COLUMN.HAS_STATS);
      message = next;
    }
    return message;
  }
}

/** Absent for shapes that are left to the tables. */
function placesOf(layout: Layout): Places | undefined {
  const address = layout.place("DEST.ADDR");
  const counters = counterPlaces(layout, "DEST");
  if (address === undefined || counters === undefined) return undefined;
  const numbers = Object.entries(NUMBERS).flatMap(([name, column]) => {
    const place = layout.place(`DEST.${name}`);
    if (place === undefined) return [];
    const codec: Codec<number> = DEST.rows[name as keyof typeof NUMBERS][1];
    const mask = name === "FWD_METHOD" ? IP_VS_CONN_F_FWD_MASK : 2 ** (8 * codec.length!) - 1;
    return [{ place, column, network: codec === networkOrder, shift: shiftOf(codec), mask }];
  });
  return { family: layout.place("DEST.ADDR_FAMILY"), address, numbers, counters };
}

const FAMILY_SHIFT = shiftOf(DEST.rows.ADDR_FAMILY[1]);
