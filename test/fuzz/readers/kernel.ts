import fc from "fast-check";
import { IpvsClient } from "../../../src/client/client.js";
import { IpvsError } from "../../../src/errors.js";
import { readAddresses, readLinks, readNeighbours, readRoutes } from "../../../src/host/network.js";
import type { RtNetlink } from "../../../src/host/rtnetlink.js";
import { type LiveTable, sortTable } from "../../../src/model/table.js";
import type { Layout } from "../../../src/options/command.js";
import { renderServicesJson } from "../../../src/render/json.js";
import { LAYOUTS } from "../../../src/render/layouts.js";
import { renderDaemons } from "../../../src/render/settings.js";
import { tableChanges } from "../../../src/rules/write.js";
import { COMMAND, CONTROL, INFO } from "../../../src/wire/attributes.js";
import { decodeDaemon } from "../../../src/wire/daemon.js";
import { decodeDestination } from "../../../src/wire/destination.js";
import { attributesOf, messageErrno, readMessages } from "../../../src/wire/message.js";
import { flush, getInfo, setConfig } from "../../../src/wire/requests.js";
import { decodeService } from "../../../src/wire/service.js";
import { decodeStats } from "../../../src/wire/stats.js";
import { info, listing, rendered } from "../../unit/render/samples.js";
import { attributes, madeUpKernel, payloads, scripts } from "../netlink.js";
import { reader } from "../reader.js";
import { corrupted } from "../text.js";
import { useChange } from "./rules.js";

/** Whatever was read can be shown, saved and sent back. */
export async function useTable(table: LiveTable): Promise<void> {
  const sorted = sortTable(table);
  renderServicesJson(info, sorted);
  for (const layout of Object.keys(LAYOUTS) as Layout[]) await rendered(listing({ layout }), sorted);
  for (const change of tableChanges(table)) useChange(change);
}

/** Rejections count as answers when they are ours. */
async function answers(questions: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const question of questions) {
    try {
      await question();
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
    }
  }
}

async function talk(script: Parameters<typeof madeUpKernel>[0]): Promise<void> {
  const client = await IpvsClient.open(madeUpKernel(script));
  try {
    await answers([
      async () => useTable(await client.table({ stats: true })),
      () => client.info(),
      () => client.timeouts(),
      async () => renderDaemons(await client.daemons()),
      () => client.batch([flush(), getInfo(), setConfig({ tcp: 1, tcpFin: 1, udp: 1 })]),
      () => client.stopDaemon("master"),
      async () => {
        for await (const part of client.tableParts()) await useTable(part);
      },
    ]);
  } finally {
    client.close();
  }
}

/** Messages of rtnetlink behind their header: a fixed part and attributes, sound lengths first. */
const routeMessages = corrupted(
  fc
    .tuple(
      fc.constantFrom(4, 8, 12, 16),
      fc.constantFrom(2, 10, 0, 7),
      fc.uint8Array({ minLength: 15, maxLength: 15 }),
      attributes,
    )
    .map(([length, family, rest, list]) =>
      Buffer.concat([Buffer.concat([Buffer.of(family), rest]).subarray(0, length), list]),
    ),
);

async function readNetwork(messages: readonly Buffer[]): Promise<void> {
  const netlink = {
    dump: async () => messages,
    ask: async (_type: number, questions: readonly unknown[]) => questions.map((_, n) => messages[n] ?? { errno: 22 }),
  } as unknown as RtNetlink;
  const questions = ["10.0.0.1", "2001:db8::1"].map((address) => ({ address, mark: 7 }));
  await answers([
    () => readLinks(netlink),
    () => readAddresses(netlink),
    () => readNeighbours(netlink),
    () => readRoutes(netlink, questions),
  ]);
}

export const KERNEL_READERS = [
  reader({
    name: "netlink-attributes",
    inputs: payloads,
    read: (bytes) =>
      answers([
        async () => INFO.decode(bytes, 0, bytes.length),
        async () => CONTROL.decode(bytes, 0, bytes.length),
        async () => {
          const { SERVICE, DEST, DAEMON } = COMMAND.decode(bytes, 0, bytes.length);
          if (DAEMON) useChange({ kind: "start-daemon", daemon: decodeDaemon(DAEMON) });
          const destinations = DEST ? [decodeDestination(DEST, "ipv4")] : [];
          if (SERVICE) {
            const stats = decodeStats(SERVICE);
            await useTable([{ service: decodeService(SERVICE), destinations, ...(stats && { stats }) }]);
          }
        },
      ]),
  }),
  reader({
    name: "netlink-datagrams",
    inputs: corrupted(fc.array(payloads, { maxLength: 3 }).map((list) => Buffer.concat(list.map(message)))),
    read: (bytes) => {
      for (const one of readMessages(bytes)) {
        messageErrno(one);
        attributesOf(one);
      }
    },
  }),
  reader({ name: "netlink-conversations", inputs: scripts, read: talk, share: 0.2 }),
  reader({ name: "rtnetlink", inputs: fc.array(routeMessages, { maxLength: 4 }), read: readNetwork }),
];

function message(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(20 + payload.length);
  return Buffer.concat([head, payload, Buffer.alloc(-payload.length & 3)]);
}
