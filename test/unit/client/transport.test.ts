import { describe, expect, it } from "vitest";
import { IpvsClient } from "../../../src/client/client.js";
import type { Room } from "../../../src/client/datagram-calls.js";
import type { NetlinkReceiver, OpenSocket } from "../../../src/client/netlink-socket.js";
import type { Destination } from "../../../src/model/destination.js";
import type { Service } from "../../../src/model/service.js";
import { COMMAND, CONTROL, INFO } from "../../../src/wire/attributes.js";
import {
  GENL_ID_CTRL,
  IPVS_CMD_DEL_DAEMON,
  IPVS_CMD_GET_DEST,
  IPVS_CMD_GET_INFO,
  IPVS_CMD_GET_SERVICE,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../../../src/wire/constants.js";
import { type Message, readMessages } from "../../../src/wire/message.js";
import { newDest } from "../../../src/wire/requests.js";
import { encodeService } from "../../../src/wire/service.js";
import { Writer } from "../../../src/wire/writer.js";

/** Faults that a real kernel does not show on demand, from a kernel of a few lines. */

const FAMILY = 28;
const MULTI = 2;
const EPERM = 1;
const ESRCH = 3;
const EBUSY = 16;
const EEXIST = 17;

/** What the socket says when the kernel has dropped answers. */
const LOST = Symbol("lost");

/** Answers one request; returns datagrams, each a list of messages. */
type Answer = (command: number, sequence: number, nth: number) => readonly (Buffer[] | typeof LOST)[];

/** Room for the largest datagrams. */
const AMPLE: Room = { send: 212_992, receive: 212_992 };

function message(type: number, flags: number, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + payload.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, payload, Buffer.alloc(-payload.length & 3)]);
}

function generic(command: number, attributes: (out: Writer) => void): Buffer {
  const out = new Writer();
  attributes(out);
  return Buffer.concat([Buffer.from([command, 1, 0, 0]), out.bytes]);
}

const int = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const ack = (sequence: number, errno = 0) => message(NLMSG_ERROR, 0, sequence, int(-errno));
const done = (sequence: number, flags = 0, errno = 0) => message(NLMSG_DONE, MULTI | flags, sequence, int(-errno));
const service = (sequence: number, port: number, flags = 0) =>
  message(
    FAMILY,
    MULTI | flags,
    sequence,
    generic(1, (out) => COMMAND.encode(out, { SERVICE: encodeService(web(port)) })),
  );
const web = (port: number): Service => ({
  protocol: "tcp",
  address: "192.0.2.1",
  port,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: "255.255.255.255",
});

/** The longest request that there is: a service and a server of IPv6 with every option. */
const IPV6_WEB = { protocol: "tcp", address: "2001:db8::1", port: 80 } as const;
const IPV6_SERVER: Destination = {
  address: "2001:db8::2",
  port: 80,
  forwarding: "tunnel",
  tunnel: { type: "gue", port: 6080, flags: 1 },
  weight: 1,
  upperThreshold: 9,
  lowerThreshold: 1,
};

function fakeKernel(answer: Answer, room = AMPLE): { open: OpenSocket; sent: Message[]; sizes: number[] } {
  const sent: Message[] = [];
  const sizes: number[] = [];
  const counts = new Map<number, number>();
  const open: OpenSocket = (receiver: NetlinkReceiver) => ({
    room,
    close: () => {},
    send: (bytes) => {
      sizes.push(bytes.length);
      for (const request of readMessages(Buffer.from(bytes))) {
        sent.push(request);
        const command = request.bytes[request.offset]!;
        const nth = counts.get(command) ?? 0;
        counts.set(command, nth + 1);
        const datagrams =
          request.type === GENL_ID_CTRL
            ? [
                [
                  message(
                    GENL_ID_CTRL,
                    0,
                    request.sequence,
                    generic(1, (out) => CONTROL.encode(out, { FAMILY_ID: FAMILY })),
                  ),
                ],
                [ack(request.sequence)],
              ]
            : answer(command, request.sequence, nth);
        for (const datagram of datagrams) {
          queueMicrotask(() => (datagram === LOST ? receiver.lost() : receiver.message(Buffer.concat(datagram))));
        }
      }
    },
  });
  return { open, sent, sizes };
}

describe("dumps", () => {
  it("starts an interrupted dump again and keeps nothing of the first try", async () => {
    const { open, sent } = fakeKernel((_command, sequence, nth) =>
      nth === 0
        ? [[service(sequence, 1)], [service(sequence, 2, NLM_F_DUMP_INTR)], [done(sequence)]]
        : [[service(sequence, 3), service(sequence, 4), done(sequence)]],
    );
    const client = await IpvsClient.open(open);
    expect((await client.services()).map(({ service }) => (service as { port: number }).port)).toEqual([3, 4]);
    expect(sent.filter(({ bytes, offset }) => bytes[offset] === IPVS_CMD_GET_SERVICE)).toHaveLength(2);
  });

  it("notices an interruption that only DONE tells", async () => {
    const { open } = fakeKernel((_command, sequence, nth) =>
      nth === 0
        ? [[service(sequence, 1)], [done(sequence, NLM_F_DUMP_INTR)]]
        : [[service(sequence, 2)], [done(sequence)]],
    );
    const client = await IpvsClient.open(open);
    expect(await client.services()).toEqual([{ service: web(2) }]);
  });

  it("takes a service once that the kernel sends twice", async () => {
    const { open } = fakeKernel((_command, sequence) => [
      [service(sequence, 1), service(sequence, 2)],
      [service(sequence, 2), done(sequence)],
    ]);
    const client = await IpvsClient.open(open);
    expect(await client.services()).toEqual([{ service: web(1) }, { service: web(2) }]);
  });

  it("gives up on a dump that is always interrupted", async () => {
    const { open } = fakeKernel((_command, sequence) => [[done(sequence, NLM_F_DUMP_INTR)]]);
    const client = await IpvsClient.open(open);
    await expect(client.services()).rejects.toThrow(expect.objectContaining({ name: "TransportError", code: "EINTR" }));
  });

  it("starts a dump again when answers were lost", async () => {
    const { open } = fakeKernel((_command, sequence, nth) =>
      nth === 0 ? [[service(sequence, 1)], LOST] : [[service(sequence, 2), done(sequence)]],
    );
    const client = await IpvsClient.open(open);
    expect(await client.services()).toEqual([{ service: web(2) }]);
  });

  it("waits for the end of the dump that lost answers where the kernel goes on with it", async () => {
    let first = 0;
    const { open, sent } = fakeKernel((_command, sequence, nth) => {
      if (nth === 0) first = sequence;
      if (nth === 0) return [[service(sequence, 1)], LOST];
      if (nth === 1) return [[ack(sequence, EBUSY)], [service(first, 2)], [done(first)]];
      return [[service(sequence, 3), done(sequence)]];
    });
    const client = await IpvsClient.open(open);
    expect(await client.services()).toEqual([{ service: web(3) }]);
    expect(sent.filter(({ bytes, offset }) => bytes[offset] === IPVS_CMD_GET_SERVICE)).toHaveLength(3);
  });

  it("gives up on a dump that always loses answers", async () => {
    const { open } = fakeKernel(() => [LOST]);
    const client = await IpvsClient.open(open);
    await expect(client.services()).rejects.toThrow(expect.objectContaining({ name: "TransportError" }));
  });

  it("throws for a dump that ends in an error, after messages or at once", async () => {
    for (const end of [done, (sequence: number) => ack(sequence, EPERM)]) {
      const { open } = fakeKernel((_command, sequence) => [[service(sequence, 1)], [end(sequence, 0, EPERM)]]);
      const client = await IpvsClient.open(open);
      await expect(client.services()).rejects.toThrow(
        expect.objectContaining({ name: "KernelError", code: "EPERM", operation: "IPVS_CMD_GET_SERVICE" }),
      );
    }
  });

  it("leaves out a service that is gone when its servers are read", async () => {
    const { open } = fakeKernel((command, sequence, nth) => {
      if (command === IPVS_CMD_GET_DEST) return [[done(sequence)]];
      // The list of services, then a question for each that seems to have no servers.
      if (nth === 0) return [[service(sequence, 1), service(sequence, 2), done(sequence)]];
      return nth === 1 ? [[ack(sequence, ESRCH)]] : [[service(sequence, 2)], [ack(sequence)]];
    });
    const client = await IpvsClient.open(open);
    expect(await client.table()).toEqual([{ service: web(2), destinations: [] }]);
  });
});

describe("faults", () => {
  it("ignores answers to other requests", async () => {
    const { open } = fakeKernel((_command, sequence) => [
      [service(sequence - 1, 9)],
      [ack(sequence - 1, EPERM)],
      [service(sequence, 1)],
      [done(sequence)],
    ]);
    const client = await IpvsClient.open(open);
    expect(await client.services()).toEqual([{ service: web(1) }]);
  });

  it("throws DecodeError for answers of another shape, and goes on with the next request", async () => {
    const { open } = fakeKernel((command, sequence) =>
      command === IPVS_CMD_GET_INFO
        ? [
            [
              message(
                FAMILY,
                0,
                sequence,
                generic(14, (out) => INFO.encode(out, { VERSION: 1 })),
              ),
            ],
            [ack(sequence)],
          ]
        : [[message(FAMILY, MULTI, sequence, Buffer.from([1, 1, 0, 0, 9, 0, 1, 0]))]],
    );
    const client = await IpvsClient.open(open);
    const services = client.services();
    const info = client.info();
    await expect(services).rejects.toThrow(expect.objectContaining({ name: "DecodeError" }));
    expect(await info).toEqual({ version: 1, connectionTableSize: 0 });
  });

  it("asks a question again whose answer was lost, and says so of a change", async () => {
    const { open } = fakeKernel((command, sequence, nth) => {
      if (nth === 0) return [LOST];
      const version = generic(14, (out) => INFO.encode(out, { VERSION: 1, CONN_TAB_SIZE: 4096 }));
      return command === IPVS_CMD_GET_INFO
        ? [[message(FAMILY, 0, sequence, version)], [ack(sequence)]]
        : [[ack(sequence)]];
    });
    const client = await IpvsClient.open(open);
    expect(await client.info()).toEqual({ version: 1, connectionTableSize: 4096 });
    await expect(client.flush()).rejects.toThrow(
      expect.objectContaining({ name: "KernelError", code: "ENOBUFS", operation: "IPVS_CMD_FLUSH" }),
    );
    await client.flush();
  });

  it("gives up on a question whose answer is always lost", async () => {
    const { open } = fakeKernel(() => [LOST]);
    const client = await IpvsClient.open(open);
    await expect(client.info()).rejects.toThrow(expect.objectContaining({ name: "KernelError", code: "ENOBUFS" }));
  });

  it("throws DecodeError for an acknowledgement without an answer", async () => {
    const { open } = fakeKernel((_command, sequence) => [[ack(sequence)]]);
    const client = await IpvsClient.open(open);
    await expect(client.info()).rejects.toThrow("without answering");
  });

  it("fails what runs and what waits when the socket fails", async () => {
    let receiver: NetlinkReceiver | undefined;
    const { open } = fakeKernel(() => []);
    const client = await IpvsClient.open((inner) => {
      receiver = inner;
      return open(inner);
    });
    const both = Promise.allSettled([client.info(), client.flush()]);
    receiver!.error(Object.assign(new Error("Error when receiving Netlink message"), { code: "EBADF" }));
    for (const outcome of await both) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { name: "TransportError", code: "EBADF" } });
    }
  });

  it("fails when closed, and afterwards", async () => {
    const { open } = fakeKernel(() => []);
    const client = await IpvsClient.open(open);
    const running = client.info();
    client.close();
    await expect(running).rejects.toThrow("was closed");
    await expect(client.info()).rejects.toThrow("is closed");
  });

  it("throws TransportError when there can be no socket", async () => {
    const none: OpenSocket = () => {
      throw Object.assign(new Error("Couldn't create netlink socket"), { code: "EAFNOSUPPORT" });
    };
    await expect(IpvsClient.open(none)).rejects.toThrow(
      expect.objectContaining({ name: "TransportError", code: "EAFNOSUPPORT" }),
    );
  });
});

describe("batches", () => {
  it("sends many requests per datagram and asks for one acknowledgement in each", async () => {
    const { open, sent } = fakeKernel((_command, sequence) => (sent.at(-1)!.flags & 4 ? [[ack(sequence)]] : []));
    const client = await IpvsClient.open(open);
    const before = sent.length;
    const requests = Array.from({ length: 300 }, () => ({ command: 17, attributes: {} }));
    expect(await client.batch(requests)).toEqual({ sent: 300, refusals: [] });
    const flags = sent.slice(before).map((request) => request.flags);
    expect(flags).toHaveLength(300);
    expect(flags.filter((bits) => bits & 4)).toHaveLength(3);
  });

  it("keeps a request and the one that has to come with it in one datagram", async () => {
    const { open, sent } = fakeKernel((_command, sequence) => (sent.at(-1)!.flags & 4 ? [[ack(sequence)]] : []));
    const client = await IpvsClient.open(open);
    const before = sent.length;
    const pairs = Array.from({ length: 200 }, () => [
      { command: 17, attributes: {}, withNext: true as const },
      { command: 18, attributes: {} },
    ]);
    // An odd one at the beginning: a datagram that is full would end within a pair.
    expect(await client.batch([{ command: 17, attributes: {} }, ...pairs.flat()])).toEqual({ sent: 401, refusals: [] });
    const ends = sent.slice(before).flatMap(({ flags }, index) => (flags & 4 ? [index] : []));
    expect(ends.length).toBeGreaterThan(2);
    expect(ends.every((index) => index % 2 === 0)).toBe(true);
  });

  it("says how far it came when the socket fails", async () => {
    let receiver: NetlinkReceiver | undefined;
    const { open, sent } = fakeKernel((_command, sequence) => {
      if (sent.length > 200) receiver!.error(Object.assign(new Error("recvmsg failed"), { code: "EBADF" }));
      else if (sent.at(-1)!.flags & 4) return [[ack(sequence)]];
      return [];
    });
    const client = await IpvsClient.open((inner) => {
      receiver = inner;
      return open(inner);
    });
    const requests = Array.from({ length: 300 }, () => ({ command: 17, attributes: {} }));
    await expect(client.batch(requests)).rejects.toThrow(
      "recvmsg failed; 128 changes had been answered by then, up to 128 more may have been made",
    );
  });

  it("makes datagrams that fit a small send buffer", async () => {
    const room = { ...AMPLE, send: 4608 };
    const { open, sent, sizes } = fakeKernel((_, sequence) => (sent.at(-1)!.flags & 4 ? [[ack(sequence)]] : []), room);
    const client = await IpvsClient.open(open);
    const longest = newDest(IPV6_WEB, IPV6_SERVER);
    expect(await client.batch(Array.from({ length: 300 }, () => longest))).toEqual({ sent: 300, refusals: [] });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4608 - 32);
    expect(Math.max(...sizes)).toBeGreaterThan(3500);
  });

  it.each([
    [2304, 1],
    [9000, 7],
    [212_992, 128],
  ])("of whose answers %i bytes of receive buffer hold all", async (receive, most) => {
    const { open, sent, sizes } = fakeKernel((_, sequence) => (sent.at(-1)!.flags & 4 ? [[ack(sequence)]] : []), {
      ...AMPLE,
      receive,
    });
    const client = await IpvsClient.open(open);
    const before = sizes.length;
    await client.batch(Array.from({ length: 300 }, () => ({ command: 17, attributes: {} })));
    expect(sizes.length - before).toBe(Math.ceil(300 / most));
  });

  it("names the requests whose answers were lost, and goes on", async () => {
    const { open, sent } = fakeKernel((_command, sequence, nth) => {
      if (nth === 130) return [[ack(sequence, EEXIST)], LOST];
      return sent.at(-1)!.flags & 4 && nth !== 255 ? [[ack(sequence)]] : [];
    });
    const client = await IpvsClient.open(open);
    const outcome = await client.batch(Array.from({ length: 300 }, () => ({ command: 17, attributes: {} })));
    expect(outcome.sent).toBe(300);
    const codes = new Map(outcome.refusals.map(({ index, error }) => [index, error.code]));
    expect([...codes.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, index) => 128 + index));
    expect(codes.get(130)).toBe("EEXIST");
    codes.delete(130);
    expect(new Set(codes.values())).toEqual(new Set(["ENOBUFS"]));
  });

  it("sends nothing of a request that cannot be encoded, nor with the next one", async () => {
    const { open, sent } = fakeKernel((_command, sequence) => (sent.at(-1)!.flags & 4 ? [[ack(sequence)]] : []));
    const client = await IpvsClient.open(open);
    const before = sent.length;
    const good = { command: 17, attributes: {} };
    const bad = {
      command: 1,
      get attributes(): never {
        throw new TypeError("not encodable");
      },
    };
    await expect(client.batch([good, bad])).rejects.toThrow("not encodable");
    await client.flush();
    expect(sent.slice(before).map(({ bytes, offset }) => bytes[offset])).toEqual([17]);
  });

  it("does not wait for an acknowledgement that the kernel leaves out when it stops a sync daemon", async () => {
    const { open } = fakeKernel((command, sequence) => (command === IPVS_CMD_DEL_DAEMON ? [] : [[ack(sequence)]]));
    const client = await IpvsClient.open(open);
    await client.stopDaemon("master");
    const stop = { command: IPVS_CMD_DEL_DAEMON, attributes: {} };
    expect(await client.batch([stop, stop])).toEqual({ sent: 2, refusals: [] });
  });

  it("still reports a refusal to stop a sync daemon", async () => {
    const { open } = fakeKernel((command, sequence) => [[ack(sequence, command === IPVS_CMD_DEL_DAEMON ? 3 : 0)]]);
    const client = await IpvsClient.open(open);
    await expect(client.stopDaemon("master")).rejects.toThrow(expect.objectContaining({ code: "ESRCH" }));
    const stop = { command: IPVS_CMD_DEL_DAEMON, attributes: {} };
    expect((await client.batch([stop])).refusals).toMatchObject([{ index: 0, error: { code: "ESRCH" } }]);
    await client.flush();
  });
});
