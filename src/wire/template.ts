import { ipv4Number } from "../model/address.js";
import { type Destination, FORWARDING_NUMBERS } from "../model/destination.js";
import { numbered } from "../model/named.js";
import { protocolNumber, type VirtualAddress } from "../model/service.js";
import { COMMAND } from "./attributes.js";
import type { Values } from "./codec.js";
import { Layout } from "./layout.js";
import { hostShort, networkLong, networkShort } from "./words.js";
import { Writer } from "./writer.js";

/** Requests that go through the tables before a template is made, which costs as much as some of them. */
const BEFORE_TEMPLATE = 16;

/**
 * Attributes of requests of one shape: the tables have encoded one, and the others differ from it in a few numbers, which are
 * put in their places. For services with an IPv4 address and servers of IPv4 without a tunnel, as nearly all of a large table are.
 */
export class Template {
  readonly #sample: () => Values<(typeof COMMAND)["rows"]>;
  #uses = 0;
  #made: Places | undefined;

  /** @param sample what the tables encode for such a service, and such a server if there is one */
  constructor(sample: () => Values<(typeof COMMAND)["rows"]>) {
    this.#sample = sample;
  }

  /**
   * Appends the attributes of a request about a service. False, and nothing is written, where the tables have to do it.
   *
   * @param flags of the service, whose netmask and names are those of the sample
   */
  writeService(out: Writer, key: VirtualAddress, flags: number, timeout: number): boolean {
    const made = this.#placed(key);
    if (made === undefined) return false;
    made.words[made.service.FLAGS] = flags;
    made.words[made.service.TIMEOUT] = timeout;
    out.raw(made.bytes);
    return true;
  }

  /**
   * The same for a request about one of its servers.
   *
   * @param server with an IPv4 address and without a tunnel
   */
  writeServer(out: Writer, key: VirtualAddress, server: Destination): boolean {
    const made = this.#placed(key);
    if (made === undefined) return false;
    const { bytes, words, dest } = made;
    words[dest.ADDR] = networkLong(ipv4Number(server.address));
    words[dest.PORT] = networkShort(server.port);
    words[dest.FWD_METHOD] = numbered(server.forwarding, FORWARDING_NUMBERS);
    words[dest.WEIGHT] = server.weight;
    words[dest.U_THRESH] = server.upperThreshold;
    words[dest.L_THRESH] = server.lowerThreshold;
    out.raw(bytes);
    return true;
  }

  /** The sample with the key of a service that has an IPv4 address. */
  #placed({ protocol, address, port }: VirtualAddress): Places | undefined {
    if (this.#made === undefined) {
      if (++this.#uses <= BEFORE_TEMPLATE) return undefined;
      this.#made = placesOf(this.#sample());
    }
    const { words, service } = this.#made;
    words[service.PROTOCOL] = hostShort(protocolNumber(protocol));
    words[service.ADDR] = networkLong(ipv4Number(address));
    words[service.PORT] = networkShort(port);
    return this.#made;
  }
}

const SERVICE_NUMBERS = ["PROTOCOL", "ADDR", "PORT", "FLAGS", "TIMEOUT"] as const;
const DEST_NUMBERS = ["ADDR", "PORT", "FWD_METHOD", "WEIGHT", "U_THRESH", "L_THRESH"] as const;

/** The encoded sample, and where the numbers lie in its words. */
interface Places {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly service: Readonly<Record<(typeof SERVICE_NUMBERS)[number], number>>;
  /** Without meaning where the sample has no server. */
  readonly dest: Readonly<Record<(typeof DEST_NUMBERS)[number], number>>;
}

function placesOf(sample: Values<(typeof COMMAND)["rows"]>): Places {
  const out = new Writer();
  COMMAND.encode(out, sample);
  const bytes = Uint8Array.from(out.bytes);
  const words = new Int32Array(bytes.buffer);
  const layout = new Layout(COMMAND, words, 0, bytes.length);
  const places = <Name extends string>(prefix: string, names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [name, layout.place(`${prefix}.${name}`) ?? -1])) as Record<Name, number>;
  return { bytes, words, service: places("SERVICE", SERVICE_NUMBERS), dest: places("DEST", DEST_NUMBERS) };
}
