import { type DatagramCalls, READ_BYTES, type Room } from "./datagram-calls.js";
import type { NetlinkReceiver, NetlinkSocket } from "./netlink-socket.js";

/** Datagrams written before timers and signals get their turn. */
const WRITES_PER_TURN = 32;

/** Milliseconds between two tries of a write that the kernel has no memory for, and how many tries there are. */
const PAUSE = 5;
const TRIES = 200;

/** Errors of a write that has done nothing and may succeed later. */
const TEMPORARY: ReadonlySet<string | undefined> = new Set(["EAGAIN", "ENOBUFS", "EINTR"]);

/**
 * A netlink socket that is written and read by plain system calls, into one buffer. The kernel has
 * answered when a write returns, so there is nothing to wait for. Only processes with CAP_NET_ADMIN may send to our port
 * (the family has no NL_CFG_F_NONROOT_SEND), and what answers no question of ours is ignored, so the sender is not checked.
 */
export class DirectSocket implements NetlinkSocket {
  readonly calls: DatagramCalls;
  readonly #receiver: NetlinkReceiver;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #waiting: Uint8Array[] = [];
  #reading = false;
  /** Datagrams of this turn. */
  #writes = 0;
  /** Tries of the next datagram that the kernel had no memory for. */
  #failures = 0;
  #closed = false;

  constructor(calls: DatagramCalls, receiver: NetlinkReceiver) {
    this.calls = calls;
    this.#receiver = receiver;
  }

  get room(): Room {
    return this.calls.room;
  }

  send(bytes: Uint8Array): void {
    if (this.#waiting.length > 0) this.#waiting.push(Buffer.from(bytes));
    else if (this.#writes === WRITES_PER_TURN || !this.#write(bytes)) {
      this.#waiting.push(Buffer.from(bytes));
      this.#writeLater();
    }
  }

  close(): void {
    this.#closed = true;
    this.calls.close();
  }

  #writeLater(): void {
    if (this.#failures > 0) setTimeout(() => this.#writeWaiting(), PAUSE);
    else setImmediate(() => this.#writeWaiting());
  }

  #writeWaiting(): void {
    this.#writes = 0;
    try {
      while (this.#waiting.length > 0 && this.#write(this.#waiting[0]!)) this.#waiting.shift();
      if (this.#waiting.length > 0) this.#writeLater();
    } catch (error) {
      this.#receiver.error(error as Error);
    }
  }

  /** False when the kernel has no memory for it at present. */
  #write(bytes: Uint8Array): boolean {
    // Once it is closed, the descriptor may be another file's.
    if (this.#closed) return true;
    try {
      this.calls.write(bytes);
    } catch (error) {
      if (!TEMPORARY.has((error as NodeJS.ErrnoException).code) || ++this.#failures === TRIES) throw error;
      return false;
    }
    this.#failures = 0;
    this.#writes++;
    if (this.#reading) return true;
    this.#reading = true;
    // Before the event loop goes on: the binding closes a socket with an error that was not read.
    queueMicrotask(() => this.#read());
    return true;
  }

  /** Delivers what is there, and what comes in answer to requests that are sent meanwhile. */
  #read(): void {
    let lost = false;
    try {
      while (!this.#closed) {
        const length = this.#receive();
        if (typeof length === "number") this.#receiver.message(this.#buffer.subarray(0, length));
        else if (length === "ENOBUFS") lost = true;
        else if (length === "EAGAIN") {
          if (!lost) return;
          lost = false;
          this.#receiver.lost();
        }
      }
    } catch (error) {
      this.#receiver.error(error as Error);
    } finally {
      this.#reading = false;
    }
  }

  /** Bytes of the next datagram, which is in the buffer, or the reason why there is none now. */
  #receive(): number | "EAGAIN" | "EINTR" | "ENOBUFS" {
    let length: number;
    try {
      length = this.calls.read(this.#buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN" || code === "EINTR" || code === "ENOBUFS") return code;
      throw error;
    }
    if (length >= READ_BYTES) throw new RangeError(`netlink datagram of ${length} bytes: longer than expected`);
    return length;
  }
}
