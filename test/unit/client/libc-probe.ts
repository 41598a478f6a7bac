// Run by Bun: real sockets by the C library, and what became of them as JSON. Every kernel has the generic netlink controller.
import { setImmediate } from "node:timers/promises";
import { openNetlink } from "../../../src/client/libc.js";
import { openSocket } from "../../../src/client/libc-socket.js";
import { NETLINK_GENERIC, NLMSG_ERROR } from "../../../src/wire/constants.js";
import { readMessages, writeFamilyRequest } from "../../../src/wire/message.js";
import { Writer } from "../../../src/wire/writer.js";

const QUESTIONS = 100;
const NO_PROTOCOL = 40;

function question(sequence: number): Uint8Array {
  const out = new Writer();
  writeFamilyRequest(out, sequence);
  return out.bytes;
}

function failure(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    const { message, code, syscall } = error as NodeJS.ErrnoException;
    return { message, code, syscall };
  }
}

async function answers(): Promise<{ early: number; sequences: number[] }> {
  const sequences: number[] = [];
  const socket = openSocket({
    message(bytes) {
      for (const { type, sequence } of readMessages(bytes)) if (type === NLMSG_ERROR) sequences.push(sequence);
    },
    lost() {
      throw new Error("answers were lost");
    },
    error(error) {
      throw error;
    },
  });
  for (let sequence = 1; sequence <= QUESTIONS; sequence++) socket.send(question(sequence));
  const early = sequences.length;
  while (sequences.length < QUESTIONS) await setImmediate();
  socket.close();
  return { early, sequences };
}

async function closedSocket(): Promise<unknown[]> {
  const received: unknown[] = [];
  const socket = openSocket({
    message: () => received.push("message"),
    lost: () => received.push("lost"),
    error: (error) => received.push(error),
  });
  for (let sequence = 1; sequence <= 40; sequence++) socket.send(question(sequence));
  socket.close();
  await setImmediate();
  await setImmediate();
  return received;
}

const calls = openNetlink(NETLINK_GENERIC);
const nothing = failure(() => calls.read(Buffer.alloc(8)));
const { room } = calls;
calls.write(question(1));
const truncated = calls.read(Buffer.alloc(8));
const tooLong = failure(() => calls.write(Buffer.alloc(1 << 26)));
calls.close();
const afterClose = [failure(() => calls.write(question(1))), failure(() => calls.read(Buffer.alloc(8)))];

process.stdout.write(
  JSON.stringify({
    ...(await answers()),
    nothing,
    room,
    truncated,
    tooLong,
    closedSocket: await closedSocket(),
    afterClose,
    noProtocol: failure(() => openNetlink(NO_PROTOCOL)),
  }),
);
