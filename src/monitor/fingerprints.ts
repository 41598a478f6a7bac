import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { DecodeError, TransportError } from "../errors.js";
import { PROC_TABLE_FILE, parseProcTable } from "../host/proc-table.js";
import { isFirewallMark, type ServiceKey, serviceKey } from "../model/service.js";

const BLANK = 0x20;
const LINE_END = 0x0a;
/** Lines before the first service. */
const TITLES = 3;
/** Words of a server's line that say how it is configured: the arrow, address, method and weight; connections follow. */
const CONFIGURED = 4;

/** A service in the text: a hash of what is configured, and where its lines stand. */
interface Block {
  readonly hash: number;
  readonly start: number;
  end: number;
}

/**
 * Finds the services that may have changed from one look to the next by the kernel's text, which costs a fraction of asking for the
 * servers of each. It shows keys, schedulers, persistence, servers, methods and weights, but no thresholds, tunnels, scheduler
 * flags and persistence engines.
 */
export class Fingerprints {
  readonly #path: string;
  #buffer = Buffer.allocUnsafe(1 << 16);
  #before = new Map<number, readonly ServiceKey[]>();

  /** @param path another file of the same format, for tests */
  constructor(path = PROC_TABLE_FILE) {
    this.#path = path;
  }

  /** Whether the kernel's text can be read here. */
  get isReadable(): boolean {
    return existsSync(this.#path);
  }

  /**
   * The services that are new, gone or not the same as at the look before. Throws TransportError, with code ENOENT when the kernel
   * has no IPVS any more.
   */
  look(): ServiceKey[] {
    const length = this.#read();
    const now = new Map<number, readonly ServiceKey[]>();
    const touched: ServiceKey[] = [];
    for (const block of blocks(this.#buffer, length)) {
      const known = this.#before.get(block.hash);
      const keys = known ?? keysIn(this.#buffer.toString("latin1", block.start, block.end));
      if (known === undefined) touched.push(...keys);
      now.set(block.hash, keys);
    }
    for (const [hash, keys] of this.#before) if (!now.has(hash)) touched.push(...keys);
    this.#before = now;
    return touched;
  }

  /** Reads the file into the buffer and returns its length: the kernel hands out a page per read. */
  #read(): number {
    let file: number | undefined;
    try {
      file = openSync(this.#path, "r");
      for (let length = 0; ; ) {
        if (length === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], length * 2);
        const read = readSync(file, this.#buffer, length, this.#buffer.length - length, null);
        if (read === 0) return length;
        length += read;
      }
    } catch (error) {
      throw new TransportError(`cannot read file ${this.#path}`, (error as NodeJS.ErrnoException).code);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}

function blocks(text: Uint8Array, length: number): Block[] {
  const found: { hash: number; start: number; end: number }[] = [];
  let current: (typeof found)[number] | undefined;
  let at = 0;
  for (let line = 0; line < TITLES; line++) at = text.indexOf(LINE_END, at) + 1;
  while (at < length) {
    const server = text[at] === BLANK;
    if (!server) {
      current = { hash: 0x811c9dc5, start: at, end: at };
      found.push(current);
    }
    let hash = current?.hash ?? 0;
    let words = 0;
    for (let before = BLANK; at < length && text[at] !== LINE_END; at++) {
      const byte = text[at]!;
      if (byte !== BLANK && before === BLANK) words++;
      before = byte;
      // FNV-1a of what is configured.
      if (!server || words <= CONFIGURED) hash = Math.imul(hash ^ byte, 0x01000193);
    }
    at++;
    if (current !== undefined) [current.hash, current.end] = [hash, at];
  }
  return found;
}

/** What parseProcTable wants to see first. */
const HEAD = "IP Virtual Server version 1.2.1 (size=4096)\n\n\n";

/** The service of a block; none for one that the reader does not know. The text does not tell the family of a firewall mark. */
function keysIn(block: string): ServiceKey[] {
  try {
    const [entry] = parseProcTable(HEAD + block).table;
    return entry === undefined ? [] : keysOf(serviceKey(entry.service));
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
}

function keysOf(key: ServiceKey): ServiceKey[] {
  if (!isFirewallMark(key)) return [key];
  return (["ipv4", "ipv6"] as const).map((family) => ({ ...key, family }));
}
