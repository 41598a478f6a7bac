import type { Family } from "../model/address.js";
import { COLUMN, type ServerRows } from "../model/server-rows.js";
import { DEST, replyTable } from "./attributes.js";
import { type Codec, be16 as networkOrder } from "./codec.js";
import { AF_INET, AF_INET6 } from "./constants.js";
import { copyCounters, counterPlaces } from "./counters.js";
import { decodeDestination, IP_VS_CONN_F_FWD_MASK } from "./destination.js";
import type { Layout } from "./layout.js";
import { Layouts } from "./layouts.js";
import { attributesOf, type Message, type MessageReader } from "./message.js";
import { FAMILY_NUMBERS } from "./service.js";
import { be16, be32, shiftOf } from "./words.js";

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
   * Adds the server of a message, if it has one, and those of the messages alike that come next. Throws DecodeError.
   *
   * @param serviceFamily the family of servers in replies of kernels before 3.18, which do not say it
   */
  read(rows: ServerRows, serviceFamily: Family, messages: MessageReader): void {
    do {
      const places = this.#layouts.find(messages);
      if (places === undefined || !readAt(places, rows, serviceFamily, messages)) {
        this.#decode(rows, serviceFamily, messages);
      }
    } while (messages.nextAlike());
  }

  #decode(rows: ServerRows, serviceFamily: Family, message: Message): void {
    const { DEST } = this.#table.decode(...attributesOf(message));
    if (DEST === undefined) return;
    rows.append(decodeDestination(DEST, serviceFamily));
    this.#layouts.learn(message);
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

/** False for what only the tables know to complain about. */
function readAt(
  { family, address, numbers, counters }: Places,
  rows: ServerRows,
  serviceFamily: Family,
  message: Message,
): boolean {
  const { words: from, first: start } = message;
  const number =
    family === undefined ? FAMILY_NUMBERS[serviceFamily] : (from[start + family]! >>> FAMILY_SHIFT) & 0xffff;
  if (number !== AF_INET && number !== AF_INET6) return false;
  const at = rows.add();
  const { words } = rows;
  words[at + COLUMN.VERSION] = number === AF_INET ? 4 : 6;
  const parts = number === AF_INET ? 1 : 4;
  for (let part = 0; part < parts; part++) {
    words[at + COLUMN.ADDRESS + part] = be32(from[start + address + part]!);
  }
  for (let index = 0; index < numbers.length; index++) {
    const { place, column, network, shift, mask } = numbers[index]!;
    const word = from[start + place]!;
    words[at + column] = network ? be16(word) : (word >>> shift) & mask;
  }
  copyCounters(counters, from, start, words, at + COLUMN.HAS_STATS);
  return true;
}

const FAMILY_SHIFT = shiftOf(DEST.rows.ADDR_FAMILY[1]);
