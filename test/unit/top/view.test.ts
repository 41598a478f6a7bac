import { describe, expect, it } from "vitest";
import { arrange, filterRows, historyRate, type View } from "../../../src/top/view.js";
import { web } from "../drain/records.js";
import { stats, table, watched } from "./records.js";

const view: View = { sort: "name", reverse: false, grouping: "tree", filter: "" };
const labels = (changes: Partial<View>, model = watched()) =>
  arrange(model.services, { ...view, ...changes }).map(({ label }) => label);

const [WEB, DNS, MARK] = ["tcp 192.0.2.1:80", "udp 192.0.2.1:53", "fwmark 7 ipv6"];

describe("arrange", () => {
  it("shows services only, or servers only", () => {
    expect(labels({ grouping: "services" })).toEqual([WEB, DNS, MARK]);
    expect(labels({ grouping: "servers" })).toEqual(["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:53"]);
  });

  it("sorts by figures, largest first, servers below their service", () => {
    expect(labels({ sort: "connections" })).toEqual([DNS, "10.0.0.3:53", WEB, "10.0.0.1:80", "10.0.0.2:80", MARK]);
    expect(labels({ sort: "connections", grouping: "servers" })).toEqual(["10.0.0.3:53", "10.0.0.1:80", "10.0.0.2:80"]);
    expect(labels({ sort: "active", grouping: "services" })).toEqual([WEB, DNS, MARK]);
    expect(labels({ sort: "inactive", grouping: "services" })).toEqual([DNS, WEB, MARK]);
    expect(labels({ sort: "weight", grouping: "servers" })).toEqual(["10.0.0.1:80", "10.0.0.3:53", "10.0.0.2:80"]);
  });

  it("reverses", () => {
    expect(labels({ reverse: true, grouping: "services" })).toEqual([MARK, DNS, WEB]);
    expect(labels({ sort: "inBytes", reverse: true, grouping: "services" })).toEqual([MARK, WEB, DNS]);
  });

  it("puts what is not known last, in both directions", () => {
    const model = watched();
    model.look([...table(3), { service: { ...web, port: 81 }, stats: stats(1, 1), destinations: [] }], 1);
    model.publish();
    for (const reverse of [false, true]) {
      const names = labels({ sort: "connections", reverse, grouping: "services" }, model);
      expect(names.at(-1)).toBe("tcp 192.0.2.1:81");
    }
  });

  it("filters by text: a service with its servers, or a server with its service", () => {
    expect(labels({ filter: "UDP" })).toEqual([DNS, "10.0.0.3:53"]);
    expect(labels({ filter: "10.0.0.2" })).toEqual([WEB, "10.0.0.2:80"]);
    expect(labels({ filter: "10.0.0.2", grouping: "servers" })).toEqual(["10.0.0.2:80"]);
    expect(labels({ filter: "nothing" })).toEqual([]);
    expect(filterRows(watched().services, "fwmark").map(({ servers }) => servers.length)).toEqual([0]);
  });

  it("has the history of what it is sorted by", () => {
    expect(historyRate({ ...view, sort: "outBytes" })).toBe("outBytes");
    expect(historyRate({ ...view, sort: "weight" })).toBe("inPackets");
  });
});
