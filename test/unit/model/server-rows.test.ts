import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDestinations } from "../../../src/model/destination.js";
import { ServerRows } from "../../../src/model/server-rows.js";
import { withRows, withServers } from "../../../src/model/service-rows.js";
import { table } from "../schema/arbitrary.js";

test("servers come out of rows as they went in", () => {
  fc.assert(
    fc.property(table, (live) => {
      expect(live.map(withRows).map(withServers)).toEqual(live);
    }),
  );
});

test("rows are sorted as servers are, few or many", () => {
  fc.assert(
    fc.property(table, fc.constantFrom(1, 12), (live, times) => {
      const servers = Array.from({ length: times }, () => live.flatMap(({ destinations }) => destinations)).flat();
      const rows = ServerRows.of(servers);
      const order = rows.between(0, rows.count);
      rows.sort(order);
      const sorted = [...servers].sort(compareDestinations);
      expect(order.map((row) => rows.address(row))).toEqual(sorted.map(({ address }) => address));
      expect(order.map((row) => rows.server(row).port)).toEqual(sorted.map(({ port }) => port));
    }),
  );
});

test("what was taken back leaves nothing behind", () => {
  fc.assert(
    fc.property(table, (live) => {
      const servers = live.flatMap(({ destinations }) => destinations);
      const rows = ServerRows.of(servers);
      rows.truncate(0);
      for (const { stats: _, tunnel: _t, ...server } of servers) rows.append(server);
      expect(rows.between(0, rows.count).map((row) => rows.server(row))).toEqual(
        servers.map(({ stats: _, tunnel: _t, ...server }) => server),
      );
    }),
  );
});
