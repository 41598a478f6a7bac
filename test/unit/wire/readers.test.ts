import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ServerRows } from "../../../src/model/server-rows.js";
import { ServiceList } from "../../../src/model/service-list.js";
import { STATS_FIELDS, type Stats } from "../../../src/model/stats.js";
import type { LiveDestination, LiveService } from "../../../src/model/table.js";
import { COMMAND, COMMAND_WITHOUT_STATS, STATS64 } from "../../../src/wire/attributes.js";
import { encodeDestination } from "../../../src/wire/destination.js";
import { MessageReader } from "../../../src/wire/message.js";
import { type ServerReader, serverReader } from "../../../src/wire/server-reader.js";
import { encodeService } from "../../../src/wire/service.js";
import { serviceReader } from "../../../src/wire/service-reader.js";
import { Writer } from "../../../src/wire/writer.js";
import { table } from "../schema/arbitrary.js";

type Attributes = Parameters<typeof COMMAND.encode>[1];

/** Messages of one datagram, with headers as the kernel writes them. */
function datagram(messages: readonly Attributes[]): Buffer {
  const out = new Writer();
  for (const attributes of messages) {
    const start = out.length;
    for (const word of [0, 28, 1, 0, 0]) out.u32(word);
    COMMAND.encode(out, attributes);
    out.patchU32(start, out.length - start);
  }
  return Buffer.from(out.bytes);
}

function counters(stats: Stats | undefined): Pick<NonNullable<Attributes["DEST"]>, "STATS64"> {
  if (stats === undefined) return {};
  const names = Object.keys(STATS64.rows);
  return { STATS64: Object.fromEntries(STATS_FIELDS.map((field, index) => [names[index], stats[field]])) };
}

const serverMessage = ({ stats, ...server }: LiveDestination): Attributes => ({
  DEST: {
    ...encodeDestination(server),
    ACTIVE_CONNS: server.activeConnections,
    INACT_CONNS: server.inactiveConnections,
    PERSIST_CONNS: server.persistentConnections,
    ...counters(stats),
  },
});

const serviceMessage = ({ service, stats }: LiveService): Attributes => ({
  SERVICE: { ...encodeService(service), ...counters(stats) },
});

function* messagesOf(bytes: Buffer) {
  const reader = new MessageReader();
  reader.open(bytes);
  while (reader.next()) yield reader;
}

/** Servers in a datagram, or the words in which it is refused. */
function serversIn(bytes: Buffer, reader: () => ServerReader): unknown {
  const rows = new ServerRows();
  try {
    for (const message of messagesOf(bytes)) reader().read(rows, message);
  } catch (error) {
    return String(error);
  }
  return rows.between(0, rows.count).map((row) => rows.server(row));
}

/** Services likewise; with a reader for each message only the tables read them. */
function servicesIn(bytes: Buffer, stats: boolean, one: "one reader" | "the tables"): unknown {
  const list = new ServiceList();
  const first = serviceReader(list.names, stats);
  try {
    for (const message of messagesOf(bytes))
      (one === "one reader" ? first : serviceReader(list.names, stats)).read(list, message);
  } catch (error) {
    return String(error);
  }
  return Array.from({ length: list.count }, (_, row) => ({ service: list.service(row), stats: list.stats(row) }));
}

const always =
  <T>(value: T) =>
  () =>
    value;

afterEach(() => vi.restoreAllMocks());

describe.each([true, false])("with counters: %s", (stats) => {
  it("servers are read from the places of the first one as by the tables", () => {
    fc.assert(
      fc.property(table, (live) => {
        const servers = live.flatMap(({ destinations }) => destinations);
        const bytes = datagram(servers.map(serverMessage));
        const read = serversIn(bytes, always(serverReader(stats)));
        expect(read).toEqual(stats ? servers : servers.map(({ stats: _, ...server }) => server));
        expect(read).toEqual(serversIn(bytes, () => serverReader(stats)));
      }),
    );
  });

  it("services, too", () => {
    fc.assert(
      fc.property(table, (live) => {
        const bytes = datagram(live.map(serviceMessage));
        const read = servicesIn(bytes, stats, "one reader");
        expect(read).toEqual(live.map(({ service, ...rest }) => ({ service, stats: stats ? rest.stats : undefined })));
        expect(read).toEqual(servicesIn(bytes, stats, "the tables"));
      }),
    );
  });

  it("a damaged message is refused, or read, as by the tables", () => {
    fc.assert(
      fc.property(table, fc.nat(), fc.nat(255), (live, position, value) => {
        const servers = live.flatMap(({ destinations }) => destinations);
        if (servers.length === 0) return;
        const [good] = servers;
        const bytes = datagram([good!, good!, ...servers].map(serverMessage));
        const first = bytes.readUInt32LE(0);
        bytes[first + (position % (bytes.length - first))] = value;
        expect(serversIn(bytes, always(serverReader(stats)))).toEqual(serversIn(bytes, () => serverReader(stats)));
      }),
      { numRuns: 200 },
    );
  });

  it("a damaged service, too", () => {
    fc.assert(
      fc.property(table, fc.nat(), fc.nat(255), (live, position, value) => {
        if (live.length === 0) return;
        const bytes = datagram([live[0]!, live[0]!, ...live].map(serviceMessage));
        const first = bytes.readUInt32LE(0);
        bytes[first + (position % (bytes.length - first))] = value;
        expect(servicesIn(bytes, stats, "one reader")).toEqual(servicesIn(bytes, stats, "the tables"));
      }),
      { numRuns: 200 },
    );
  });

  it("the tables decode one message of a shape", () => {
    const decode = vi.spyOn(stats ? COMMAND : COMMAND_WITHOUT_STATS, "decode");
    const server = fc.sample(table, 50).flatMap(({ 0: entry }) => entry?.destinations ?? [])[0]!;
    const bytes = datagram(Array.from({ length: 20 }, () => serverMessage(server)));
    expect(serversIn(bytes, always(serverReader(stats)))).toHaveLength(20);
    expect(decode).toHaveBeenCalledTimes(1);
  });
});

it("bytes at an odd place are read all the same", () => {
  fc.assert(
    fc.property(table, (live) => {
      const bytes = datagram(live.flatMap(({ destinations }) => destinations).map(serverMessage));
      const odd = Buffer.concat([Buffer.alloc(1), bytes]).subarray(1);
      const reader = () => serverReader(true);
      expect(serversIn(odd, reader)).toEqual(serversIn(bytes, reader));
    }),
  );
});
