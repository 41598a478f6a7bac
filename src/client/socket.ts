import { RawNetlinkSocket } from "netlink/dist/raw.js";
import { NETLINK_GENERIC } from "../wire/constants.js";

/** What the transport needs of a netlink socket; tests put a fake in its place for faults that no kernel shows. */
export interface NetlinkSocket {
  /** Hands one datagram to the kernel. Errors come to `error`. */
  send(bytes: Uint8Array): void;
  /** Frees the descriptor. Nothing is delivered afterwards. */
  close(): void;
}

/** Where a socket delivers to. */
export interface NetlinkReceiver {
  /** One datagram, whole, from the kernel. */
  message(bytes: Buffer): void;
  /** Sending or receiving failed. */
  error(error: Error): void;
}

/** Opens a socket that delivers to `receiver`. Throws the system's error when there can be none. */
export type OpenSocket = (receiver: NetlinkReceiver) => NetlinkSocket;

/**
 * Bytes per receive. Fixed, so that the binding does not peek before each read; it allocates and clears this much every
 * time, and the kernel fills dumps into packets of this size, so more is slower and less means more reads.
 */
const RECEIVE_BYTES = 8192;

/** A generic netlink socket in this process's network namespace. Throws the system's error when there can be none. */
export const openSocket: OpenSocket = (receiver) => {
  const socket = new RawNetlinkSocket(NETLINK_GENERIC, {
    messagePeeking: false,
    msgBufferSize: RECEIVE_BYTES,
  } as ConstructorParameters<typeof RawNetlinkSocket>[1]);
  // Port 0 is the kernel. Any local process may send to our port, so everything else is passed over.
  socket.on("message", (bytes, from) => {
    if (from.port === 0) receiver.message(bytes);
  });
  socket.on("truncatedMessage", (_bytes, from) => {
    if (from.port === 0)
      receiver.error(new RangeError(`netlink datagram of ${from.truncated} bytes: longer than expected`));
  });
  socket.on("error", (error) => receiver.error(error));
  return {
    send: (bytes) => socket.send(bytes, {}, (error) => error && receiver.error(error)),
    close: () => socket.close(),
  };
};
