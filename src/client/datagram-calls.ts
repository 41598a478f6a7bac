/** The sizes of a socket's buffers, in bytes as the kernel counts them. They depend on sysctls (net.core.wmem_max and others). */
export interface Room {
  readonly send: number;
  readonly receive: number;
}

/** More than the kernel puts into one packet (SKB_WITH_OVERHEAD(32768)): a full buffer means that something was cut off. */
export const READ_BYTES = 32768;

/** The system calls on a netlink socket that does not block. They throw the system's errors, with `code`. */
export interface DatagramCalls {
  readonly room: Room;
  /** Hands one datagram to the kernel. */
  write(bytes: Uint8Array): void;
  /** Reads one datagram into the buffer. Returns its length; that of the buffer or more when it was cut off. */
  read(buffer: Buffer): number;
  /** Frees the descriptor. */
  close(): void;
}
