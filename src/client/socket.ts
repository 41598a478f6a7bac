import "./no-prebuild.js";
import { readSync, writeSync } from "node:fs";
import { RawNetlinkSocket } from "netlink/dist/raw.js";
import { NETLINK_GENERIC } from "../wire/constants.js";
import type { DatagramCalls, Room } from "./datagram-calls.js";
import { descriptorOf } from "./descriptor.js";
import { DirectSocket } from "./direct.js";
import type { NetlinkReceiver, NetlinkSocket, OpenSocket } from "./netlink-socket.js";
import { WANTED } from "./room.js";

/**
 * Bytes per receive of the binding. Fixed, so that it does not peek before each read; it allocates and clears this much every
 * time, and the kernel fills dumps into packets of this size, so more is slower and less means more reads.
 */
const RECEIVE_BYTES = 8192;

/** The way of Node.js, by the netlink package. The executable has `libc-socket.ts` instead. */
export const openSocket: OpenSocket = (receiver, protocol = NETLINK_GENERIC) => {
  const socket = openEventedSocket(receiver, protocol);
  const descriptor = descriptorOf(socket.port, protocol);
  if (descriptor === undefined) return socket;
  const { room } = socket;
  return new DirectSocket({ room, ...readingAndWriting(descriptor), close: () => socket.close() }, receiver);
};

function readingAndWriting(descriptor: number): Pick<DatagramCalls, "read" | "write"> {
  return {
    write: (bytes) => writeSync(descriptor, bytes),
    read: (buffer) => readSync(descriptor, buffer, 0, buffer.length, null),
  };
}

/**
 * The same as the binding has it: every datagram costs a new buffer and a part of a turn of the event loop, and after ENOBUFS the
 * socket is closed (libuv calls it EBADF).
 */
export function openEventedSocket(
  receiver: NetlinkReceiver,
  protocol = NETLINK_GENERIC,
): NetlinkSocket & { readonly port: number } {
  const socket = new RawNetlinkSocket(protocol, {
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
    room: makeRoom(socket),
    port: socket.address().port,
    // The binding may send later than now, from these very bytes.
    send: (bytes) => socket.send(Buffer.from(bytes), {}, (error) => error && receiver.error(error)),
    close: () => socket.close(),
  };
}

/** Asks for larger buffers where those that sockets get by default are too small. The kernel gives what net.core.*mem_max allow. */
function makeRoom(socket: RawNetlinkSocket): Room {
  if (socket.getSendBufferSize() < WANTED.send) socket.setSendBufferSize(WANTED.send);
  if (socket.getRecvBufferSize() < WANTED.receive) socket.setRecvBufferSize(WANTED.receive);
  return { send: socket.getSendBufferSize(), receive: socket.getRecvBufferSize() };
}
