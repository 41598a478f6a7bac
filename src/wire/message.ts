import { DecodeError } from "../errors.js";
import { COMMAND, CONTROL } from "./attributes.js";
import {
  CTRL_CMD_GETFAMILY,
  GENL_HDRLEN,
  GENL_ID_CTRL,
  IPVS_GENL_NAME,
  IPVS_GENL_VERSION,
  NLM_F_ACK,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
} from "./constants.js";
import type { Request } from "./requests.js";
import { align, LITTLE_ENDIAN, type Writer } from "./writer.js";

/** Where the fields of `struct nlmsghdr` stand. */
const LENGTH_OFFSET = 0;
const TYPE_OFFSET = 4;
const FLAGS_OFFSET = 6;
const SEQUENCE_OFFSET = 8;

/** Appends one request to the family and returns where it starts. The kernel numbers port ids itself: pid is 0. */
export function writeRequest(out: Writer, family: number, sequence: number, flags: number, request: Request): number {
  const start = writeHeader(out, family, sequence, flags, request.command, IPVS_GENL_VERSION);
  if (!request.write?.(out)) COMMAND.encode(out, request.attributes);
  out.patchU32(start + LENGTH_OFFSET, out.length - start);
  return start;
}

/** Appends the question for the number of the IPVS family. */
export function writeFamilyRequest(out: Writer, sequence: number): void {
  const start = writeHeader(out, GENL_ID_CTRL, sequence, NLM_F_REQUEST | NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
  CONTROL.encode(out, { FAMILY_NAME: IPVS_GENL_NAME });
  out.patchU32(start + LENGTH_OFFSET, out.length - start);
}

/** Changes the flags of a request that was written at `start`. */
export function patchFlags(out: Writer, start: number, flags: number): void {
  out.patchU16(start + FLAGS_OFFSET, flags);
}

/** Appends a message of a family without a header of its own, such as rtnetlink(7). */
export function writeMessage(out: Writer, type: number, sequence: number, flags: number, payload: Uint8Array): void {
  out.u32(NLMSG_HDRLEN + payload.length);
  out.u16(type);
  out.u16(flags);
  out.u32(sequence);
  out.u32(0);
  out.raw(payload);
}

function writeHeader(out: Writer, type: number, sequence: number, flags: number, command: number, version: number) {
  const start = out.take(NLMSG_HDRLEN + GENL_HDRLEN);
  out.patchU16(start + TYPE_OFFSET, type);
  out.patchU16(start + FLAGS_OFFSET, flags);
  out.patchU32(start + SEQUENCE_OFFSET, sequence);
  out.patchU8(start + NLMSG_HDRLEN, command);
  out.patchU8(start + NLMSG_HDRLEN + 1, version);
  return start;
}

/** One message of a datagram from the kernel: its header and where its payload lies. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  /** The memory in which the bytes lie, as words of 32 bits, with a sign: compilers take larger numbers for doubles. */
  readonly words: Int32Array;
  /** Start and length of the payload behind `struct nlmsghdr`. */
  readonly offset: number;
  readonly length: number;
  /** Where the attributes of a generic netlink message begin, as an index of its words. */
  readonly first: number;
}

/** Splits a datagram into its messages. Throws DecodeError when lengths do not fit. */
export function* readMessages(bytes: Buffer): Generator<Message> {
  const reader = new MessageReader();
  reader.open(bytes);
  while (reader.next()) yield { ...reader };
}

/** Reads the messages of datagrams one after the other: it is the one that was read last. */
export class MessageReader implements Message {
  type = 0;
  flags = 0;
  sequence = 0;
  bytes: Buffer = Buffer.alloc(0);
  words: Int32Array = new Int32Array();
  offset = 0;
  length = 0;
  first = 0;
  /** Where the bytes begin in the words. */
  #base = 0;
  #next = 0;

  /** Begins with a datagram. */
  open(bytes: Buffer): void {
    // Words lie at multiples of four. Those of the socket do; its memory is the same every time.
    this.bytes = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(Uint8Array.from(bytes).buffer);
    const { buffer } = this.bytes;
    if (this.words.buffer !== buffer) this.words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
    this.#base = this.bytes.byteOffset >> 2;
    this.#next = 0;
  }

  /** Goes on to the next message; false when there is none. Throws DecodeError when lengths do not fit. */
  next(): boolean {
    const { bytes, words } = this;
    const at = this.#next;
    if (at >= bytes.length) return false;
    const left = bytes.length - at;
    const word = this.#base + (at >> 2);
    const length = left < NLMSG_HDRLEN ? 0 : words[word]! >>> 0;
    if (length < NLMSG_HDRLEN || length > left) {
      throw new DecodeError(`netlink message of ${length} bytes where ${left} bytes are left`);
    }
    const kind = words[word + 1]!;
    this.type = LITTLE_ENDIAN ? kind & 0xffff : kind >>> 16;
    this.flags = LITTLE_ENDIAN ? kind >>> 16 : kind & 0xffff;
    this.sequence = words[word + 2]! >>> 0;
    this.offset = at + NLMSG_HDRLEN;
    this.length = length - NLMSG_HDRLEN;
    this.first = word + MESSAGE_WORDS;
    this.#next = at + align(length);
    return true;
  }

  /** The word behind the last message. */
  get end(): number {
    return this.#base + (this.bytes.length >> 2);
  }

  /** Goes on behind messages that were read up to a word. */
  skip(word: number): void {
    this.#next = 4 * (word - this.#base);
  }
}

/** Words before the attributes of a message of generic netlink. */
export const MESSAGE_WORDS = (NLMSG_HDRLEN + GENL_HDRLEN) / 4;

/** Which word of a message holds its type and flags, and which its sequence number. */
export const KIND_WORD = TYPE_OFFSET / 4;
export const SEQUENCE_WORD = SEQUENCE_OFFSET / 4;

/** The word of a type and flags. */
export const kindOf = (type: number, flags: number): number =>
  LITTLE_ENDIAN ? type | (flags << 16) : (type << 16) | flags;

/** Length of an NLMSG_DONE message, and which of its words is the error number. */
export const END_BYTES = NLMSG_HDRLEN + 4;
export const END_ERRNO_WORD = NLMSG_HDRLEN / 4;

/** The error number in an NLMSG_ERROR or NLMSG_DONE message: 0 for success, else positive as in errno(3). */
export function messageErrno(message: Message): number {
  if (message.length < 4) return 0;
  return -message.words[message.first - GENL_HDRLEN / 4]! || 0;
}

/** Where the attributes of a generic netlink message lie, behind `struct genlmsghdr`. */
export function attributesOf(message: Message): readonly [bytes: Buffer, offset: number, length: number] {
  if (message.length < GENL_HDRLEN) throw new DecodeError("generic netlink message without its header");
  return [message.bytes, message.offset + GENL_HDRLEN, message.length - GENL_HDRLEN];
}
