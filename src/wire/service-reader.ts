import { DecodeError } from "../errors.js";
import { IP_VS_SVC_F_HASHED } from "../model/service.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import type { LiveService } from "../model/table.js";
import { replyTable, SERVICE } from "./attributes.js";
import { cstring } from "./codec.js";
import { AF_INET, AF_INET6 } from "./constants.js";
import { copyCounters, counterPlaces } from "./counters.js";
import type { Layout } from "./layout.js";
import { Layouts } from "./layouts.js";
import { attributesOf, type Message, type MessageReader } from "./message.js";
import { decodeService } from "./service.js";
import { decodeStats } from "./stats.js";
import { be16, be32, shiftOf } from "./words.js";

/** The service of attributes that were decoded. Throws DecodeError where there is none. */
export function decodeLiveService(values: Parameters<typeof decodeService>[0] | undefined): LiveService {
  if (values === undefined) throw new DecodeError("IPVS_CMD_ATTR_SERVICE is missing");
  const service = decodeService(values);
  const stats = decodeStats(values);
  return stats === undefined ? { service } : { service, stats };
}

const PLACES = ["AF", "PROTOCOL", "ADDR", "PORT", "SCHED_NAME", "FLAGS", "TIMEOUT", "NETMASK"] as const;

/** Where the values of a service lie that is found by its address; in words from the first attribute on. */
interface Places extends Readonly<Record<(typeof PLACES)[number], number>> {
  readonly counters: readonly number[];
  readonly scheduler: LastName;
}

/** A name that came last, its words and its number: most services have the same scheduler. */
interface LastName {
  readonly words: Uint32Array;
  readonly length: number;
  number: number;
}

/**
 * Reads the messages that answer IPVS_CMD_GET_SERVICE into rows. The first message of a shape is decoded by the tables; those after
 * it are read from the same places, if they are of the most common kind: found by an address, and without a persistence engine.
 */
export class ServiceReader {
  readonly #list: ServiceList;
  readonly #table: ReturnType<typeof replyTable>;
  readonly #layouts: Layouts<Places | undefined>;

  /**
   * @param list gets the services
   * @param stats whether counters are read, too
   */
  constructor(list: ServiceList, stats: boolean) {
    this.#list = list;
    this.#table = replyTable(stats);
    this.#layouts = new Layouts(this.#table, placesOf);
  }

  /** Adds the service of a message, and those of the messages alike that come next. Throws DecodeError. */
  read(messages: MessageReader): void {
    do {
      const places = this.#layouts.find(messages);
      if (places === undefined || !readAt(places, this.#list, messages)) this.#decode(messages);
    } while (messages.nextAlike());
  }

  #decode(message: Message): void {
    this.#list.append(decodeLiveService(this.#table.decode(...attributesOf(message)).SERVICE));
    this.#layouts.learn(message);
  }
}

/** Absent for shapes that are left to the tables. */
function placesOf(layout: Layout): Places | undefined {
  const places = PLACES.map((name) => [name, layout.place(`SERVICE.${name}`)] as const);
  const counters = counterPlaces(layout, "SERVICE");
  const others = ["FWMARK", "PE_NAME"].some((name) => layout.place(`SERVICE.${name}`) !== undefined);
  if (counters === undefined || others || places.some(([, place]) => place === undefined)) return undefined;
  const length = layout.lengthOf("SERVICE.SCHED_NAME");
  return {
    ...(Object.fromEntries(places) as Record<(typeof PLACES)[number], number>),
    counters,
    scheduler: { words: new Uint32Array(Math.ceil(length / 4)), length, number: 0 },
  };
}

const SHORT = shiftOf(SERVICE.rows.AF[1]);

/** False for what only the tables know to complain about. */
function readAt(places: Places, list: ServiceList, message: Message): boolean {
  const { words: from, first: start } = message;
  const family = (from[start + places.AF]! >>> SHORT) & 0xffff;
  if (family !== AF_INET && family !== AF_INET6) return false;
  const scheduler = schedulerAt(places.scheduler, list, message, start + places.SCHED_NAME);
  const at = list.add();
  const { words } = list;
  const ipv4 = family === AF_INET;
  words[at + SERVICE_COLUMN.VERSION] = ipv4 ? 4 : 6;
  words[at + SERVICE_COLUMN.PROTOCOL] = (from[start + places.PROTOCOL]! >>> SHORT) & 0xffff;
  const parts = ipv4 ? 1 : 4;
  for (let part = 0; part < parts; part++) {
    words[at + SERVICE_COLUMN.ADDRESS + part] = be32(from[start + places.ADDR + part]!);
  }
  words[at + SERVICE_COLUMN.PORT] = be16(from[start + places.PORT]!);
  words[at + SERVICE_COLUMN.FLAGS] = from[start + places.FLAGS]! & ~IP_VS_SVC_F_HASHED;
  words[at + SERVICE_COLUMN.TIMEOUT] = from[start + places.TIMEOUT]!;
  const netmask = from[start + places.NETMASK]!;
  words[at + SERVICE_COLUMN.NETMASK] = ipv4 ? be32(netmask) : netmask;
  words[at + SERVICE_COLUMN.SCHEDULER] = scheduler;
  copyCounters(places.counters, from, start, words, at + SERVICE_COLUMN.HAS_STATS);
  return true;
}

function schedulerAt(last: LastName, list: ServiceList, { words, bytes }: Message, at: number): number {
  let same = last.number !== 0;
  for (let word = 0; word < last.words.length; word++) {
    if (last.words[word] === words[at + word]) continue;
    last.words[word] = words[at + word]!;
    same = false;
  }
  if (!same) last.number = list.numberOf(cstring.decode(bytes, 4 * at - bytes.byteOffset, last.length));
  return last.number;
}
