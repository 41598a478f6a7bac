import fc from "fast-check";
import { expect, test } from "vitest";
import { RowsEntry } from "../../../src/model/rows-entry.js";
import { type Service, serviceId } from "../../../src/model/service.js";
import { ServiceList, type ServiceOrder } from "../../../src/model/service-list.js";
import { withRows } from "../../../src/model/service-rows.js";
import { sortServices } from "../../../src/model/table.js";
import { table } from "../schema/arbitrary.js";

function listed(services: readonly Service[], order: ServiceOrder): Service[] {
  const list = new ServiceList();
  for (const service of services) list.append({ service });
  return list.rows(order).map((row) => list.service(row));
}

test("services come out of a list as they went in, with their counters", () => {
  fc.assert(
    fc.property(table, (live) => {
      const list = new ServiceList();
      for (const entry of live) list.append(entry);
      expect(live.map((_, row) => list.service(row))).toEqual(live.map(({ service }) => service));
      expect(live.map((_, row) => list.stats(row))).toEqual(live.map(({ stats }) => stats));
      expect(live.map((_, row) => serviceId(list.key(row)))).toEqual(live.map(({ service }) => serviceId(service)));
    }),
  );
});

test("they come in each order, and once, in the place where they came first", () => {
  fc.assert(
    fc.property(table, fc.array(fc.nat()), (live, again) => {
      const services = live.map(({ service }) => service);
      const twice = [...services, ...again.flatMap((index) => services[index % services.length] ?? [])];
      expect(listed(twice, "kernel")).toEqual(services);
      expect(listed(twice, "oldest first")).toEqual(services.toReversed());
      expect(listed(twice, "listing")).toEqual(sortServices(live).map(({ service }) => service));
    }),
  );
});

test("an entry of rows has its service for itself, so that others can be made of it", () => {
  fc.assert(
    fc.property(table, (live) => {
      const copies = live.map((entry) => ({ ...new RowsEntry(withRows(entry)) }));
      expect(copies.map(({ service }) => service)).toEqual(live.map(({ service }) => service));
    }),
  );
});
