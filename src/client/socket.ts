import "./no-prebuild.js";
import { RawNetlinkSocket } from "netlink/dist/raw.js";
import { NETLINK_GENERIC } from "../wire/constants.js";
import { descriptorOf } from "./descriptor.js";
import { DirectSocket } from "./direct.js";
import type { NetlinkReceiver, NetlinkSocket, OpenSocket } from "./netlink-socket.js";

/**
 * Bytes per receive of the binding. Fixed, so that it does not peek before each read; it allocates and clears this much every
 * time, and the kernel fills dumps into packets of this size, so more is slower and less means more reads.
 */
const RECEIVE_BYTES = 8192;

/** A generic netlink socket in this process's network namespace. Throws the system's error when there can be none. */
export const openSocket: OpenSocket = (receiver) => {
  const socket = openEventedSocket(receiver);
  const descriptor = descriptorOf(socket.port);
  return descriptor === undefined ? socket : new DirectSocket(socket, descriptor, receiver);
};

/** The same as the binding has it: every datagram costs a new buffer and a part of a turn of the event loop. */
export function openEventedSocket(receiver: NetlinkReceiver): NetlinkSocket & { readonly port: number } {
  const socket = new RawNetlinkSocket(NETLINK_GENERIC, {
    messagePeeking: false,
    msgBufferSize: RECEIVE_BYTES,
  } as ConstructorParameters<typeof RawNetlinkSocket>[1]);
  // Port 0 is the kernel. Any local process may send to our port, so everything else is ignored.
  socket.on("message", (bytes, from) => {
    if (from.port === 0) receiver.message(bytes);
  });
  socket.on("truncatedMessage", (_bytes, from) => {
    if (from.port === 0)
      receiver.error(new RangeError(`netlink datagram of ${from.truncated} bytes: longer than expected`));
  });
  socket.on("error", (error) => receiver.error(error));
  return {
    port: socket.address().port,
    // The binding may send later than now, from these very bytes.
    send: (bytes) => socket.send(Buffer.from(bytes), {}, (error) => error && receiver.error(error)),
    close: () => socket.close(),
  };
}
