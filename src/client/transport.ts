import { errnoCode } from "../errno.js";
import { DecodeError, IpvsError, KernelError, TransportError } from "../errors.js";
import { CONTROL } from "../wire/attributes.js";
import {
  CTRL_CMD_GETFAMILY,
  IPVS_COMMAND_NAMES,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../wire/constants.js";
import {
  attributesOf,
  type Message,
  messageErrno,
  patchFlags,
  readMessages,
  writeFamilyRequest,
  writeRequest,
} from "../wire/message.js";
import type { Request } from "../wire/requests.js";
import { Writer } from "../wire/writer.js";
import { type NetlinkSocket, type OpenSocket, openSocket } from "./socket.js";

/** A request of a batch that the kernel refused. */
export interface Refusal {
  /** Position in the batch, counted from 0. */
  readonly index: number;
  readonly error: KernelError;
}

/** What became of a batch. */
export interface BatchResult {
  /** Requests that were sent; less than the batch only when it was aborted. */
  readonly sent: number;
  /** The refused ones, in order; all others were applied. */
  readonly refusals: readonly Refusal[];
}

/** Receives the messages of a dump. */
export interface DumpSink {
  /** Attributes of one message. */
  message(bytes: Buffer, offset: number, length: number): void;
  /** The kernel's table changed under the dump: what came so far is void and comes again. */
  restart(): void;
}

/**
 * One datagram carries at most so much. The send buffer takes more, but the answers must fit the receive buffer even if
 * the kernel refuses every request and echoes it: 128 of them need 164 kB of 208.
 */
const BATCH_BYTES = 60_000;
const BATCH_REQUESTS = 128;

/** How often an interrupted dump is tried in all before it counts as a failure. */
const DUMP_TRIES = 10;

/** What is going on with the kernel: gets every message until it says that it is done. */
interface Exchange {
  start(): void;
  /** True when nothing more is expected. */
  receive(message: Message): boolean;
  fail(error: Error): void;
}

/**
 * A conversation with the kernel's IPVS: one socket, one family lookup, requests one after the other. Requests may be
 * made while others run; they wait for their turn.
 */
export class Transport {
  readonly #socket: NetlinkSocket;
  readonly #out = new Writer(BATCH_BYTES + 4096);
  readonly #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  #sequence = 0;
  #family = 0;
  #closed = false;

  private constructor(open: OpenSocket) {
    this.#socket = open({
      message: (bytes) => this.#receive(bytes),
      error: (error) => this.#fail(error),
    });
  }

  /**
   * Opens a socket and finds the family. Throws TransportError, with code ENOENT when the kernel has no IPVS (asking
   * makes the kernel load the module, where it can).
   */
  static async open(open: OpenSocket = openSocket): Promise<Transport> {
    let transport: Transport;
    try {
      transport = new Transport(open);
    } catch (error) {
      throw asIpvsError(error as Error);
    }
    try {
      await transport.#findFamily();
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

  /** One request; resolves with its reply (absent when there is none but the acknowledgement). Throws KernelError. */
  request<T>(request: Request, decode: (bytes: Buffer, offset: number, length: number) => T): Promise<T | undefined> {
    return this.#exchange((resolve, reject) => {
      let reply: T | undefined;
      let sequence = 0;
      return {
        start: () => {
          sequence = this.#send(request, NLM_F_REQUEST | NLM_F_ACK);
        },
        receive: (message) => {
          if (message.sequence !== sequence) return false;
          if (message.type !== NLMSG_ERROR) {
            reply = decode(...attributesOf(message));
            return false;
          }
          const errno = messageErrno(message);
          if (errno === 0) resolve(reply);
          else reject(kernelError(request.command, errno));
          return true;
        },
        fail: reject,
      };
    });
  }

  /**
   * Dumps one after the other, each started from within the answer to the one before, since a socket can run only one.
   * `sinks` pairs every request with the reader of its messages. Throws KernelError for a dump that ends in an error, and
   * for one that the kernel keeps interrupting.
   */
  dumps(requests: readonly Request[], sinks: (index: number) => DumpSink): Promise<void> {
    if (requests.length === 0) return Promise.resolve();
    return this.#exchange((resolve, reject) => {
      let index = 0;
      let tries = 0;
      let sequence = 0;
      let interrupted = false;
      let sink: DumpSink;
      const begin = () => {
        interrupted = false;
        sequence = this.#send(requests[index]!, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP);
      };
      /** Ends one dump; true when it was the last. */
      const end = (): boolean => {
        if (interrupted) {
          if (++tries === DUMP_TRIES) {
            reject(new TransportError(`${operation(requests[index]!.command)}: interrupted ${tries} times`, "EINTR"));
            return true;
          }
          sink.restart();
        } else {
          tries = 0;
          if (++index === requests.length) {
            resolve();
            return true;
          }
          sink = sinks(index);
        }
        begin();
        return false;
      };
      return {
        start: () => {
          sink = sinks(0);
          begin();
        },
        receive: (message) => {
          if (message.sequence !== sequence) return false;
          if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
          if (message.type !== NLMSG_DONE && message.type !== NLMSG_ERROR) {
            sink.message(...attributesOf(message));
            return false;
          }
          const errno = messageErrno(message);
          if (errno === 0) return end();
          reject(kernelError(requests[index]!.command, errno));
          return true;
        },
        fail: reject,
      };
    });
  }

  /**
   * Many requests, in order, many per datagram. The kernel goes on after a refused one. Only the last of a datagram asks
   * for an acknowledgement, since refusals are always answered.
   *
   * Rejects with TransportError when the socket fails, which says how far the batch came.
   *
   * @param signal when aborted, the datagram under way is finished and no other is sent
   */
  batch(requests: Iterable<Request>, signal?: AbortSignal): Promise<BatchResult> {
    const iterator = requests[Symbol.iterator]();
    const refusals: Refusal[] = [];
    const commands: number[] = [];
    let sent = 0;
    let next = iterator.next();
    if (next.done || signal?.aborted) return Promise.resolve({ sent, refusals });
    return this.#exchange((resolve, reject) => {
      let first = 0;
      const send = () => {
        this.#out.reset();
        commands.length = 0;
        first = this.#sequence + 1;
        let start = 0;
        while (!next.done && commands.length < BATCH_REQUESTS && this.#out.length < BATCH_BYTES) {
          start = writeRequest(this.#out, this.#family, ++this.#sequence, NLM_F_REQUEST, next.value);
          commands.push(next.value.command);
          next = iterator.next();
        }
        patchFlags(this.#out, start, NLM_F_REQUEST | NLM_F_ACK);
        this.#flush();
      };
      return {
        start: send,
        receive: (message) => {
          const position = message.sequence - first;
          if (message.type !== NLMSG_ERROR || position < 0 || position >= commands.length) return false;
          const errno = messageErrno(message);
          if (errno !== 0) refusals.push({ index: sent + position, error: kernelError(commands[position]!, errno) });
          if (position < commands.length - 1) return false;
          sent += commands.length;
          if (next.done || signal?.aborted) {
            resolve({ sent, refusals });
            return true;
          }
          send();
          return false;
        },
        fail: (error) => reject(halfWay(asIpvsError(error), sent)),
      };
    });
  }

  async #findFamily(): Promise<void> {
    await this.#exchange<void>((resolve, reject) => ({
      start: () => {
        this.#out.reset();
        writeFamilyRequest(this.#out, ++this.#sequence);
        this.#flush();
      },
      receive: (message) => {
        if (message.type !== NLMSG_ERROR) {
          this.#family = CONTROL.decode(...attributesOf(message)).FAMILY_ID ?? 0;
          return false;
        }
        const errno = messageErrno(message);
        if (errno !== 0) reject(kernelError(CTRL_CMD_GETFAMILY, errno, "CTRL_CMD_GETFAMILY"));
        else if (this.#family === 0) reject(new DecodeError("CTRL_ATTR_FAMILY_ID is missing"));
        else resolve();
        return true;
      },
      fail: reject,
    }));
  }

  /** Runs an exchange when those before it are over. */
  #exchange<T>(make: (resolve: (value: T) => void, reject: (error: Error) => void) => Exchange): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new TransportError("the connection to the kernel is closed"));
      this.#waiting.push(make(resolve, (error) => reject(asIpvsError(error))));
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
    this.#next();
  }

  #send(request: Request, flags: number): number {
    this.#out.reset();
    writeRequest(this.#out, this.#family, ++this.#sequence, flags, request);
    this.#flush();
    return this.#sequence;
  }

  #flush(): void {
    // The binding may send later than now, from these very bytes: they must not be the writer's own.
    this.#socket.send(Buffer.from(this.#out.bytes));
  }
}

function operation(command: number): string {
  return IPVS_COMMAND_NAMES[command] ?? `IPVS_CMD_${command}`;
}

function kernelError(command: number, errno: number, name = operation(command)): KernelError {
  return new KernelError(name, errno, errnoCode(errno));
}

/** Says how far a batch came before the socket failed. */
function halfWay(error: IpvsError, sent: number): TransportError {
  const code = error instanceof TransportError ? error.code : undefined;
  return new TransportError(
    `${error.message}; ${sent} changes had been answered by then, up to ${BATCH_REQUESTS} more may have been made`,
    code,
  );
}

function asIpvsError(error: Error & { code?: string }): IpvsError {
  return error instanceof IpvsError ? error : new TransportError(error.message, error.code);
}
