import type { Capacity } from "../wire/datagram.js";
import type { Room } from "./datagram-calls.js";

/** What one datagram carries at most. */
const MOST: Capacity = { bytes: 60_000, requests: 128 };

/** What the kernel keeps free of the send buffer (netlink_sendmsg): a datagram that needs it is refused with EMSGSIZE. */
const SEND_OVERHEAD = 32;

/**
 * What a refusal, which echoes its request, takes of the receive buffer: at most 1024 bytes of data and bookkeeping, and a
 * `struct sk_buff` of 256. What finds no room there is dropped, and the next read fails with ENOBUFS.
 */
const REFUSAL_BYTES = 1280;

/** The buffers that the largest datagram needs. */
export const WANTED: Room = { send: MOST.bytes + SEND_OVERHEAD, receive: MOST.requests * REFUSAL_BYTES };

/** What a datagram may carry so that the kernel takes it, and has room to refuse every request in it. */
export function capacityFor({ send, receive }: Room): Capacity {
  return {
    bytes: Math.min(MOST.bytes, send - SEND_OVERHEAD),
    requests: Math.min(MOST.requests, Math.max(1, Math.floor(receive / REFUSAL_BYTES))),
  };
}
