import type { ServerRows } from "../model/server-rows.js";
import { SERVICE_COLUMN, type ServiceList } from "../model/service-list.js";
import { AF_INET, AF_INET6, NLM_F_MULTI, NLMSG_DONE } from "../wire/constants.js";
import type { Datagram } from "../wire/datagram.js";
import { END_BYTES, END_ERRNO_WORD, KIND_WORD, kindOf, SEQUENCE_WORD } from "../wire/message.js";
import type { ServerReader } from "../wire/server-reader.js";
import { ServersQuestion } from "../wire/servers-question.js";
import { type DatagramCalls, READ_BYTES } from "./datagram-calls.js";

/** Services in one burst: timers and signals wait for it. */
export const MOST = 64;

/** What is asked for, and what has come of it. */
export interface Wanted {
  readonly list: ServiceList;
  /** Which of its services. */
  readonly services: readonly number[];
  readonly reader: ServerReader;
  /** The servers of those services that are done. */
  readonly rows: ServerRows;
  /** Where the servers of each of them end. */
  readonly ends: number[];
}

/**
 * Asks for the servers of many services, one dump after the other, by system calls alone: the kernel has answered when a write
 * returns. The common case and nothing else: services found by their addresses, servers of shapes that are known, dumps that end well.
 * It ends before whatever is different, for which dumps.ts knows what to do. So it keeps the work for each message small: a large table
 * has thousands of dumps.
 */
export class Burst {
  readonly #calls: DatagramCalls;
  /** Its own: that of the socket may hold messages that are being read. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #words = new Int32Array(this.#buffer.buffer);
  #question: ServersQuestion | undefined;
  #begun = false;

  /** @param calls of a socket whose exchange this is */
  constructor(calls: DatagramCalls) {
    this.#calls = calls;
  }

  /** Whether the dump of a service has begun that is not done: it may still go on. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Reads on, MOST services at most. Throws the system's errors, with `code`. */
  run(datagram: Datagram, { list, services, reader, rows, ends }: Wanted): void {
    this.#begun = false;
    // Shapes have to be learned before.
    if (!reader.knowsShapes) return;
    this.#question ??= new ServersQuestion(datagram.family);
    const question = this.#question;
    const calls = this.#calls;
    const words = this.#words;
    const { store } = rows;
    const answer = kindOf(datagram.family, NLM_F_MULTI);
    const end = kindOf(NLMSG_DONE, NLM_F_MULTI);
    const most = Math.min(ends.length + MOST, services.length);
    while (ends.length < most) {
      const service = services[ends.length]!;
      const sequence = datagram.claim();
      if (!question.ask(sequence, list, service)) return;
      calls.write(question.bytes);
      this.#begun = true;
      const family = list.words[list.at(service) + SERVICE_COLUMN.VERSION] === 6 ? AF_INET6 : AF_INET;
      for (;;) {
        const length = calls.read(this.#buffer);
        const read = length < READ_BYTES ? reader.readRun(store, words, 0, length >> 2, answer, sequence, family) : 0;
        if (4 * read === length) continue;
        // What is left has to be the end of the dump, without an error.
        const isEnd =
          length - 4 * read === END_BYTES &&
          words[read + KIND_WORD] === end &&
          words[read + SEQUENCE_WORD] === sequence &&
          words[read + END_ERRNO_WORD] === 0;
        if (!isEnd) return;
        break;
      }
      this.#begun = false;
      ends.push(store.count);
    }
  }
}
