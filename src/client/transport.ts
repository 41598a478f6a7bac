import { DecodeError, IpvsError, TransportError } from "../errors.js";
import { CONTROL } from "../wire/attributes.js";
import { CTRL_CMD_GETFAMILY, NLMSG_ERROR } from "../wire/constants.js";
import { attributesOf, messageErrno, readMessages } from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import { type BatchResult, batch } from "./batch.js";
import { type DumpSink, dumps } from "./dumps.js";
import { ask, type Decode, type Exchange, kernelError, type MakeExchange } from "./exchange.js";
import { Outbox } from "./outbox.js";
import { type NetlinkSocket, type OpenSocket, openSocket } from "./socket.js";

/**
 * A conversation with the kernel's IPVS: one socket, one family lookup, exchanges one after the other. Exchanges may be
 * asked for while others run; they wait for their turn.
 */
export class Transport {
  readonly #socket: NetlinkSocket;
  readonly #outbox = new Outbox((bytes) => this.#socket.send(bytes));
  readonly #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  #closed = false;

  private constructor(open: OpenSocket) {
    this.#socket = open({
      message: (bytes) => this.#receive(bytes),
      error: (error) => this.#fail(error),
    });
  }

  /**
   * Opens a socket and finds the family. Throws TransportError when there can be no socket, and KernelError with code
   * ENOENT when the kernel has no IPVS (asking makes the kernel load the module, where it can).
   */
  static async open(open: OpenSocket = openSocket): Promise<Transport> {
    let transport: Transport;
    try {
      transport = new Transport(open);
    } catch (error) {
      throw asIpvsError(error as Error);
    }
    try {
      transport.#outbox.family = await transport.#run(findFamily);
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

  /** One request; resolves with its reply, absent when there is none but the acknowledgement. Throws KernelError. */
  request<T>(request: Request, decode: Decode<T>): Promise<T | undefined> {
    return this.#run(ask(request, decode));
  }

  /** See `dumps`. */
  async dumps(requests: readonly Request[], sinks: (index: number) => DumpSink): Promise<void> {
    if (requests.length > 0) await this.#run(dumps(requests, sinks));
  }

  /** See `batch`. Rejects with TransportError when the socket fails, which says how far the batch came. */
  async batch(requests: Iterable<Request>, signal?: AbortSignal): Promise<BatchResult> {
    const iterator = requests[Symbol.iterator]();
    const first = iterator.next();
    if (first.done || signal?.aborted) return { sent: 0, refusals: [] };
    return this.#run(batch(first.value, iterator, signal));
  }

  /** Runs an exchange when those before it are over. */
  #run<T>(make: MakeExchange<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new TransportError("the connection to the kernel is closed"));
      this.#waiting.push(make(this.#outbox, resolve, (error) => reject(asIpvsError(error))));
      if (this.#current === undefined) this.#next();
    });
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    try {
      this.#current.start();
    } catch (error) {
      this.#endWith(error as Error);
    }
  }

  #receive(bytes: Buffer): void {
    try {
      for (const message of readMessages(bytes)) {
        if (this.#current?.receive(message)) this.#next();
      }
    } catch (error) {
      this.#endWith(error as Error);
    }
  }

  /** A fault of the socket itself: what runs and what waits has failed. */
  #fail(error: Error): void {
    const failed = [this.#current, ...this.#waiting.splice(0)];
    this.#current = undefined;
    for (const exchange of failed) exchange?.fail(error);
  }

  /** A fault of one exchange: the next one gets its turn. */
  #endWith(error: Error): void {
    this.#current?.fail(error);
    this.#outbox.discard();
    this.#next();
  }
}

/** Asks the generic netlink controller for the number of the IPVS family. */
const findFamily: MakeExchange<number> = (outbox, resolve, reject) => {
  let family: number | undefined;
  return {
    start: () => {
      outbox.askFamily();
    },
    receive: (message) => {
      if (message.type !== NLMSG_ERROR) {
        family = CONTROL.decode(...attributesOf(message)).FAMILY_ID;
        return false;
      }
      const errno = messageErrno(message);
      if (errno !== 0) reject(kernelError(CTRL_CMD_GETFAMILY, errno, "CTRL_CMD_GETFAMILY"));
      else if (family === undefined) reject(new DecodeError("CTRL_ATTR_FAMILY_ID is missing"));
      else resolve(family);
      return true;
    },
    fail: reject,
  };
};

function asIpvsError(error: Error & { code?: string }): IpvsError {
  return error instanceof IpvsError ? error : new TransportError(error.message, error.code);
}
