import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangeRecord } from "../../../src/confirm/record.js";
import type { Change } from "../../../src/model/change.js";
import type { Destination } from "../../../src/model/destination.js";
import { oldestFirst } from "../../../src/model/rows-entry.js";
import { type ServiceKey, serviceId } from "../../../src/model/service.js";
import type { LiveTable, Table } from "../../../src/model/table.js";
import { noNames } from "../../../src/names/names.js";
import { tableBefore } from "../../../src/revert/three-way.js";
import { compareTables, diffTables } from "../../../src/rules/diff.js";
import { parseRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { table } from "../arbitraries.js";

/** As the kernel lists a table that holds servers oldest first. */
const live = (entries: Table): LiveTable => entries.map(oldestFirst) as Table as LiveTable;

/** The record of an apply, as it is kept without --confirm: of new services their servers are not. */
function recordOf(before: Table, after: Table, whole = true, order = false): ChangeRecord {
  const plan = diffTables(before, after, { order });
  const added = new Set(plan.flatMap((change) => (change.kind === "add-service" ? [serviceId(change.service)] : [])));
  const changes = plan.filter((change) => !(change.kind === "add-server" && added.has(serviceId(change.service))));
  const touched = new Set(plan.map((change) => serviceId((change as unknown as { service: ServiceKey }).service)));
  const picture = before.filter(({ service }) => whole || touched.has(serviceId(service)));
  const head = { boot: "", at: "", by: "", maker: { pid: 1, start: "" }, whole, settings: {} };
  return { head, picture, changes };
}

function back(record: ChangeRecord, now: Table): { table: Table; notes: string[] } {
  const notes: string[] = [];
  const table = tableBefore(record, live(now), (where, what) => notes.push(`${where}: ${what}`));
  return { table, notes };
}

describe("when no other program changed anything", () => {
  it.each([true, false])("the table becomes what it was; picture whole: %s", (whole) => {
    fc.assert(
      fc.property(table, table, (before, after) => {
        const { table: target, notes } = back(recordOf(before, after, whole), after);
        expect(compareTables(target, before)).toEqual([]);
        expect(notes).toEqual([]);
      }),
    );
  });

  it("a change of which a part was made goes back as well", () => {
    fc.assert(
      fc.property(table, table, fc.nat(), (before, after, some) => {
        const plan = diffTables(before, after);
        const now = carriedOut(before, plan.slice(0, some % (plan.length + 1)));
        const { table: target, notes } = back(recordOf(before, after), now);
        expect(compareTables(target, before)).toEqual([]);
        expect(notes).toEqual([]);
      }),
    );
  });

  it("and one that is back already stays back", () => {
    fc.assert(
      fc.property(table, table, (before, after) => {
        const { table: target, notes } = back(recordOf(before, after), before);
        expect(compareTables(target, before)).toEqual([]);
        expect(notes).toEqual([]);
      }),
    );
  });
});

/** The table after some changes, as the kernel makes them. */
function carriedOut(before: Table, changes: readonly Change[]): Table {
  const services = new Map(
    before.map(({ service, destinations }) => [serviceId(service), { service, servers: [...destinations] }]),
  );
  const same = (a: { address: string; port: number }) => (b: { address: string; port: number }) =>
    a.address === b.address && a.port === b.port;
  for (const change of changes) {
    if (!("service" in change) || change.service === undefined) continue;
    const id = serviceId(change.service);
    const entry = services.get(id);
    if (change.kind === "add-service") services.set(id, { service: change.service, servers: [] });
    else if (change.kind === "edit-service") entry!.service = change.service;
    else if (change.kind === "delete-service") services.delete(id);
    else if (change.kind === "add-server") entry!.servers.push(change.server);
    else if ("server" in change) {
      const at = entry!.servers.findIndex(same(change.server));
      entry!.servers.splice(at, 1, ...(change.kind === "edit-server" ? [change.server] : []));
    }
  }
  return Array.from(services.values(), ({ service, servers }) => ({ service, destinations: servers }));
}

async function tableOf(text: string): Promise<Table> {
  const { rules, mistakes } = await parseRules(text, { names: noNames, program: "ipvsadm" });
  expect(mistakes).toEqual([]);
  return wantedTable(rules).wanted.table!;
}

const WEB = "-A -t 192.0.2.1:80 -s rr\n";
const DNS = "-A -u 192.0.2.1:53 -s rr\n";
const server = (number: number, rest = "-m -w 1") => `-a -t 192.0.2.1:80 -r 198.51.100.${number}:80 ${rest}\n`;
const ID = "tcp 192.0.2.1:80 198.51.100";

describe("what another program changed since", () => {
  const CASES: readonly [name: string, rules: [before: string, after: string, now: string, back: string], string[]][] =
    [
      [
        "a server that the change leaves alone",
        [
          WEB + server(1) + server(2),
          WEB + server(1) + server(2, "-m -w 5"),
          WEB + server(1, "-m -w 7") + server(2, "-m -w 5"),
          WEB + server(1, "-m -w 7") + server(2),
        ],
        [`${ID}.1:80: weight changed, and stays so: -w 7`],
      ],
      [
        "the very weight",
        [WEB + server(1), WEB + server(1, "-m -w 5"), WEB + server(1, "-m -w 7"), WEB + server(1, "-m -w 7")],
        [`${ID}.1:80: weight changed, and stays so: -w 7`],
      ],
      [
        "the thresholds of a server whose weight goes back",
        [
          WEB + server(1),
          WEB + server(1, "-m -w 5"),
          WEB + server(1, "-m -w 5 -x 9 -y 3"),
          WEB + server(1, "-m -w 1 -x 9 -y 3"),
        ],
        [`${ID}.1:80: thresholds changed, and stays so: -x 9 -y 3`],
      ],
      [
        "a server that was added",
        [WEB + server(1), WEB + server(1) + server(2), WEB + server(1) + server(2, "-m -w 0"), WEB + server(1)],
        [`${ID}.2:80: changed, and is deleted`],
      ],
      [
        "servers besides",
        [
          WEB + server(1) + server(2),
          WEB + server(1, "-m -w 5") + server(2),
          WEB + server(1, "-m -w 5") + server(3),
          WEB + server(1) + server(3),
        ],
        [`${ID}.3:80: added, and stays`, `${ID}.2:80: deleted, and stays so`],
      ],
      [
        "a server that was deleted and is back in another form",
        [
          WEB + server(1) + server(2),
          WEB + server(1),
          WEB + server(1) + server(2, "-m -w 9"),
          WEB + server(1) + server(2, "-m -w 9"),
        ],
        [`${ID}.2:80: weight changed, and stays so: -w 9`],
      ],
      [
        "the scheduler",
        [
          WEB + server(1),
          WEB.replace("rr", "wrr") + server(1),
          WEB.replace("rr", "lc") + server(1),
          WEB.replace("rr", "lc") + server(1),
        ],
        ["tcp 192.0.2.1:80: changed, and stays so: -E -t 192.0.2.1:80 -s lc"],
      ],
      [
        "services besides",
        [
          WEB + DNS,
          WEB.replace("rr", "wrr") + DNS,
          `${WEB.replace("rr", "wrr")}-A -f 7 -s rr\n`,
          `${WEB}-A -f 7 -s rr\n`,
        ],
        ["fwmark 7 ipv4: added, and stays", "udp 192.0.2.1:53: deleted, and stays so"],
      ],
      ["servers of a new service, which go with it", ["", WEB + server(1), WEB + server(1) + server(2), ""], []],
    ];

  it.each(CASES)("%s", async (_, rules, notes) => {
    const [before, after, now, wanted] = await Promise.all(rules.map(tableOf));
    const result = back(recordOf(before!, after!), now!);
    expect(compareTables(result.table, wanted!)).toEqual([]);
    expect(result.notes).toEqual(notes);
  });

  it("stays whatever it is where the change did nothing", () => {
    fc.assert(
      fc.property(table, table, (before, now) => {
        const { table: target } = back(recordOf(before, before), now);
        expect(compareTables(target, now)).toEqual([]);
      }),
    );
  });

  it("is not named where the picture does not hold it", async () => {
    const [before, after] = [await tableOf(WEB + DNS), await tableOf(WEB.replace("rr", "lc") + DNS)];
    const now = await tableOf(`${WEB.replace("rr", "lc")}-A -f 7 -s rr\n`);
    const { table: target, notes } = back(recordOf(before, after, false), now);
    expect(compareTables(target, await tableOf(`${WEB}-A -f 7 -s rr\n`))).toEqual([]);
    expect(notes).toEqual([]);
  });
});

describe("the order of servers", () => {
  const SH = WEB.replace("rr", "sh");
  const order = (table: Table) => table[0]!.destinations.map(({ address }: Destination) => address.at(-1)).join("");

  it.each([
    ["a server was deleted", [1, 2, 3], [1, 3], [1, 3], "123"],
    ["servers were moved", [1, 2, 3], [3, 1, 2], [3, 1, 2], "123"],
    ["another program added a server", [1, 2, 3], [1, 3], [1, 3, 4], "1234"],
    ["another program moved servers that the change left alone", [1, 2, 3], [1, 2, 3], [3, 2, 1], "321"],
  ])("where %s", async (_, ...[before, after, now, wanted]) => {
    const of = (numbers: readonly number[]) => tableOf(SH + numbers.map((number) => server(number)).join(""));
    const record = recordOf(await of(before), await of(after), true, true);
    expect(order(back(record, await of(now)).table)).toBe(wanted);
  });
});
