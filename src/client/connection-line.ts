import { DecodeError } from "../errors.js";
import { type Address, addressFromBytes } from "../model/address.js";
import type { Connection, Endpoint } from "../model/connection.js";

const ADDRESS = "([0-9A-F]{8}|[0-9A-F]{4}(?::[0-9A-F]{4}){7})";
const ENDPOINT = `${ADDRESS} +([0-9A-F]{4})`;
const WORD = "([^ ]+)";

/** Protocol, client, virtual service, destination, state, seconds, and perhaps persistence engine and its data. */
const LINE = new RegExp(
  `^ *${WORD} +${ENDPOINT} +${ENDPOINT} +${ENDPOINT} +${WORD} +(\\d+)(?: +${WORD}(?: +${WORD})?)?(?: [^]*)?$`,
  "i",
);

/** Texts of IPv6 addresses kept, since virtual services and servers recur in every line. */
const MOST_KEPT = 4096;

/** Reads lines of /proc/net/ip_vs_conn (`ip_vs_conn_seq_show` of the kernel), one character per byte. */
export class ConnectionParser {
  readonly #ipv6 = new Map<string, Address>();

  /** Throws DecodeError when the line is not a connection. */
  parse(line: string): Connection {
    const fields = LINE.exec(line);
    if (fields === null) throw new DecodeError("not a connection");
    const connection = {
      protocol: fields[1]!,
      client: this.#endpoint(fields[2]!, fields[3]!),
      virtual: this.#endpoint(fields[4]!, fields[5]!),
      destination: this.#endpoint(fields[6]!, fields[7]!),
      state: fields[8]!,
      expires: Number(fields[9]),
    };
    const engine = fields[10];
    return engine === undefined ? connection : { ...connection, persistence: { engine, data: copy(fields[11] ?? "") } };
  }

  #endpoint(address: string, port: string): Endpoint {
    return {
      address: address.length === 8 ? ipv4(address) : this.#ipv6Address(address),
      port: Number.parseInt(port, 16),
    };
  }

  #ipv6Address(text: string): Address {
    const known = this.#ipv6.get(text);
    if (known !== undefined) return known;
    const address = addressFromBytes("ipv6", Buffer.from(text.replaceAll(":", ""), "hex"));
    if (this.#ipv6.size === MOST_KEPT) this.#ipv6.clear();
    this.#ipv6.set(copy(text), address);
    return address;
  }
}

function ipv4(text: string): Address {
  const bits = Number.parseInt(text, 16);
  return `${bits >>> 24}.${(bits >>> 16) & 0xff}.${(bits >>> 8) & 0xff}.${bits & 0xff}`;
}

/** V8 makes longer parts of a string point into it: a part that stays would keep the whole text that was read. */
function copy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
