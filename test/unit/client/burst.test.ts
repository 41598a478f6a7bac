import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IpvsClient } from "../../../src/client/client.js";
import type { DatagramCalls } from "../../../src/client/datagram-calls.js";
import { DirectSocket } from "../../../src/client/direct.js";
import { serviceId } from "../../../src/model/service.js";
import type { LiveDestination, LiveTable } from "../../../src/model/table.js";
import { COMMAND, CONTROL } from "../../../src/wire/attributes.js";
import {
  GENL_ID_CTRL,
  IPVS_CMD_GET_SERVICE,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "../../../src/wire/constants.js";
import { encodeDestination } from "../../../src/wire/destination.js";
import { attributesOf, type Message, readMessages } from "../../../src/wire/message.js";
import { decodeService, encodeService } from "../../../src/wire/service.js";
import { Writer } from "../../../src/wire/writer.js";
import { table } from "../schema/arbitrary.js";

const FAMILY = 28;
const EBUSY = 16;

function message(type: number, flags: number, sequence: number, write: (out: Writer) => void): Buffer {
  const out = new Writer();
  for (const value of [0, 0, sequence, 0]) out.u32(value);
  out.patchU16(4, type);
  out.patchU16(6, flags);
  write(out);
  out.patchU32(0, out.length);
  return Buffer.from(out.bytes);
}

const generic = (sequence: number, attributes: Parameters<typeof COMMAND.encode>[1], flags = 0) =>
  message(FAMILY, NLM_F_MULTI | flags, sequence, (out) => {
    out.u32(1);
    COMMAND.encode(out, attributes);
  });
const error = (sequence: number, errno: number) => message(NLMSG_ERROR, 0, sequence, (out) => out.u32(-errno >>> 0));
const done = (sequence: number, flags = 0) => message(NLMSG_DONE, NLM_F_MULTI | flags, sequence, (out) => out.u32(0));

const serverOf = ({ stats: _, ...server }: LiveDestination) => ({
  DEST: {
    ...encodeDestination(server),
    ACTIVE_CONNS: server.activeConnections,
    INACT_CONNS: server.inactiveConnections,
    PERSIST_CONNS: server.persistentConnections,
  },
});

/** What may happen to the dump of a service's servers the first time. The last two never happen, and only a burst survives them. */
const FAULTS = [
  "interrupted",
  "interrupted at its end",
  "no memory",
  "another's message",
  "nothing there yet",
  "cut off",
] as const;
type Fault = (typeof FAULTS)[number];

/**
 * A kernel behind two system calls. As the real one, it makes dumps packet by packet while they are read, and refuses a second dump
 * meanwhile.
 */
class Kernel implements DatagramCalls {
  readonly room = { send: 1 << 20, receive: 1 << 20 };
  readonly #table: LiveTable;
  readonly #faults: Map<string, Fault>;
  readonly #old: boolean;
  /** Answers that are queued, and packets of the dump that runs. An error stands for a read that fails. */
  readonly #queued: (Buffer | string)[] = [];
  #dump: (Buffer | string)[] = [];
  dumps = 0;

  /** @param old whether counters come as before Linux 4.1 */
  constructor(live: LiveTable, faults: ReadonlyMap<string, Fault>, old = false) {
    this.#table = live;
    this.#old = old;
    this.#faults = new Map(faults);
  }

  write(bytes: Uint8Array): void {
    for (const request of readMessages(Buffer.from(bytes))) this.#take(request);
  }

  #take({ type, flags, sequence, ...request }: Message): void {
    const command = request.bytes[request.offset]!;
    const isDump = (flags & NLM_F_DUMP) === NLM_F_DUMP;
    if (type === GENL_ID_CTRL) {
      const family = (out: Writer) => {
        out.u32(1);
        CONTROL.encode(out, { FAMILY_ID: FAMILY });
      };
      this.#queued.push(message(GENL_ID_CTRL, 0, sequence, family), error(sequence, 0));
    } else if (!isDump) {
      // Only whether a service without servers exists is asked for, and it does.
      this.#queued.push(this.#services(sequence)[0]!, error(sequence, 0));
    } else if (this.#dump.length > 0) this.#queued.push(error(sequence, EBUSY));
    else {
      this.dumps++;
      const { SERVICE } = COMMAND.decode(...attributesOf({ type, flags, sequence, ...request }));
      this.#dump = command === IPVS_CMD_GET_SERVICE ? this.#services(sequence) : this.#servers(sequence, SERVICE!);
    }
  }

  #services(sequence: number): Buffer[] {
    const services = this.#table.map(({ service }) => generic(sequence, { SERVICE: encodeService(service) }));
    return [...services, done(sequence)];
  }

  #servers(sequence: number, values: Parameters<typeof decodeService>[0]): (Buffer | string)[] {
    const id = serviceId(decodeService({ ...values, SCHED_NAME: "", TIMEOUT: 0 }));
    const { destinations } = this.#table.find(({ service }) => serviceId(service) === id)!;
    const servers = destinations.map((server) => {
      const { DEST } = serverOf(server);
      return generic(sequence, { DEST: this.#old ? { ...DEST, STATS: { CONNS: 1n, INBYTES: 4n } } : DEST });
    });
    const fault = this.#faults.get(id);
    this.#faults.delete(id);
    const junk = (flags = 0, of = sequence) => generic(of, serverOf(JUNK), flags);
    switch (fault) {
      case "interrupted":
        return [...servers, junk(NLM_F_DUMP_INTR), done(sequence)];
      case "interrupted at its end":
        return [...servers, junk(), done(sequence, NLM_F_DUMP_INTR)];
      case "no memory":
        // Of a dump nothing is lost: the kernel goes on where it had no memory.
        return [...servers.slice(0, 1), "ENOBUFS", ...servers.slice(1), done(sequence)];
      case "nothing there yet":
        return ["EAGAIN", ...servers, done(sequence)];
      case "another's message":
        return [...servers, junk(0, sequence - 1), done(sequence)];
      case "cut off":
        return [...servers, junk().subarray(0, 24), done(sequence)];
      default:
        // As many in a packet as come.
        return [Buffer.concat(servers.slice(0, 3)), Buffer.concat(servers.slice(3)), done(sequence)].filter(
          ({ length }) => length > 0,
        );
    }
  }

  read(buffer: Buffer): number {
    const next = this.#queued.shift() ?? this.#dump.shift() ?? "EAGAIN";
    if (typeof next === "string") throw Object.assign(new Error(next), { code: next });
    return next.copy(buffer);
  }

  close(): void {}
}

const JUNK: LiveDestination = {
  address: "203.0.113.99",
  port: 9,
  forwarding: "route",
  weight: 99,
  upperThreshold: 0,
  lowerThreshold: 0,
  activeConnections: 0,
  inactiveConnections: 0,
  persistentConnections: 0,
};

async function tableOf(kernel: Kernel): Promise<LiveTable> {
  const client = await IpvsClient.open((receiver) => new DirectSocket(kernel, receiver));
  try {
    return await client.table();
  } finally {
    client.close();
  }
}

const withoutStats = (live: LiveTable): LiveTable =>
  live.map(({ service, destinations }) => ({
    service,
    destinations: destinations.map(({ stats: _, ...server }) => server),
  }));

const faults = fc.array(fc.option(fc.constantFrom(...FAULTS.slice(0, -2)), { nil: undefined }), { maxLength: 20 });

describe("a burst of dumps", () => {
  it("reads what the kernel has, whatever happens meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(table, faults, async (others, list) => {
        // Of the first services everything is learned.
        const live = [...many(64), ...others];
        const named = list.flatMap((fault, index) => {
          const service = others[index]?.service;
          return fault === undefined || service === undefined ? [] : ([[serviceId(service), fault]] as const);
        });
        expect(await tableOf(new Kernel(live, new Map(named)))).toEqual(withoutStats(live));
      }),
    );
  });

  it.each(FAULTS)("one that is: %s", async (fault) => {
    const live = many(100);
    const kernel = new Kernel(live, new Map([[serviceId(live[80]!.service), fault]]));
    expect(await tableOf(kernel)).toEqual(live);
  });

  it("leaves counters of old kernels to the tables, and asks once for them, too", async () => {
    const live = many(100);
    const kernel = new Kernel(live, new Map(), true);
    const client = await IpvsClient.open((receiver) => new DirectSocket(kernel, receiver));
    const read = await client.table({ stats: true });
    client.close();
    expect(read[98]!.destinations[0]?.stats?.inBytes).toBe(4n);
    expect(kernel.dumps).toBe(live.length + 1);
  });

  it("asks once for each service", async () => {
    const live = many(500);
    const kernel = new Kernel(live, new Map());
    expect(await tableOf(kernel)).toEqual(live);
    expect(kernel.dumps).toBe(live.length + 1);
  });
});

/** Services with up to eight servers each. */
function many(count: number): LiveTable {
  return Array.from({ length: count }, (_, index) => ({
    service: {
      protocol: "tcp",
      address: `192.0.2.${index % 250}`,
      port: 1 + index,
      scheduler: "rr",
      flags: 0,
      timeout: 0,
      netmask: "255.255.255.255",
    },
    destinations: Array.from({ length: index % 9 }, (_, port) => ({
      ...JUNK,
      address: "10.0.0.1",
      port,
      weight: index,
    })),
  }));
}
