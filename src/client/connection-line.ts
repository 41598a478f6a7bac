import { DecodeError } from "../errors.js";
import { type Address, addressFromBytes } from "../model/address.js";
import type { Connection, Endpoint } from "../model/connection.js";

const BLANK = 0x20;
const COLON = 0x3a;

/** The value of each hexadecimal digit by its character code; larger for other characters. */
const DIGITS = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Characters of an IPv6 address, eight groups of four digits. */
const IPV6_LENGTH = 39;

/** How many texts of each sort are kept: virtual services, servers and states recur in every line. */
const KEPT = 4096;

/**
 * Reads lines of /proc/net/ip_vs_conn (`ip_vs_conn_seq_show` of the kernel). Lists of a million lines go through here, so
 * lines stay bytes, and what was made of them once is not made again.
 */
export class ConnectionParser {
  #line: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  readonly #words = new Array<string>(KEPT).fill("");
  readonly #ipv4Bits = new Int32Array(KEPT);
  readonly #ipv4 = new Array<Address>(KEPT).fill("0.0.0.0");
  readonly #ipv6 = new Map<string, Address>();

  /** Reads the line in `bytes` from `start` up to `end`, without its line end. Throws DecodeError when it is not one. */
  parse(bytes: Buffer, start: number, end: number): Connection {
    this.#line = bytes;
    this.#at = start;
    this.#end = end;
    const protocol = this.#word();
    const client = this.#endpoint();
    const virtual = this.#endpoint();
    const destination = this.#endpoint();
    const state = this.#word();
    const expires = this.#seconds();
    if (!this.#skipBlanks()) return { protocol, client, virtual, destination, state, expires };
    const engine = this.#word();
    const data = this.#skipBlanks() ? this.#text(this.#wordEnd()) : "";
    return { protocol, client, virtual, destination, state, expires, persistence: { engine, data } };
  }

  #endpoint(): Endpoint {
    this.#skipBlanks();
    const address = this.#line[this.#at + 4] === COLON ? this.#ipv6Address() : this.#ipv4Address();
    this.#skipBlanks();
    const port = this.#hexadecimal(4);
    this.#endField();
    return { address, port };
  }

  #ipv4Address(): Address {
    const bits = this.#hexadecimal(8);
    this.#endField();
    const slot = (bits ^ (bits >>> 12) ^ (bits >>> 20)) & (KEPT - 1);
    if (this.#ipv4Bits[slot] !== bits) {
      this.#ipv4Bits[slot] = bits;
      this.#ipv4[slot] = `${bits >>> 24}.${(bits >>> 16) & 0xff}.${(bits >>> 8) & 0xff}.${bits & 0xff}`;
    }
    return this.#ipv4[slot]!;
  }

  #ipv6Address(): Address {
    const text = this.#text(Math.min(this.#at + IPV6_LENGTH, this.#end));
    let address = this.#ipv6.get(text);
    if (address === undefined) {
      address = this.#newIpv6Address();
      if (this.#ipv6.size === KEPT) this.#ipv6.clear();
      this.#ipv6.set(text, address);
    } else this.#at += IPV6_LENGTH;
    this.#endField();
    return address;
  }

  #newIpv6Address(): Address {
    const bytes = new Uint8Array(16);
    for (let at = 0; at < bytes.length; at += 2) {
      if (at > 0 && this.#line[this.#at++] !== COLON) fail();
      const group = this.#hexadecimal(4);
      bytes[at] = group >>> 8;
      bytes[at + 1] = group & 0xff;
    }
    return addressFromBytes("ipv6", bytes);
  }

  /** At most eight digits, as a signed number of 32 bits. */
  #hexadecimal(digits: number): number {
    let value = 0;
    for (const end = this.#at + digits; this.#at < end; this.#at++) {
      const digit = this.#at < this.#end ? DIGITS[this.#line[this.#at]!]! : 255;
      if (digit > 15) fail();
      value = (value << 4) | digit;
    }
    return value;
  }

  #seconds(): number {
    this.#skipBlanks();
    const end = this.#wordEnd();
    if (end === this.#at || end - this.#at > 15) fail();
    let value = 0;
    for (; this.#at < end; this.#at++) {
      const digit = DIGITS[this.#line[this.#at]!]!;
      if (digit > 9) fail();
      value = value * 10 + digit;
    }
    return value;
  }

  /** A short word that is likely to come again. */
  #word(): string {
    if (!this.#skipBlanks()) fail();
    const start = this.#at;
    const end = this.#wordEnd();
    let hash = 0;
    for (let at = start; at < end; at++) hash = (hash * 31 + this.#line[at]!) & (KEPT - 1);
    const word = this.#words[hash]!;
    let same = word.length === end - start;
    for (let at = start; same && at < end; at++) same = word.charCodeAt(at - start) === this.#line[at];
    this.#at = end;
    if (same) return word;
    const fresh = this.#line.toString("latin1", start, end);
    this.#words[hash] = fresh;
    return fresh;
  }

  #text(end: number): string {
    return this.#line.toString("latin1", this.#at, end);
  }

  #wordEnd(): number {
    let at = this.#at;
    while (at < this.#end && this.#line[at] !== BLANK) at++;
    return at;
  }

  /** False when the line ends. */
  #skipBlanks(): boolean {
    while (this.#at < this.#end && this.#line[this.#at] === BLANK) this.#at++;
    return this.#at < this.#end;
  }

  #endField(): void {
    if (this.#at < this.#end && this.#line[this.#at] !== BLANK) fail();
  }
}

function fail(): never {
  throw new DecodeError("not a connection");
}
