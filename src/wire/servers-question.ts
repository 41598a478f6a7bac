import { ANY } from "../model/address.js";
import { ADDRESS_WORDS } from "../model/rows.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import { COMMAND } from "./attributes.js";
import { AF_INET, AF_INET6, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from "./constants.js";
import { Layout } from "./layout.js";
import { MESSAGE_WORDS, SEQUENCE_WORD, writeRequest } from "./message.js";
import { getDest } from "./requests.js";
import { hostShort, networkLong, networkShort } from "./words.js";
import { Writer } from "./writer.js";

/**
 * The message that asks for the servers of a service as a dump: the tables have encoded it for one service, and for others it differs
 * in a few numbers, which are put in their places. For services that are found by their addresses.
 */
export class ServersQuestion {
  /** The whole message. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #family: number;
  readonly #protocol: number;
  readonly #address: number;
  readonly #port: number;

  /** @param family the number of the IPVS family */
  constructor(family: number) {
    const out = new Writer();
    const request = getDest({ protocol: "tcp", address: ANY.ipv4, port: 0 });
    writeRequest(out, family, 0, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP, request);
    this.bytes = Uint8Array.from(out.bytes);
    this.#words = new Int32Array(this.bytes.buffer);
    const layout = new Layout(COMMAND, this.#words, MESSAGE_WORDS, this.bytes.length - 4 * MESSAGE_WORDS);
    const place = (name: string) => MESSAGE_WORDS + layout.place(`SERVICE.${name}`)!;
    this.#family = place("AF");
    this.#protocol = place("PROTOCOL");
    this.#address = place("ADDR");
    this.#port = place("PORT");
  }

  /** Makes it the question for the service of a row. False for one that is found by a firewall mark. */
  ask(sequence: number, list: ServiceList, row: number): boolean {
    const from = list.words;
    const at = list.at(row);
    if (from[at + SERVICE_COLUMN.MARK] !== 0) return false;
    const words = this.#words;
    words[SEQUENCE_WORD] = sequence;
    words[this.#family] = hostShort(from[at + SERVICE_COLUMN.VERSION] === 6 ? AF_INET6 : AF_INET);
    words[this.#protocol] = hostShort(from[at + SERVICE_COLUMN.PROTOCOL]!);
    for (let part = 0; part < ADDRESS_WORDS; part++) {
      words[this.#address + part] = networkLong(from[at + SERVICE_COLUMN.ADDRESS + part]!);
    }
    words[this.#port] = networkShort(from[at + SERVICE_COLUMN.PORT]!);
    return true;
  }
}
