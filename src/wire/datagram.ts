import { NLM_F_ACK, NLM_F_REQUEST } from "./constants.js";
import { patchFlags, writeFamilyRequest, writeRequest } from "./message.js";
import type { Request } from "./requests.js";
import { Writer } from "./writer.js";

/** Requests that go to the kernel together, one behind the other. Numbers them; the numbers go on when it is cleared. */
export class Datagram {
  /** The number of the IPVS family, once it is known. */
  family = 0;
  readonly #out = new Writer(65536);
  #sequence = 0;
  #last = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#out.length;
  }

  /** All requests since `clear`. Valid until something is added. */
  get bytes(): Uint8Array {
    return this.#out.bytes;
  }

  /** Adds a request; returns its sequence number. */
  add(request: Request, flags = NLM_F_REQUEST): number {
    this.#last = writeRequest(this.#out, this.family, ++this.#sequence, flags, request);
    return this.#sequence;
  }

  /** Adds the question for the number of the IPVS family; returns its sequence number. */
  addFamilyQuestion(): number {
    writeFamilyRequest(this.#out, ++this.#sequence);
    return this.#sequence;
  }

  /** Asks for an acknowledgement of the request that was added last. */
  acknowledgeLast(): void {
    patchFlags(this.#out, this.#last, NLM_F_REQUEST | NLM_F_ACK);
  }

  clear(): void {
    this.#out.reset();
  }
}
