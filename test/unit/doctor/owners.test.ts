import { describe, expect, it } from "vitest";
import { runDoctor } from "../../../src/doctor/doctor.js";
import type { Director } from "../../../src/doctor/gather.js";
import { OWNERS } from "../../../src/doctor/owners.js";
import { renderReport } from "../../../src/doctor/report.js";
import { connection, entry, host, LINKS, type Snapshot, server, table } from "./snapshot.js";

const DRAINED: Partial<Director> = { table: table(server("10.0.0.42", { weight: 0 })) };
const KEEPALIVED =
  "keepalived runs here. If it writes this table, what is changed by hand does not last: then change " +
  "weight in the real_server block (keepalived.conf, and reload it) instead.";

/** Directors whose findings have a remedy for each part of the table. */
const stuck = [connection("10.0.0.42", "SYN_RECV")];
const DIRECTORS: readonly [Partial<Director>, Snapshot][] = [
  [{ table: [entry([])] }, {}],
  [DRAINED, {}],
  [{ table: table(server("10.0.0.42", { upperThreshold: 1, activeConnections: 1 })) }, {}],
  [{ table: table(server("10.0.0.42", { forwarding: "route" })) }, { connections: [stuck, stuck] }],
  [{ table: table(server("10.0.0.42", { forwarding: "route", port: 8080 })) }, {}],
  [
    { table: table(server("10.0.0.42", { forwarding: "route" })) },
    { routes: { "10.0.0.42": { type: "unicast", link: 2, gateway: "10.0.0.1" } } },
  ],
  [{ table: table(server("10.0.0.42")) }, { neighbours: [{ address: "10.0.0.42", link: 2, state: "failed" }] }],
  [{ table: [entry([server("10.0.0.42", { weight: 0 }), server("10.0.0.78")], { scheduler: "sh" })] }, {}],
  [{ timeouts: { tcp: 100, tcpFin: 1, udp: 1 } }, {}],
  [{ daemons: [{ state: "master", interface: "eth9", syncId: 1 }] }, {}],
  [{ daemons: [{ state: "master", interface: "eth0", syncId: 1, syncMaxLength: 4000 }] }, {}],
  [
    { daemons: (["master", "backup"] as const).map((state) => ({ state, interface: "eth0", syncId: 1 })) },
    { sysctls: { "net.ipv4.vs.backup_only": "1" } },
  ],
];

const examine = (director: Partial<Director>, seen: Snapshot) =>
  runDoctor({ table: table(server("10.0.0.42")), ...director }, host(seen));

describe("a program that writes the table", () => {
  it("is named before every remedy that touches it", async () => {
    const examination = await examine(DRAINED, { processes: ["keepalived"] });
    const finding = examination.findings.find(({ id }) => id === "all-weights-zero")!;
    expect(finding.remedies[0]).toMatchObject({ changes: "weights", instead: [KEEPALIVED] });
    const text = renderReport(examination, DRAINED.table!).replaceAll(/\n +/g, " ");
    expect(text).toContain(`${KEEPALIVED} On this director: ipvsadm -e `);
    expect(text).toContain("note: keepalived may write this table (other-owner)");
  });

  it("is not named before what leaves the table alone, nor where there is none", async () => {
    const off = { sysctls: { "net.ipv4.ip_forward": "0" } };
    const [finding] = (await examine({}, { ...off, processes: ["keepalived"] })).findings;
    expect(finding!.id).toBe("forwarding-off");
    expect(finding!.remedies[0]).not.toHaveProperty("instead");
    const [drained] = (await examine(DRAINED, {})).findings;
    expect(drained!.remedies[0]).not.toHaveProperty("instead");
    // ldirectord leaves the timeouts alone.
    const short = await examine({ timeouts: { tcp: 100, tcpFin: 1, udp: 1 } }, { processes: ["ldirectord"] });
    expect(short.findings.find(({ id }) => id === "tcp-timeout")!.remedies[0]).not.toHaveProperty("instead");
  });

  it("each of several is named", async () => {
    const [finding] = (await examine(DRAINED, { processes: ["keepalived", "ldirectord"] })).findings;
    expect(finding!.remedies[0]!.instead).toEqual([
      KEEPALIVED,
      "ldirectord writes this table, and what is changed by hand does not last: change the weight at the end of the " +
        "real= line (ldirectord.cf) instead.",
    ]);
  });

  it.each(OWNERS)(
    "$process is named by every command of ours that it would undo",
    async ({ process, link, settings }) => {
      const links = [...LINKS, ...(link ? [{ ...LINKS[1]!, index: 3, name: link }] : [])];
      const named = new Set<string>();
      for (const [director, seen] of DIRECTORS) {
        const { findings } = await examine(director, { ...seen, processes: [process], links });
        for (const { changes, commands, instead } of findings.flatMap(({ remedies }) => remedies)) {
          if (commands.some((command) => /^ipvsadm (-[aAeEdD]|--set|--st)/.test(command)))
            expect(changes).toBeDefined();
          expect(instead !== undefined).toBe(changes !== undefined && settings[changes] !== undefined);
          if (instead !== undefined) {
            named.add(changes!);
            expect(instead[0]).toContain(process);
          }
        }
      }
      for (const part of ["servers", "weights", "thresholds", "forwarding", "scheduler flags"])
        expect(named).toContain(part);
    },
  );
});
