import type { DatagramCalls, Room } from "./datagram-calls.js";

/** What the transport needs of a netlink socket; tests put a fake in its place for faults that no kernel shows. */
export interface NetlinkSocket {
  readonly room: Room;
  /** Its system calls, for whoever has it to himself and waits for nothing; absent where there are none to be had. */
  readonly calls?: DatagramCalls;
  /** Hands one datagram to the kernel, whose bytes are the caller's again afterwards. Throws, or calls `error` later. */
  send(bytes: Uint8Array): void;
  /** Frees the descriptor. Nothing is delivered afterwards. */
  close(): void;
}

/** Where a socket delivers to. */
export interface NetlinkReceiver {
  /** One datagram, whole, from the kernel. Its bytes may be overwritten afterwards. */
  message(bytes: Buffer): void;
  /** The kernel dropped answers (ENOBUFS). What it could keep has been delivered, and the socket can be used again. */
  lost(): void;
  /** Sending or receiving failed. */
  error(error: Error): void;
}

/**
 * Opens a socket of this process's network namespace that delivers to `receiver`, never before `send` returns. Throws the
 * system's error when there can be none. `protocol` as in netlink(7); generic netlink when absent.
 */
export type OpenSocket = (receiver: NetlinkReceiver, protocol?: number) => NetlinkSocket;
