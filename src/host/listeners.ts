import { closeSync, openSync, readSync } from "node:fs";
import { DecodeError } from "../errors.js";
import { ADDRESS_LENGTH, type Address, addressFromBytes, type Family } from "../model/address.js";
import { LITTLE_ENDIAN } from "../wire/writer.js";
import { HostError, type Listener } from "./host.js";

/** `/proc/net/tcp` and its like: local address and port, the other end, state, all hexadecimal. */
const SOCKET = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /;

/** States of `<net/tcp_states.h>`: those in which a socket takes what comes from anybody. */
const TAKES_ALL = { tcp: "0A", udp: "07" } as const;

const FILES: Readonly<Record<Family, string>> = { ipv4: "", ipv6: "6" };

const LINES_LIMIT = 1_000_000;

/**
 * Sockets of this network namespace that wait for clients. Throws HostError when they cannot be read.
 *
 * @param proc where proc(5) is mounted, for tests
 */
export function readListeners(protocol: "tcp" | "udp", proc = "/proc"): Listener[] {
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const path = `${proc}/net/${protocol}${FILES[family]}`;
    const found: Listener[] = [];
    for (const line of linesOf(path)) {
      const [, address, port, state] = SOCKET.exec(line) ?? [];
      if (address === undefined) throw new DecodeError(`${path}: unexpected line: ${line.slice(0, 80)}`);
      if (state === TAKES_ALL[protocol]) {
        found.push({ address: addressOf(address, family), port: Number.parseInt(port!, 16) });
      } else if (protocol === "tcp") break; // The kernel lists those that listen first, and connections may be many.
    }
    return found;
  });
}

/** Lines behind the titles. A family that this kernel has not has no file. */
function* linesOf(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new HostError(`${path}: ${code}`);
  }
  try {
    const chunk = Buffer.alloc(1 << 16);
    let rest = "";
    for (let lines = -1; lines < LINES_LIMIT; ) {
      const length = readSync(file, chunk, 0, chunk.length, null);
      if (length === 0) return;
      const parts = (rest + chunk.toString("latin1", 0, length)).split("\n");
      rest = parts.pop()!;
      for (const line of parts) if (lines++ >= 0) yield line;
    }
    throw new HostError(`${path}: more than ${LINES_LIMIT} sockets`);
  } catch (error) {
    if (error instanceof HostError || error instanceof DecodeError) throw error;
    throw new HostError(`${path}: ${(error as NodeJS.ErrnoException).code}`);
  } finally {
    closeSync(file);
  }
}

/** Addresses are written as numbers of 32 bits, in the host's byte order. */
function addressOf(digits: string, family: Family): Address {
  const words = Buffer.from(digits, "hex");
  if (words.length !== ADDRESS_LENGTH[family]) throw new DecodeError(`an address of ${words.length} bytes: ${digits}`);
  return addressFromBytes(family, LITTLE_ENDIAN ? words.swap32() : words);
}
