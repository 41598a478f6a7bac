import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { IpvsClient } from "../../../src/client/client.js";
import { KernelError, TransportError } from "../../../src/errors.js";
import { type Service, type ServiceKey, serviceId } from "../../../src/model/service.js";
import type { LiveDestination } from "../../../src/model/table.js";
import { settingsEvents } from "../../../src/monitor/events.js";
import { Figures } from "../../../src/monitor/figures.js";
import { filteredEvents } from "../../../src/monitor/filter.js";
import { Fingerprints } from "../../../src/monitor/fingerprints.js";
import { type Changed, type LiveEntry, TableWatch } from "../../../src/monitor/table-watch.js";
import { eventText } from "../../../src/monitor/text.js";
import { parseCondition } from "../../../src/monitor/until.js";
import { noNames } from "../../../src/names/names.js";
import { idleServer, tcp } from "../render/samples.js";

const service = (port: number, more: Partial<Service> = {}): Service => tcp("192.0.2.1", port, more);

const server = (number: number, more: Partial<LiveDestination> = {}): LiveDestination =>
  idleServer(`10.0.0.${number}`, 80, more);

const entry = (port: number, ...destinations: LiveDestination[]): LiveEntry => ({
  service: service(port),
  destinations,
});

/** A kernel whose listings may be wrong while it changes. */
class Kernel {
  table = new Map<string, LiveEntry>();
  /** Services that the next listing leaves out. */
  missed = new Set<string>();
  readonly calls: string[] = [];

  put(...entries: LiveEntry[]): void {
    for (const one of entries) this.table.set(serviceId(one.service), one);
  }

  get client(): IpvsClient {
    return this as unknown as IpvsClient;
  }

  async *tableParts() {
    this.calls.push("table");
    yield [...this.table.values()].filter(({ service }) => !this.missed.has(serviceId(service)));
    this.missed.clear();
  }

  async services() {
    this.calls.push("services");
    return [...this.table.values()];
  }

  async destinationsOf(keys: readonly ServiceKey[]) {
    this.calls.push(`destinations of ${keys.length}`);
    return keys.map((key) => this.table.get(serviceId(key))?.destinations ?? []);
  }

  async entry(key: ServiceKey) {
    const found = this.table.get(serviceId(key));
    if (found === undefined) throw new KernelError("IPVS_CMD_GET_SERVICE", 3, "ESRCH");
    return found;
  }
}

const texts = (changes: readonly Changed[]) =>
  changes.flatMap((change) => filteredEvents(change, {})).map((event) => eventText(new Date(0), event).slice(25, -1));

describe("the table", () => {
  const folder = mkdtempSync(join(tmpdir(), "monitor-"));
  const path = join(folder, "ip_vs");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("has no service less because a listing misses it", async () => {
    const kernel = new Kernel();
    kernel.put(entry(1, server(1)), entry(2, server(1)));
    const watch = new TableWatch({ stats: false }, new Fingerprints(path));
    await watch.begin(kernel.client);
    kernel.missed.add(serviceId(service(2)));
    expect(texts(await watch.look(kernel.client))).toEqual([]);
    kernel.table.delete(serviceId(service(2)));
    expect(texts(await watch.look(kernel.client))).toEqual([
      "- -a -t 192.0.2.1:2 -r 10.0.0.1:80 -m -w 1",
      "- -A -t 192.0.2.1:2 -s rr",
    ]);
  });

  it("takes many changes at once, and misses none", async () => {
    const kernel = new Kernel();
    const all = Array.from({ length: 100 }, (_, index) => entry(index + 1, server(1)));
    kernel.put(...all);
    const watch = new TableWatch({ stats: false }, new Fingerprints(path));
    await watch.begin(kernel.client);
    for (const { service } of all) kernel.missed.add(serviceId(service));
    expect(await watch.look(kernel.client)).toEqual([]);
    kernel.put(...all.map(({ service, ...rest }) => ({ ...rest, service: { ...service, scheduler: "wlc" } })));
    expect(texts(await watch.look(kernel.client))).toHaveLength(100);
    expect(await watch.look(kernel.client)).toEqual([]);
    expect(watch.clear()).toHaveLength(100);
  });

  it("of many services is read in parts, guided by the kernel's text", async () => {
    const line = (port: number, weight: number) =>
      `TCP  C0000201:${port.toString(16).toUpperCase().padStart(4, "0")} rr \n  -> 0A000001:0050      Masq    ${weight}      0          ${port % 7}         \n`;
    const text = (weights: ReadonlyMap<number, number>, connections = "") =>
      writeFileSync(
        path,
        `IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n${Array.from(weights, ([port, weight]) => line(port, weight)).join("")}${connections}`,
      );
    const weights = new Map(Array.from({ length: 2500 }, (_, index) => [index + 1, 1]));
    text(weights);
    const kernel = new Kernel();
    kernel.put(...Array.from(weights.keys(), (port) => entry(port, server(1))));
    const watch = new TableWatch({ stats: false }, new Fingerprints(path));
    await watch.begin(kernel.client);
    kernel.calls.length = 0;
    for (let look = 0; look < 3; look++) expect(await watch.look(kernel.client)).toEqual([]);
    expect(kernel.calls).toEqual(["services", "destinations of 1000", "destinations of 1000", "destinations of 500"]);
    // A weight: the text shows it at once.
    kernel.put(entry(2400, server(1, { weight: 5 })));
    text(weights.set(2400, 5));
    expect(texts(await watch.look(kernel.client))).toEqual(["~ -t 192.0.2.1:2400 -r 10.0.0.1:80 -w 1 -> 5"]);
    // A service that goes, one that comes, and one whose text this program cannot read.
    kernel.table.delete(serviceId(service(7)));
    weights.delete(7);
    kernel.put(entry(60_000, server(1)));
    text(weights.set(60_000, 1), "???? C0000201:0001 rr\n");
    expect(texts(await watch.look(kernel.client)).sort()).toEqual([
      "+ -A -t 192.0.2.1:60000 -s rr",
      "+ -a -t 192.0.2.1:60000 -r 10.0.0.1:80 -m -w 1",
      "- -A -t 192.0.2.1:7 -s rr",
      "- -a -t 192.0.2.1:7 -r 10.0.0.1:80 -m -w 1",
    ]);
    // A threshold, which it does not show, within a round.
    kernel.put(entry(2300, server(1, { upperThreshold: 9 })));
    const seen: string[] = [];
    for (let look = 0; look < 3; look++) seen.push(...texts(await watch.look(kernel.client)));
    expect(seen).toEqual(["~ -t 192.0.2.1:2300 -r 10.0.0.1:80 -x 0 -> 9"]);
    rmSync(path);
    await expect(watch.look(kernel.client)).rejects.toThrow(TransportError);
  });
});

describe("texts", () => {
  const text = (before: LiveEntry, after: LiveEntry, filter = {}) => {
    const servers = [{ before: before.destinations[0]!, after: after.destinations[0]! }];
    const change = {
      difference: { service: { before: before.service, after: after.service }, servers },
      before,
      after,
    };
    return filteredEvents(change, filter).map((event) => eventText(new Date(0), event));
  };

  it("say what has changed", () => {
    const tunnel = { type: "gue", port: 6080, flags: 1 } as const;
    const before = { service: service(80), destinations: [server(1)] };
    const after = {
      service: service(80, {
        scheduler: "mh",
        flags: 1 | 8,
        timeout: 300,
        netmask: "255.255.255.0",
        persistenceEngine: "sip",
      }),
      destinations: [server(1, { forwarding: "tunnel", tunnel, lowerThreshold: 2, upperThreshold: 3 })],
    };
    expect(text(before, after)).toEqual([
      "1970-01-01T00:00:00.000Z ~ -t 192.0.2.1:80 -s rr -> mh, -p none -> 300, -M 255.255.255.255 -> 255.255.255.0, --pe none -> sip, -b none -> mh-fallback\n",
      "1970-01-01T00:00:00.000Z ~ -t 192.0.2.1:80 -r 10.0.0.1:80 forwarding Masq -> Tunnel, -x 0 -> 3, -y 0 -> 2, tunnel n/a -> gue:6080:+c\n",
    ]);
  });

  it("are filtered by what was and what is", () => {
    const before = { service: service(80), destinations: [server(1)] };
    const after = { service: service(80, { scheduler: "lc" }), destinations: [server(1, { weight: 0 })] };
    expect(text(before, after)).toHaveLength(2);
    expect(text(before, after, { weightZero: true })).toHaveLength(1);
    expect(text(after, before, { weightZero: true })).toHaveLength(1);
    expect(text(before, after, { server: { address: "10.0.0.0", prefixLength: 8 } })).toHaveLength(1);
    expect(text(before, after, { server: { address: "10.0.0.2" } })).toEqual([]);
    expect(text(before, after, { only: ["udp", "fwmark"] })).toEqual([]);
    expect(text(before, after, { only: ["ipv4"] })).toHaveLength(2);
    expect(text(before, after, { empty: true })).toEqual([]);
  });

  it("of settings", () => {
    const timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
    const daemon = { state: "backup", interface: "eth0", syncId: 3 } as const;
    const moved = { ...daemon, interface: "eth1" };
    const events = [
      ...settingsEvents({ timeouts, daemons: [daemon] }, { timeouts: { ...timeouts, udp: 30 }, daemons: [moved] }),
    ];
    expect(events.map((event) => eventText(new Date(0), event).slice(25, -1))).toEqual([
      "~ --set udp 300 -> 30",
      "- --start-daemon backup --mcast-interface eth0 --syncid 3",
      "+ --start-daemon backup --mcast-interface eth1 --syncid 3",
    ]);
    expect([...settingsEvents({ timeouts, daemons: [daemon] }, { timeouts, daemons: [{ ...daemon }] })]).toEqual([]);
  });
});

describe("figures", () => {
  const packets = (inPackets: number, outPackets: number, more: Partial<LiveDestination> = {}) => [
    entry(80, server(1, { stats: { inPackets: BigInt(inPackets), outPackets: BigInt(outPackets) } as never, ...more })),
  ];
  const play = (figures: Figures, ...looks: readonly (readonly [seconds: number, entries: LiveEntry[]])[]) =>
    looks.flatMap(([seconds, entries]) =>
      [...figures.look(entries, seconds)].map((event) => [seconds, event] as const),
    );

  it("tell when packets stop to come back, and when they come again", () => {
    const looks = [
      [0, packets(0, 0)],
      [5, packets(10, 10)],
      [10, packets(12, 10)],
      [15, packets(20, 10)],
      [30, packets(25, 10)],
      [31, packets(30, 12)],
    ] as const;
    expect(play(new Figures(), ...looks)).toMatchObject([
      [15, { what: "replies", coming: false, inPackets: 10n, outPackets: 0n, seconds: 10 }],
      [31, { what: "replies", coming: true, outPackets: 2n }],
    ]);
  });

  it("are silent without traffic, without NAT, and when counters are set back", () => {
    expect(play(new Figures(), [0, packets(5, 5)], [20, packets(5, 5)], [40, packets(7, 5)])).toEqual([]);
    const routed = { forwarding: "route" } as const;
    expect(play(new Figures(), [0, packets(0, 0, routed)], [20, packets(90, 0, routed)])).toEqual([]);
    expect(play(new Figures(), [0, packets(9, 9)], [20, packets(0, 0)], [25, packets(2, 0)])).toEqual([]);
  });

  it("tell of thresholds, given ones and the server's own", () => {
    const looks = (threshold: number) =>
      [0, 4, 5, 9, 4].map((connections, at) => {
        const more = { activeConnections: connections - (connections >> 1), inactiveConnections: connections >> 1 };
        return [at, packets(0, 0, { ...more, upperThreshold: threshold })] as const;
      });
    const expected = [
      [2, { what: "connections", threshold: 5, before: 4, after: 5 }],
      [4, { what: "connections", threshold: 5, before: 9, after: 4 }],
    ];
    expect(play(new Figures(5), ...looks(0))).toMatchObject(expected);
    expect(play(new Figures(), ...looks(5))).toMatchObject(expected);
    expect(play(new Figures(), ...looks(0))).toEqual([]);
  });
});

describe("conditions", () => {
  const holds = (text: string, one: LiveEntry | undefined) =>
    parseCondition(text, noNames).holds(one, one?.destinations[0]);

  it.each<[string, LiveEntry | undefined, boolean]>([
    ["-t 192.0.2.1:80 gone", undefined, true],
    ["-t 192.0.2.1:80 gone", entry(80), false],
    ["-t 192.0.2.1:80 there", entry(80), true],
    ["-t 192.0.2.1:80 empty", entry(80), true],
    ["-t 192.0.2.1:80 empty", undefined, false],
    ["-t 192.0.2.1:80 servers 2", entry(80, server(1)), false],
    ["-t 192.0.2.1:80 servers 1", entry(80, server(1)), true],
    ["-t 192.0.2.1:80 -r 10.0.0.1 gone", entry(80), true],
    ["-t 192.0.2.1:80 -r 10.0.0.1 idle", entry(80, server(1)), true],
    ["-t 192.0.2.1:80 -r 10.0.0.1 idle", entry(80, server(1, { inactiveConnections: 1 })), false],
    ["-t 192.0.2.1:80 -r 10.0.0.1 idle", entry(80), false],
    ["-t 192.0.2.1:80 --real-server=10.0.0.1 weight 1", entry(80, server(1)), true],
    ["-f 7 -6 -r fe80::1 weight 0", entry(80, server(1)), false],
  ])("%s", (text, one, result) => expect(holds(text, one)).toBe(result));

  it("name their service and server", () => {
    expect(parseCondition("-t 192.0.2.1:80 -r 10.0.0.1 gone", noNames)).toMatchObject({
      service: { protocol: "tcp", address: "192.0.2.1", port: 80 },
      server: { address: "10.0.0.1", port: 80 },
    });
  });
});
