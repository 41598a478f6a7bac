import { NLM_F_ACK, NLM_F_REQUEST } from "./constants.js";
import { patchFlags, writeFamilyRequest, writeRequest } from "./message.js";
import type { Request } from "./requests.js";
import { Writer } from "./writer.js";

/** How much a datagram may hold. */
export interface Capacity {
  /** At least 4 kB. */
  readonly bytes: number;
  /** At least 1. */
  readonly requests: number;
}

/** More than any request has: the longest, for a server of an IPv6 service, has 212 bytes. */
const LONGEST_REQUEST = 512;

/** Requests that go to the kernel together, one behind the other. Numbers them; the numbers go on when it is cleared. */
export class Datagram {
  /** The number of the IPVS family, once it is known. */
  family = 0;
  /** What it may hold. Default: no limit. */
  capacity: Capacity = { bytes: Number.POSITIVE_INFINITY, requests: Number.POSITIVE_INFINITY };
  readonly #out = new Writer(65536);
  #sequence = 0;
  #last = 0;
  #requests = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#out.length;
  }

  /** All requests since `clear`. Valid until something is added. */
  get bytes(): Uint8Array {
    return this.#out.bytes;
  }

  /** Whether another request might be more than it may hold. An empty one is never full. */
  get full(): boolean {
    const { bytes, requests } = this.capacity;
    return this.#requests >= requests || this.#out.length > bytes - LONGEST_REQUEST;
  }

  /** Adds a request; returns its sequence number. */
  add(request: Request, flags = NLM_F_REQUEST): number {
    this.#requests++;
    this.#last = writeRequest(this.#out, this.family, ++this.#sequence, flags, request);
    return this.#sequence;
  }

  /** A sequence number for a request that goes to the kernel by itself. */
  claim(): number {
    return ++this.#sequence;
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
    this.#requests = 0;
  }
}
