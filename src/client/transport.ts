// How this program and the kernel's IPVS talk (linux/netlink.h, linux/genetlink.h, linux/ip_vs.h):
//
// What is sent. Datagrams of one or more requests. A request is `struct nlmsghdr` (length, the number of the family, flags, a
// sequence number of our choice), `struct genlmsghdr` (command) and attributes. The number of the family is asked for first.
//
// What comes back, always with the sequence number of its request:
//   - to a change: NLMSG_ERROR with a negative error number if it was refused; with 0, the acknowledgement, if the request asked
//     for one (NLM_F_ACK);
//   - to a question: one message with the answer, then the acknowledgement;
//   - to a dump (NLM_F_DUMP): any number of messages, then NLMSG_DONE, which carries an error number too. A message with
//     NLM_F_DUMP_INTR says that the table changed meanwhile: the dump is void and has to be asked for again.
// The kernel carries out the requests of a datagram in order, goes on after a refused one, and has queued all answers but those
// of dumps when the system call returns. A dump is made packet by packet as the answers are read.
//
// What can go wrong. A datagram that does not fit the send buffer is refused as a whole with EMSGSIZE. Answers that do not fit the
// receive buffer are dropped, one after the other until all before them have been read, and a read says ENOBUFS; the requests were
// carried out all the same. So buffers are asked for and datagrams made to fit both (room.ts); what is left is a kernel without
// memory. Then a batch tells which answers are missing, and questions and dumps are asked again.
//
// What ends an exchange. The acknowledgement of its last request, the refusal of a single one, or the end of its last dump.
//
// Why dumps cannot overlap. A socket has room for the state of one dump (`struct netlink_sock`, `cb_running`); another request
// for one is refused with EBUSY until NLMSG_DONE has been read. So exchanges take turns, and each has the socket to itself.
//
// The stations of a request: a method of IpvsClient makes it (wire/requests), an exchange (ask, dumps, batch) puts it into the
// datagram, the transport sends that, the socket writes it. Answers go the same way back, and the exchange decodes them. Where there
// are thousands of dumps, an exchange may write and read by itself while nothing else is under way (burst.ts).

import { IpvsError, TransportError } from "../errors.js";
import { Datagram } from "../wire/datagram.js";
import { MessageReader } from "../wire/message.js";
import { askFamily } from "./ask.js";
import type { Exchange, Outcome } from "./exchange.js";
import type { NetlinkSocket, OpenSocket } from "./netlink-socket.js";
import { capacityFor } from "./room.js";

/** An exchange that runs or waits for its turn, and who waits for it. */
interface Turn<T = unknown> {
  readonly exchange: Exchange<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * A conversation with the kernel's IPVS: one socket, one family lookup, exchanges one after the other. Exchanges may be
 * asked for while others run; they wait for their turn.
 */
export class Transport {
  readonly #socket: NetlinkSocket;
  readonly #datagram = new Datagram();
  readonly #reader = new MessageReader();
  readonly #waiting: Turn[] = [];
  #current: Turn | undefined;
  #closed = false;

  private constructor(open: OpenSocket) {
    this.#socket = open({
      message: this.#receive.bind(this),
      lost: this.#lost.bind(this),
      error: this.#fail.bind(this),
    });
    this.#datagram.capacity = capacityFor(this.#socket.room);
  }

  /**
   * Opens a socket and finds the family. Throws TransportError when there can be no socket, and KernelError with code
   * ENOENT when the kernel has no IPVS (asking makes the kernel load the module, where it can).
   */
  static async open(open: OpenSocket): Promise<Transport> {
    let transport: Transport;
    try {
      transport = new Transport(open);
    } catch (error) {
      throw asIpvsError(error as Error);
    }
    try {
      transport.#datagram.family = await transport.run(askFamily());
      return transport;
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    this.#fail(new TransportError("the connection to the kernel was closed"));
  }

  /** Runs an exchange when those before it are over. Rejects with what it throws, and with TransportError when the socket fails. */
  run<T>(exchange: Exchange<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new TransportError("the connection to the kernel is closed"));
      const turn: Turn<T> = {
        exchange,
        resolve,
        reject: (error) => reject(asIpvsError(exchange.explain?.(error) ?? error)),
      };
      this.#waiting.push(turn as Turn);
      if (this.#current === undefined) this.#next();
    });
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    try {
      const { exchange } = this.#current;
      const outcome = this.#socket.calls && exchange.atOnce?.(this.#datagram, this.#socket.calls);
      if (outcome === undefined) exchange.begin(this.#datagram);
      this.#goOn(this.#current, outcome);
    } catch (error) {
      this.#endWith(error as Error);
    }
  }

  #receive(bytes: Buffer): void {
    try {
      this.#reader.open(bytes);
      while (this.#current !== undefined && this.#reader.next()) {
        this.#goOn(this.#current, this.#current.exchange.receive(this.#reader, this.#datagram));
      }
    } catch (error) {
      this.#endWith(error as Error);
    }
  }

  #lost(): void {
    const turn = this.#current;
    if (turn === undefined) return;
    try {
      if (turn.exchange.lost === undefined) throw new TransportError("an answer of the kernel was lost", "ENOBUFS");
      this.#goOn(turn, turn.exchange.lost(this.#datagram));
    } catch (error) {
      this.#endWith(error as Error);
    }
  }

  #goOn(turn: Turn, outcome: Outcome<unknown> | undefined): void {
    if (outcome === undefined) this.#send();
    else {
      turn.resolve(outcome.value);
      this.#next();
    }
  }

  /** Sends what an exchange has added, if anything. */
  #send(): void {
    if (this.#datagram.length === 0) return;
    this.#socket.send(this.#datagram.bytes);
    this.#datagram.clear();
  }

  /** A fault of the socket itself: what runs and what waits has failed. */
  #fail(error: Error): void {
    const failed = [this.#current, ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const turn of failed) turn?.reject(error);
  }

  /** One exchange has failed: what it added and an encoder may have left half written goes, and the next one gets its turn. */
  #endWith(error: Error): void {
    this.#current?.reject(error);
    this.#datagram.clear();
    this.#next();
  }
}

function asIpvsError(error: Error & { code?: string }): IpvsError {
  return error instanceof IpvsError ? error : new TransportError(error.message, error.code);
}
