import { DecodeError } from "../errors.js";
import { dotted } from "../model/address.js";
import { FULL_NETMASK, IP_VS_SVC_F_HASHED, type Service } from "../model/service.js";
import type { LiveService } from "../model/table.js";
import { replyTable, SERVICE } from "./attributes.js";
import { cstring } from "./codec.js";
import { AF_INET } from "./constants.js";
import type { Layout } from "./layout.js";
import { Layouts } from "./layouts.js";
import { attributesOf, firstAttribute, type Message } from "./message.js";
import { decodeService, PROTOCOLS } from "./service.js";
import { decodeStats } from "./stats.js";
import { be16, be32, shiftOf } from "./words.js";

/** The service of attributes that were decoded. Throws DecodeError where there is none. */
export function decodeLiveService(values: Parameters<typeof decodeService>[0] | undefined): LiveService {
  if (values === undefined) throw new DecodeError("IPVS_CMD_ATTR_SERVICE is missing");
  const service = decodeService(values);
  const stats = decodeStats(values);
  return stats === undefined ? { service } : { service, stats };
}

/** Where the values of a service lie that is found by an IPv4 address; in words from the first attribute on. */
interface Places {
  readonly family: number;
  readonly protocol: number;
  readonly address: number;
  readonly port: number;
  readonly scheduler: number;
  readonly flags: number;
  readonly timeout: number;
  readonly netmask: number;
  /** The words of the name of the scheduler that came last, and its text: most services have the same. */
  readonly words: Uint32Array;
  readonly length: number;
  name: string;
}

/**
 * Reads the messages that answer IPVS_CMD_GET_SERVICE. The first message of a shape is decoded by the tables; those after it are
 * read from the same places, if they are of the most common kind: found by an IPv4 address, without a persistence engine, and
 * read without counters.
 */
export class ServiceReader {
  readonly #table: ReturnType<typeof replyTable>;
  readonly #layouts: Layouts<Places | undefined>;

  /** @param stats whether counters are read, too */
  constructor(stats: boolean) {
    this.#table = replyTable(stats);
    this.#layouts = new Layouts(this.#table, placesOf);
  }

  /** The service of a message. Throws DecodeError. */
  read(message: Message): LiveService {
    const places = this.#layouts.find(message);
    const service = places && readAt(places, message);
    if (service !== undefined) return { service };
    const entry = decodeLiveService(this.#table.decode(...attributesOf(message)).SERVICE);
    this.#layouts.learn(message);
    return entry;
  }
}

const NUMBERS = ["AF", "PROTOCOL", "ADDR", "PORT", "SCHED_NAME", "FLAGS", "TIMEOUT", "NETMASK"] as const;
const OTHERS = ["FWMARK", "PE_NAME", "STATS", "STATS64"] as const;

/** Absent for shapes that are left to the tables. */
function placesOf(layout: Layout): Places | undefined {
  const at = (name: string) => layout.place(`SERVICE.${name}`);
  if (NUMBERS.some((name) => at(name) === undefined) || OTHERS.some((name) => at(name) !== undefined)) return undefined;
  const [family, protocol, address, port, scheduler, flags, timeout, netmask] = NUMBERS.map(at) as number[];
  const length = layout.lengthOf("SERVICE.SCHED_NAME");
  return {
    family: family!,
    protocol: protocol!,
    address: address!,
    port: port!,
    scheduler: scheduler!,
    flags: flags!,
    timeout: timeout!,
    netmask: netmask!,
    words: new Uint32Array(Math.ceil(length / 4)),
    length,
    name: "",
  };
}

const SHORT = shiftOf(SERVICE.rows.AF[1]);

/** Absent for a service of IPv6. */
function readAt(places: Places, message: Message): Service | undefined {
  const { words } = message;
  const start = firstAttribute(message);
  if (((words[start + places.family]! >>> SHORT) & 0xffff) !== AF_INET) return undefined;
  const protocol = (words[start + places.protocol]! >>> SHORT) & 0xffff;
  const netmask = be32(words[start + places.netmask]!);
  return {
    protocol: PROTOCOLS.get(protocol) ?? protocol,
    address: dotted(be32(words[start + places.address]!)),
    port: be16(words[start + places.port]!),
    scheduler: schedulerAt(places, message, start + places.scheduler),
    flags: (words[start + places.flags]! & ~IP_VS_SVC_F_HASHED) >>> 0,
    timeout: words[start + places.timeout]!,
    netmask: netmask === 0xffffffff ? FULL_NETMASK.ipv4 : dotted(netmask),
  };
}

function schedulerAt(places: Places, { words, bytes }: Message, at: number): string {
  const last = places.words;
  let same = true;
  for (let word = 0; word < last.length; word++) {
    if (last[word] === words[at + word]) continue;
    last[word] = words[at + word]!;
    same = false;
  }
  if (!same) places.name = cstring.decode(bytes, 4 * at - bytes.byteOffset, places.length);
  return places.name;
}
