import { readlinkSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { descriptorOf } from "../../../src/client/descriptor.js";
import { DirectSocket } from "../../../src/client/direct.js";
import type { NetlinkReceiver, NetlinkSocket } from "../../../src/client/netlink-socket.js";
import { openEventedSocket, openSocket } from "../../../src/client/socket.js";
import { readMessages, writeFamilyRequest } from "../../../src/wire/message.js";
import { Writer } from "../../../src/wire/writer.js";

/** Real sockets, and the generic netlink controller, which every kernel has: it knows the family or it does not. */

function question(sequence: number): Uint8Array {
  const out = new Writer();
  writeFamilyRequest(out, sequence);
  return out.bytes;
}

/** Sends questions and gives the sequence numbers of the answers' last messages, in their order. */
async function ask(open: (receiver: NetlinkReceiver) => NetlinkSocket, questions: number): Promise<number[]> {
  const answered: number[] = [];
  const expected = Array.from({ length: questions }, (_, index) => index + 1);
  const socket = open({
    message(bytes) {
      // An answer may come in several datagrams; the acknowledgement or the error is the last.
      for (const { sequence, type } of readMessages(bytes)) if (type === 2) answered.push(sequence);
    },
    lost() {},
    error(error) {
      throw error;
    },
  });
  for (const sequence of expected) socket.send(question(sequence));
  expect(answered).toEqual([]);
  while (answered.length < questions) await setImmediate();
  socket.close();
  return answered;
}

describe("descriptorOf", () => {
  it("finds the socket of a port", () => {
    const first = openEventedSocket({ message() {}, error() {}, lost() {} });
    const second = openEventedSocket({ message() {}, error() {}, lost() {} });
    const descriptors = [descriptorOf(first.port)!, descriptorOf(second.port)!];
    expect(new Set(descriptors).size).toBe(2);
    for (const descriptor of descriptors) expect(readlinkSync(`/proc/self/fd/${descriptor}`)).toMatch(/^socket:/);
    first.close();
    expect(descriptorOf(first.port)).toBeUndefined();
    expect(descriptorOf(second.port)).toBe(descriptors[1]);
    second.close();
  });

  it("finds nothing for a port that no socket has", () => {
    expect(descriptorOf(0xfffffff0)).toBeUndefined();
  });
});

describe.each([
  ["the socket that is opened", openSocket],
  ["the binding's own", openEventedSocket],
] as const)("%s", (_, open) => {
  it("gets every answer, in order, and none before send returns", async () => {
    expect(await ask(open, 100)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });
});

describe("DirectSocket", () => {
  it("is what openSocket gives", () => {
    const socket = openSocket({ message() {}, error() {}, lost() {} });
    expect(socket).toBeInstanceOf(DirectSocket);
    socket.close();
  });

  it("is silent once it is closed, also about what waits for the next turn", async () => {
    const received: unknown[] = [];
    const socket = openSocket({
      message: () => received.push("message"),
      error: (error) => received.push(error),
      lost() {},
    });
    for (let sequence = 1; sequence <= 40; sequence++) socket.send(question(sequence));
    socket.close();
    await setImmediate();
    await setImmediate();
    expect(received).toEqual([]);
  });

  it("stops reading when a message closes it", async () => {
    let messages = 0;
    const socket = openSocket({
      message() {
        messages++;
        socket.close();
      },
      lost() {},
      error(error) {
        throw error;
      },
    });
    for (let sequence = 1; sequence <= 10; sequence++) socket.send(question(sequence));
    await setImmediate();
    expect(messages).toBe(1);
  });

  it("gives timers and signals their turn between many requests", async () => {
    let turns = 0;
    let answers = 0;
    const done = new Promise<void>((resolve) => {
      const socket = openSocket({
        message(bytes) {
          for (const { type, sequence } of readMessages(bytes)) {
            if (type !== 2) continue;
            answers++;
            if (sequence < 320) socket.send(question(sequence + 1));
            else {
              socket.close();
              resolve();
            }
          }
        },
        lost() {},
        error(error) {
          throw error;
        },
      });
      socket.send(question(1));
    });
    let running = true;
    void done.then(() => {
      running = false;
    });
    while (running) {
      await setImmediate();
      turns++;
    }
    expect(answers).toBe(320);
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});
