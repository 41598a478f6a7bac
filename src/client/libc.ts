import { dlopen, toArrayBuffer } from "bun:ffi";
import { closeSync } from "node:fs";
import { errnoCode, errnoNumber, errnoText } from "../errno.js";
import type { DatagramCalls } from "./datagram-calls.js";
import { WANTED } from "./room.js";

/** The C library that this process runs on, as its loader calls it; the build of the executable says which. */
declare const LIBC: string;

/** Numbers of `<bits/socket.h>`, the same on x86 and arm. */
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_TRUNC = 0x20;

/** Numbers of `<asm-generic/socket.h>`. */
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;

const EINTR = errnoNumber("EINTR");

/** The option of the runtime that says how many bytes of addresses it keeps for machine code, and what is enough here. */
const ROOM_FOR_CODE = "BUN_JSC_jitMemoryReservationSize";
const ENOUGH = String(16 * 1024 * 1024);

let loaded: ReturnType<typeof load> | undefined;

/**
 * Makes the C library's functions ready. Where addresses are few (`ulimit -v`) there is no room for the machine code that calls
 * them, as the runtime keeps a gigabyte of addresses for such code: then the program starts anew with less, in this process.
 * So this has to come before standard input is read. Throws when it cannot be done.
 */
export function loadLibc(): ReturnType<typeof load> {
  try {
    loaded ??= load();
    return loaded;
  } catch (error) {
    if (process.env[ROOM_FOR_CODE] === undefined) startAnew();
    throw new Error(`no memory for machine code: raise ulimit -v, or allow memory that is executable (${error})`);
  }
}

function startAnew(): void {
  const { execve } = process as unknown as { execve(file: string, args: string[], env: NodeJS.ProcessEnv): void };
  execve(process.execPath, [process.argv0, ...process.argv.slice(2)], { ...process.env, [ROOM_FOR_CODE]: ENOUGH });
}

function load() {
  const { symbols } = dlopen(LIBC, {
    // What comes back is at most as long as the buffers here, or -1: 32 bits hold it.
    send: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "i32"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  });
  // The thread's errno as memory: a call that reads it later could find what a call in between has left.
  return { ...symbols, errno: new Int32Array(toArrayBuffer(symbols.__errno_location(), 0, 4)) };
}

/**
 * A netlink socket of this process's network namespace, by the C library. Its port is the kernel's choice.
 *
 * @param protocol as in netlink(7)
 * @throws the system's error, with `code`, when there can be none
 */
export function openNetlink(protocol: number): DatagramCalls {
  const libc = loadLibc();
  const descriptor = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (descriptor < 0) throw systemError("socket", libc.errno[0]!);
  return {
    room: {
      send: makeRoom(descriptor, SO_SNDBUF, WANTED.send),
      receive: makeRoom(descriptor, SO_RCVBUF, WANTED.receive),
    },
    write(bytes) {
      for (;;) {
        if (libc.send(descriptor, bytes, bytes.length, 0) >= 0) return;
        const errno = libc.errno[0]!;
        if (errno !== EINTR) throw systemError("send", errno);
      }
    },
    read(buffer) {
      for (;;) {
        const length = libc.recv(descriptor, buffer, buffer.length, MSG_TRUNC);
        if (length >= 0) return length;
        const errno = libc.errno[0]!;
        if (errno !== EINTR) throw systemError("recv", errno);
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** Bytes of an int of C. */
const INT_BYTES = 4;

/** The same bytes as a number. */
function u32(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, 1);
}

/** Asks for a larger buffer where it is too small, and tells how large it is. The kernel gives what net.core.*mem_max allow. */
function makeRoom(descriptor: number, option: number, wanted: number): number {
  const { getsockopt, setsockopt, errno } = loadLibc();
  const size = Buffer.alloc(INT_BYTES);
  const length = Buffer.alloc(INT_BYTES);
  const read = () => {
    u32(length).set([INT_BYTES]);
    if (getsockopt(descriptor, SOL_SOCKET, option, size, length) < 0) throw systemError("getsockopt", errno[0]!);
    return u32(size)[0]!;
  };
  const given = read();
  if (given >= wanted) return given;
  u32(size).set([wanted]);
  setsockopt(descriptor, SOL_SOCKET, option, size, INT_BYTES);
  return read();
}

/** Shaped as Node.js shapes them. */
function systemError(call: string, errno: number): Error {
  const code = errnoCode(errno);
  return Object.assign(new Error(`${code}: ${errnoText(errno)}, ${call}`), { code, errno: -errno, syscall: call });
}
