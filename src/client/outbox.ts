import { NLM_F_ACK, NLM_F_REQUEST } from "../wire/constants.js";
import { patchFlags, writeFamilyRequest, writeRequest } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import { Writer } from "../wire/writer.js";

/** Requests on their way to the kernel: numbers them, and puts one or many into a datagram. */
export class Outbox {
  readonly #out = new Writer(65536);
  readonly #transmit: (bytes: Uint8Array) => void;
  #sequence = 0;
  #last = 0;
  /** The number of the IPVS family, once it is known. */
  family = 0;

  constructor(transmit: (bytes: Uint8Array) => void) {
    this.#transmit = transmit;
  }

  /** Bytes in the datagram so far. */
  get length(): number {
    return this.#out.length;
  }

  /** Sends the question for the number of the family; returns its sequence number. */
  askFamily(): number {
    writeFamilyRequest(this.#out, ++this.#sequence);
    return this.flush();
  }

  /** Sends one request in a datagram of its own; returns its sequence number. */
  send(request: Request, flags: number): number {
    this.add(request, flags);
    return this.flush();
  }

  /** Adds a request to the datagram; returns its sequence number. */
  add(request: Request, flags = NLM_F_REQUEST): number {
    this.#last = writeRequest(this.#out, this.family, ++this.#sequence, flags, request);
    return this.#sequence;
  }

  /** Asks for an acknowledgement of the request that was added last. */
  acknowledgeLast(): void {
    patchFlags(this.#out, this.#last, NLM_F_REQUEST | NLM_F_ACK);
  }

  /** Forgets what was added and not sent, which an encoder that threw may have left half written. */
  discard(): void {
    this.#out.reset();
  }

  /** Sends the datagram; returns the last sequence number in it. */
  flush(): number {
    this.#transmit(this.#out.bytes);
    this.#out.reset();
    return this.#sequence;
  }
}
