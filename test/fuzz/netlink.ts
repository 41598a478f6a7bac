import fc from "fast-check";
import type { OpenSocket } from "../../src/client/netlink-socket.js";
import { COMMAND, CONTROL, INFO } from "../../src/wire/attributes.js";
import { GENL_ID_CTRL, NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR } from "../../src/wire/constants.js";
import { encodeDaemon } from "../../src/wire/daemon.js";
import { encodeDestination } from "../../src/wire/destination.js";
import { readMessages } from "../../src/wire/message.js";
import { encodeService } from "../../src/wire/service.js";
import { Writer } from "../../src/wire/writer.js";
import { daemon, destination, service } from "../unit/arbitraries.js";
import { corrupted } from "./text.js";

/** The number that the made-up kernel gives to the IPVS family. */
const FAMILY = 28;

function written(write: (out: Writer) => void): Uint8Array {
  const out = new Writer();
  write(out);
  return Uint8Array.from(out.bytes);
}

const u32 = fc.nat(0xffffffff).map((value) => written((out) => out.u32(value)));

/** An attribute with its header; every twentieth one has a wrong length. */
function attributeBytes(type: number, payload: Uint8Array, lie: number): Uint8Array {
  const head = written((out) => {
    out.u16(Math.max(0, 4 + payload.length + lie));
    out.u16(type);
  });
  return Buffer.concat([head, payload, Buffer.alloc(-payload.length & 3)]);
}

/** Attributes in attributes of any type, length and depth. */
export const attributes = fc.letrec<{ list: Uint8Array; one: Uint8Array }>((tie) => ({
  list: fc.array(tie("one"), { maxLength: 5, depthIdentifier: "attribute" }).map((parts) => Buffer.concat(parts)),
  one: fc
    .tuple(
      fc.oneof(fc.nat(20), fc.nat(0xffff)),
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.uint8Array({ maxLength: 20 }),
        u32,
        fc.string({ unit: "binary-ascii", maxLength: 20 }).map((text) => Buffer.from(`${text}\0`)),
        tie("list"),
      ),
      fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.integer({ min: -6, max: 6 })),
    )
    .map(([type, payload, lie]) => attributeBytes(type, payload, lie)),
})).list;

/** What the kernel answers to requests of every kind, sound. */
const replies = fc.oneof(
  service.map((value) => written((out) => COMMAND.encode(out, { SERVICE: encodeService(value) }))),
  destination.map((value) => written((out) => COMMAND.encode(out, { DEST: encodeDestination(value) }))),
  daemon.map((value) => written((out) => COMMAND.encode(out, { DAEMON: encodeDaemon(value) }))),
  fc.constant(written((out) => INFO.encode(out, { VERSION: 0x010201, CONN_TAB_SIZE: 4096 }))),
  fc.constant(written((out) => COMMAND.encode(out, { TIMEOUT_TCP: 900, TIMEOUT_TCP_FIN: 120, TIMEOUT_UDP: 300 }))),
);

/** The attributes of a reply, sound or not. */
export const payloads = fc.oneof(corrupted(replies), corrupted(attributes));

interface Reply {
  readonly type: number;
  readonly flags: number;
  /** Added to the number of the request that is answered. */
  readonly sequence: number;
  /** Added to the true length. */
  readonly lie: number;
  readonly payload: Uint8Array;
}

const errno = fc
  .oneof(fc.constantFrom(0, -1, -2, -3, -17, -22), fc.integer())
  .map((value) => written((out) => out.u32(value >>> 0)));
const rarely = (value: fc.Arbitrary<number>) => fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, value);
const header = {
  flags: fc.constantFrom(0, 2, 2, NLM_F_DUMP_INTR, 0xffff),
  sequence: rarely(fc.integer({ min: -2, max: 2 })),
  lie: rarely(fc.integer({ min: -20, max: 20 })),
};
const reply: fc.Arbitrary<Reply> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...header,
      type: rarely(fc.nat(40)).map((other) => other || FAMILY),
      payload: payloads.map((bytes) => Buffer.concat([Buffer.of(1, 1, 0, 0), bytes])),
    }),
  },
  { weight: 2, arbitrary: fc.record({ ...header, type: fc.constantFrom(NLMSG_DONE, NLMSG_ERROR), payload: errno }) },
  fc.record({ ...header, type: fc.nat(40), payload: fc.uint8Array({ maxLength: 30 }) }),
);

/** Datagrams that a kernel sends one after the other, or faults of the socket. */
export const scripts = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.array(reply, { maxLength: 4 }) },
    fc.constantFrom("fault" as const, "lost" as const),
  ),
  { maxLength: 16 },
);

function datagram(replies: readonly Reply[], sequence: number): Buffer {
  return Buffer.concat(
    replies.map((one) =>
      written((out) => {
        out.u32(Math.max(0, 16 + one.payload.length + one.lie));
        out.u16(one.type);
        out.u16(one.flags);
        out.u32((sequence + one.sequence) >>> 0);
        out.u32(0);
        out.raw(one.payload, (one.payload.length + 3) & ~3);
      }),
    ),
  );
}

const family: Reply = {
  ...{ type: GENL_ID_CTRL, flags: 0, sequence: 0, lie: 0 },
  payload: written((out) => {
    out.u32(1);
    CONTROL.encode(out, { FAMILY_ID: FAMILY });
  }),
};
const acknowledgement: Reply = { type: NLMSG_ERROR, flags: 0, sequence: 0, lie: 0, payload: new Uint8Array(4) };

/**
 * The socket of a kernel that says to each request what comes next in a script, and then that it is done, so that no
 * question stays without an answer.
 */
export function madeUpKernel(script: readonly ("fault" | "lost" | readonly Reply[])[]): OpenSocket {
  const left = script.values();
  return (receiver) => {
    let closed = false;
    const deliver = (work: () => void) => queueMicrotask(() => closed || work());
    const say = (replies: readonly Reply[], sequence: number) =>
      deliver(() => receiver.message(datagram(replies, sequence)));
    return {
      room: { send: 212_992, receive: 212_992 },
      close: () => {
        closed = true;
      },
      send: (bytes) => {
        const { type, sequence } = [...readMessages(Buffer.from(bytes))].at(-1)!;
        if (type === GENL_ID_CTRL) return say([family, acknowledgement], sequence);
        for (let count = 0; count < 3; count++) {
          const { value } = left.next();
          if (value === "lost") deliver(() => receiver.lost());
          else if (value === "fault") deliver(() => receiver.error(new Error("a fault of the socket")));
          else if (value !== undefined) say(value, sequence);
        }
        say([acknowledgement], sequence);
      },
    };
  };
}
