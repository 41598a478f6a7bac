import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DrainClient, quiesce, type Target, type Waiting, waitUntilDrained } from "../../../src/drain/drain.js";
import { WeightMemory } from "../../../src/drain/memory.js";
import { restoreWeights } from "../../../src/drain/restore.js";
import { KernelError } from "../../../src/errors.js";
import { destinationId } from "../../../src/model/destination.js";
import { serviceId } from "../../../src/model/service.js";
import type { LiveDestination } from "../../../src/model/table.js";
import { StateFolder } from "../../../src/state/folder.js";
import { server, service, web } from "./records.js";

const dns = service({ protocol: "udp", address: "192.0.2.1", port: 53 });
const id = ({ service, server }: Target) => `${serviceId(service)} ${destinationId(server)}`;

/** A kernel that shows one table after the other, and refuses what it is told to. */
class FakeKernel implements DrainClient {
  readonly changes: unknown[] = [];
  refuse: readonly number[] = [];
  looks = 0;

  constructor(private readonly tables: readonly (readonly Target[])[] = []) {}

  async batch(requests: Parameters<DrainClient["batch"]>[0]) {
    this.changes.push(...[...requests].map(({ attributes }) => attributes.DEST?.WEIGHT));
    const refusals = this.refuse.map((index) => ({ index, error: new KernelError("IPVS_CMD_SET_DEST", 2, "ENOENT") }));
    return { sent: this.changes.length, refusals };
  }

  async destinationsOf(keys: Parameters<DrainClient["destinationsOf"]>[0]) {
    const table = this.tables[Math.min(this.looks++, this.tables.length - 1)]!;
    return keys.map((key) =>
      table.filter(({ service }) => serviceId(service) === serviceId(key)).map(({ server }) => server),
    );
  }
}

const target = (of: typeof web, address: string, live: Partial<LiveDestination> = {}): Target => ({
  service: of,
  server: server(address, live),
});
const draining = (of: typeof web, address: string, live: Partial<LiveDestination> = {}) =>
  target(of, address, { weight: 0, ...live });

/** Runs a wait on tables that follow each other, one a second; tells what happened when. */
async function wait(
  targets: readonly Target[],
  tables: readonly (readonly Target[])[],
  options: { timeout?: number; inactive?: boolean; abortAt?: number } = {},
) {
  const kernel = new FakeKernel(tables);
  const events: string[] = [];
  const abort = new AbortController();
  let time = 0;
  const clock = {
    now: () => time,
    pause: async (milliseconds: number) => {
      time += milliseconds;
      if (time >= (options.abortAt ?? Infinity)) abort.abort();
    },
  };
  const left: readonly Waiting[] = await waitUntilDrained(
    kernel,
    targets,
    {
      inactive: options.inactive ?? false,
      templatesEnd: false,
      ...(options.timeout !== undefined && { timeout: options.timeout }),
      progress: (waiting, elapsed) => events.push(`${elapsed}: ${waiting.length} left`),
      ended: async (ended, ending, elapsed) => {
        events.push(`${elapsed}: ${id(ended)} ${ending}`);
      },
    },
    abort.signal,
    clock,
  );
  return { events, left: left.map((waiting) => [id(waiting), waiting.remaining]) };
}

describe("waitUntilDrained", () => {
  const a = target(web, "10.0.0.1");
  const b = target(web, "10.0.0.2");

  it("ends at once when there is nothing to wait for", async () => {
    expect(await wait([a], [[draining(web, "10.0.0.1")]])).toEqual({
      events: ["0: tcp 192.0.2.1:80 10.0.0.1:80 drained"],
      left: [],
    });
  });

  it("waits for active connections, and looks twice while there are others", async () => {
    const look = (activeConnections: number, inactiveConnections: number) => [
      draining(web, "10.0.0.1", { activeConnections, inactiveConnections }),
    ];
    // The second look finds a connection that is half open, the third finds it established.
    const { events } = await wait([a], [look(1, 0), look(0, 1), look(1, 0), look(0, 1), look(0, 1)]);
    expect(events).toEqual([
      "0: 1 left",
      "1000: 1 left",
      "2000: 1 left",
      "3000: 1 left",
      "4000: tcp 192.0.2.1:80 10.0.0.1:80 drained",
    ]);
  });

  it("waits for inactive connections of UDP, and of TCP when asked to", async () => {
    const tables = (of: typeof web) =>
      [2, 1, 0].map((inactiveConnections) => [draining(of, "10.0.0.1", { inactiveConnections })]);
    const udp = await wait([target(dns, "10.0.0.1")], tables(dns));
    expect(udp.events.at(-1)).toBe("2000: udp 192.0.2.1:53 10.0.0.1:80 drained");
    const all = await wait([a], tables(web), { inactive: true });
    expect(all.events.at(-1)).toBe("2000: tcp 192.0.2.1:80 10.0.0.1:80 drained");
  });

  it("waits for templates of persistent services", async () => {
    const sticky = { ...web, flags: 1 };
    const tables = [1, 0].map((persistentConnections) => [draining(sticky, "10.0.0.1", { persistentConnections })]);
    expect((await wait([target(sticky, "10.0.0.1")], tables)).events.at(-1)).toMatch(/^1000: .* drained$/);
  });

  it("reports each server when it is drained and goes on with the others", async () => {
    const tables = [
      [draining(web, "10.0.0.1"), draining(web, "10.0.0.2", { activeConnections: 1 })],
      [draining(web, "10.0.0.1"), draining(web, "10.0.0.2")],
    ];
    expect((await wait([a, b], tables)).events).toEqual([
      "0: tcp 192.0.2.1:80 10.0.0.1:80 drained",
      "0: 1 left",
      "1000: tcp 192.0.2.1:80 10.0.0.2:80 drained",
    ]);
  });

  it("notices what other programs do", async () => {
    const busy = draining(web, "10.0.0.1", { activeConnections: 1 });
    expect((await wait([a], [[busy], []])).events.at(-1)).toBe("1000: tcp 192.0.2.1:80 10.0.0.1:80 deleted");
    const again = await wait([a], [[busy], [target(web, "10.0.0.1", { weight: 3 })]]);
    expect(again.events.at(-1)).toBe("1000: tcp 192.0.2.1:80 10.0.0.1:80 reweighted");
    expect(again.left).toEqual([]);
  });

  it("ends in time with what is left", async () => {
    const tables = [[draining(web, "10.0.0.1", { activeConnections: 7 })]];
    const { events, left } = await wait([a], tables, { timeout: 2500 });
    expect(events).toEqual(["0: 1 left", "1000: 1 left", "2000: 1 left", "2500: 1 left"]);
    expect(left).toEqual([["tcp 192.0.2.1:80 10.0.0.1:80", { activeConnections: 7 }]]);
  });

  it("ends when it is interrupted", async () => {
    const tables = [[draining(web, "10.0.0.1", { activeConnections: 7 })]];
    expect((await wait([a], tables, { abortAt: 2000 })).events).toEqual(["0: 1 left", "1000: 1 left"]);
  });
});

describe("weights", () => {
  let folder: string;
  let memory: WeightMemory;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "drain-"));
    memory = new WeightMemory(new StateFolder(folder, "1"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const weightOf = ({ service, server }: Target) => memory.recall(service, server)?.weight;
  const a = target(web, "10.0.0.1", { weight: 3 });
  const b = target(web, "10.0.0.2", { weight: 4 });
  const zero = target(web, "10.0.0.3", { weight: 0 });

  it("are remembered and set to 0", async () => {
    const kernel = new FakeKernel();
    expect(await quiesce(kernel, memory, [a, zero, b])).toEqual([]);
    expect(kernel.changes).toEqual([0, 0]);
    expect([a, b, zero].map(weightOf)).toEqual([3, 4, undefined]);
  });

  it("that are 0 already keep what is remembered", async () => {
    memory.remember(zero.service, zero.server, 9);
    await quiesce(new FakeKernel(), memory, [zero]);
    expect(weightOf(zero)).toBe(9);
  });

  it("are forgotten when the kernel refuses", async () => {
    const kernel = new FakeKernel();
    kernel.refuse = [1];
    const refused = await quiesce(kernel, memory, [a, zero, b]);
    expect(refused.map(({ target, error }) => [target, error.code])).toEqual([[b, "ENOENT"]]);
    expect([a, b].map(weightOf)).toEqual([3, undefined]);
  });

  it("are put back where they still are 0", async () => {
    const drained = target(web, "10.0.0.1", { weight: 0 });
    memory.remember(web, drained.server, 3);
    memory.remember(web, b.server, 8);
    const kernel = new FakeKernel();
    const results = await restoreWeights(kernel, memory, [drained, b, zero]);
    expect(results.map(({ kind }) => kind)).toEqual(["restored", "kept", "unknown"]);
    expect(kernel.changes).toEqual([3]);
    expect([drained, b].map(weightOf)).toEqual([undefined, undefined]);
  });

  it("stay remembered when they cannot be put back", async () => {
    const drained = target(web, "10.0.0.1", { weight: 0 });
    memory.remember(web, drained.server, 3);
    const kernel = new FakeKernel();
    kernel.refuse = [0];
    expect((await restoreWeights(kernel, memory, [drained])).map(({ kind }) => kind)).toEqual(["refused"]);
    expect(weightOf(drained)).toBe(3);
  });
});
