import { describe, expect, it } from "vitest";
import { server, web } from "../drain/records.js";
import { stats, table, watched } from "./records.js";

const labels = (model = watched()) =>
  model.services.flatMap(({ label, servers }) => [label, ...servers.map(({ label }) => label)]);

const [WEB, DNS, MARK] = ["tcp 192.0.2.1:80", "udp 192.0.2.1:53", "fwmark 7 ipv6"];

describe("TopModel", () => {
  it("has services and servers in the order of listings", () => {
    expect(labels()).toEqual([WEB, "10.0.0.1:80", "10.0.0.2:80", DNS, "10.0.0.3:53", MARK]);
  });

  it("sums servers up for their service", () => {
    const [service] = watched().services;
    expect([service!.weight, service!.active, service!.inactive]).toEqual([7, 8, 0]);
  });

  it("has rates of both", () => {
    const [service] = watched().services;
    expect(service!.rates).toMatchObject({ connections: 20, inBytes: 20_000 });
    expect(service!.servers.map(({ rates }) => rates.connections)).toEqual([15, 5]);
  });

  it("follows what comes and goes, and begins anew with what comes back", () => {
    const model = watched();
    model.look([{ service: web, stats: stats(80, 1), destinations: [server("10.0.0.4", { stats: stats(5, 1) })] }], 1);
    model.publish();
    expect(labels(model)).toEqual([WEB, "10.0.0.4:80"]);
    expect(model.services[0]!.servers[0]!.rates.connections).toBeNaN();
    expect(model.isSettled).toBe(false);
    model.look(table(3), 1);
    model.publish();
    expect(labels(model)).toHaveLength(6);
    expect(model.services[1]!.rates.connections).toBeNaN();
  });

  it("shows changes of what stays", () => {
    const model = watched();
    const changed = { ...web, scheduler: "sh" };
    model.look([{ service: changed, stats: stats(80, 1), destinations: [server("10.0.0.1", { weight: 99 })] }], 1);
    expect(model.services[0]!.service.scheduler).toBe("sh");
    expect(model.services[0]!.servers[0]!.weight).toBe(99);
  });
});
