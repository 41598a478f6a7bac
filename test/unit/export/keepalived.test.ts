import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportKeepalived } from "../../../src/export/keepalived.js";
import type { Family } from "../../../src/model/address.js";
import { type Destination, destinationId, type Tunnel } from "../../../src/model/destination.js";
import { FULL_NETMASK, serviceFamily, serviceId } from "../../../src/model/service.js";
import type { Table } from "../../../src/model/table.js";
import { systemNames } from "../../../src/names/system.js";
import { compareTables } from "../../../src/rules/diff.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { address, table as anyTable, serviceKey } from "../arbitraries.js";
import { readWith } from "../keepalived/reading.js";

const context = { names: systemNames(), program: "ipvsadm" };
const tableOf = async (rules: string): Promise<Table> =>
  wantedTable((await parseRules(rules, context)).rules).wanted.table!;
const NOTHING = { daemons: [] };

const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"];
const range = (min: number, max: number) => fc.integer({ min, max });

/** What keepalived has words for. */
const server = (family: Family, port: number | undefined): fc.Arbitrary<Destination> =>
  fc
    .record({
      forwarding: fc.constantFrom("masq" as const, "route" as const, "tunnel" as const),
      own: address(family),
      other: address("ipv6"),
      ownPort: range(1, 65535),
      weight: range(0, 0x7fffffff),
      upperThreshold: range(0, 0xffffffff),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      tunnel: fc.constantFrom<Tunnel | undefined>(
        undefined,
        { type: "gue", port: 6080, flags: 0 },
        { type: "gue", port: 1, flags: 2 },
        { type: "gre", port: 0, flags: 1 },
      ),
    })
    .map(({ forwarding, own, other, ownPort, weight, upperThreshold, share, tunnel }) => ({
      address: forwarding === "tunnel" ? other : own,
      port: forwarding === "masq" ? ownPort : (port ?? 0),
      ...{ forwarding, weight, upperThreshold, lowerThreshold: Math.floor(upperThreshold * share) },
      ...(forwarding === "tunnel" && tunnel && { tunnel }),
    }));

const expressible: fc.Arbitrary<Table> = fc.uniqueArray(
  serviceKey
    .filter((key) => !("protocol" in key) || typeof key.protocol !== "number")
    .chain((key) => {
      const family = serviceFamily(key);
      const hasPort = !("port" in key) || key.port !== 0;
      return fc
        .record({
          scheduler: fc.constantFrom(...SCHEDULERS),
          bits: range(0, 7),
          persistent: fc.boolean().map((persistent) => persistent || !hasPort),
          timeout: range(1, 2_678_400),
          netmask: family === "ipv4" ? address("ipv4") : range(1, 128),
          ops: fc.boolean(),
          sip: fc.boolean(),
          destinations: fc.uniqueArray(server(family, "port" in key ? key.port : undefined), {
            minLength: 1,
            maxLength: 4,
            selector: destinationId,
          }),
        })
        .map(({ scheduler, bits, persistent, timeout, netmask, ops, sip, destinations }) => {
          const onePacket = ops && (!("protocol" in key) || key.protocol === "udp");
          const flags = (bits << 3) | (persistent ? 1 : 0) | (onePacket ? 4 : 0);
          const rest = persistent ? { timeout, netmask } : { timeout: 0, netmask: FULL_NETMASK[family] };
          const engine = persistent && sip ? { persistenceEngine: "sip" } : {};
          return { service: { ...key, scheduler, flags, ...rest, ...engine }, destinations };
        });
    }),
  { maxLength: 5, selector: ({ service }) => serviceId(service) },
);

describe("a table as a keepalived.conf", () => {
  it("says all that keepalived has words for, in its order", () => {
    fc.assert(
      fc.property(expressible, (table) => {
        const { text, missing } = exportKeepalived(table, NOTHING);
        expect(missing).toEqual([]);
        const { wanted, mistakes, warnings } = readWith(text);
        expect([mistakes, warnings]).toEqual([[], []]);
        expect(wanted!.table).toEqual(table);
      }),
      { numRuns: 500 },
    );
  });

  it("gives the table back when it is read, but for what is named as missing", () => {
    fc.assert(
      fc.property(anyTable, (table) => {
        const { text, missing } = exportKeepalived(table, NOTHING);
        const { wanted, mistakes, warnings } = readWith(text);
        expect([mistakes, warnings]).toEqual([[], []]);
        const lost = compareTables(wanted!.table!, table, { order: missing.length === 0 });
        const differences = lost.reduce(
          (sum, { service, servers }) => sum + (service.before ? 0 : 1) + servers.length,
          0,
        );
        if (missing.length === 0) expect(differences).toBe(0);
        for (const { service, servers } of lost) {
          expect(service.after).toBeDefined();
          for (const { before } of servers) expect(before).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it("says checks where it can, and comments where a table does not tell", async () => {
    const table = await tableOf(
      "-A -t 192.0.2.1:80 -s sh -b sh-port\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 3 -x 9 -y 4\n" +
        "-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m\n-A -f 7\n-a -f 7 -r 10.0.0.1:0 -m -w 0\n",
    );
    const { text, missing } = exportKeepalived(table, {
      timeouts: { tcp: 900, tcpFin: 0, udp: 300 },
      daemons: [{ state: "master", interface: "eth0", syncId: 5 }],
    });
    expect(missing).toEqual([]);
    expect(text.slice(text.indexOf("global_defs"))).toBe(`global_defs {
    lvs_timeouts tcp 900 udp 300
    # lvs_sync_daemon eth0 id 5 inst NAME-OF-THE-VRRP-INSTANCE   (the master alone runs, which keepalived makes of the state of an instance)
}

virtual_server 192.0.2.1 80 {
    protocol TCP
    lvs_sched sh
    sh-port
    lvs_method DR
    real_server 10.0.0.1 80 {
        weight 3
        uthreshold 9
        lthreshold 4
        TCP_CHECK {
            connect_timeout 3
        }
    }
    real_server 10.0.0.2 8080 {
        weight 1
        lvs_method NAT
        TCP_CHECK {
            connect_timeout 3
        }
    }
}

virtual_server fwmark 7 {
    lvs_sched wlc
    lvs_method NAT
    real_server 10.0.0.1 0 {
        weight 0
        # no check: the table does not tell of one
    }
}
`);
  });

  it("starts both sync daemons where both run", () => {
    const daemon = { interface: "eth0", syncId: 5, syncMaxLength: 1400, multicastPort: 9000, multicastTtl: 3 };
    const daemons = [
      { ...daemon, state: "master" as const, multicastGroup: "224.0.0.99" },
      { ...daemon, state: "backup" as const, multicastGroup: "224.0.0.99" },
    ];
    const { text } = exportKeepalived([], { daemons });
    expect(text).toContain("    lvs_sync_daemon eth0 id 5 maxlen 1400 port 9000 ttl 3 group 224.0.0.99\n");
    expect(readWith(text).wanted!.settings.map(({ change }) => change)).toEqual(
      daemons.map((one) => ({ kind: "start-daemon", daemon: one })),
    );
    const odd = daemons.map((one) => ({ ...one, interface: "a {\n!" }));
    expect(readWith(exportKeepalived([], { daemons: odd }).text)).toMatchObject({ mistakes: [], settings: [] });
  });

  it("does not let a name of a scheduler out of its comment", () => {
    const service = {
      protocol: "tcp",
      address: "192.0.2.1",
      port: 80,
      flags: 0,
      timeout: 0,
      netmask: "255.255.255.255",
    } as const;
    const server = {
      address: "10.0.0.1",
      port: 80,
      forwarding: "masq",
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    } as const;
    const table = [{ service: { ...service, scheduler: "rr\n}\nx {\n}" }, destinations: [server] }];
    const { text, missing } = exportKeepalived(table, NOTHING);
    expect(missing).toHaveLength(2);
    expect(readWith(text)).toMatchObject({ mistakes: [], rules: [] });
  });
});
