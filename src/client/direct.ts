import type { NetlinkReceiver, NetlinkSocket } from "./netlink-socket.js";

/** More than the kernel puts into one packet (SKB_WITH_OVERHEAD(32768)): a full buffer means that something was cut off. */
const READ_BYTES = 32768;

/** Datagrams written before timers and signals get their turn. */
const WRITES_PER_TURN = 32;

/** The system calls on a netlink socket that does not block. They throw the system's errors. */
export interface DatagramCalls {
  /** Hands one datagram to the kernel. */
  write(bytes: Uint8Array): void;
  /** Reads one datagram into the buffer. Returns its length; that of the buffer or more when it was cut off; absent when there is none. */
  read(buffer: Buffer): number | undefined;
  close(): void;
}

/**
 * A netlink socket that is written and read by plain system calls, into one buffer. The kernel has
 * answered when a write returns, so there is nothing to wait for. Only processes with CAP_NET_ADMIN may send to our port
 * (the family has no NL_CFG_F_NONROOT_SEND), and what answers no question of ours is ignored, so the sender is not checked.
 */
export class DirectSocket implements NetlinkSocket {
  readonly #calls: DatagramCalls;
  readonly #receiver: NetlinkReceiver;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  readonly #waiting: Uint8Array[] = [];
  #reading = false;
  /** Datagrams of this turn, those that wait included. */
  #writes = 0;
  #closed = false;

  constructor(calls: DatagramCalls, receiver: NetlinkReceiver) {
    this.#calls = calls;
    this.#receiver = receiver;
  }

  send(bytes: Uint8Array): void {
    if (this.#writes++ < WRITES_PER_TURN) this.#write(bytes);
    else if (this.#waiting.push(Buffer.from(bytes)) === 1) setImmediate(() => this.#writeWaiting());
  }

  close(): void {
    this.#closed = true;
    this.#calls.close();
  }

  #writeWaiting(): void {
    this.#writes = 0;
    try {
      for (const bytes of this.#waiting.splice(0)) this.#write(bytes);
    } catch (error) {
      this.#receiver.error(error as Error);
    }
  }

  #write(bytes: Uint8Array): void {
    // Once it is closed, the descriptor may be another file's.
    if (this.#closed) return;
    this.#calls.write(bytes);
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => this.#read());
  }

  /** Delivers what is there, and what comes in answer to requests that are sent meanwhile. */
  #read(): void {
    try {
      while (!this.#closed) {
        const length = this.#calls.read(this.#buffer);
        if (length === undefined) break;
        if (length >= READ_BYTES) throw new RangeError(`netlink datagram of ${length} bytes: longer than expected`);
        this.#receiver.message(this.#buffer.subarray(0, length));
      }
    } catch (error) {
      this.#receiver.error(error as Error);
    } finally {
      this.#reading = false;
    }
  }
}
