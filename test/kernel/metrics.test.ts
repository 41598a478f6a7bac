import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
import { ipvsadm } from "./program.js";
import { addAddresses, removeAddresses, SERVER_A, SERVER_B, sendDatagrams, VIP } from "./traffic.js";

/** Parsers of the Prometheus project (Debian package python3-prometheus-client), by the format they read. */
const PARSERS = { openmetrics: "prometheus_client.openmetrics.parser", text: "prometheus_client.parser" } as const;

interface Family {
  readonly type: string;
  readonly unit: string;
  readonly samples: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[];
}

/** What Prometheus's own parser makes of a text. */
function parsed(text: string, format: keyof typeof PARSERS): Readonly<Record<string, Family>> {
  const script = `
import json, sys
from ${PARSERS[format]} import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
json.dump({f.name: {"type": f.type, "unit": f.unit, "samples": [[s.name, s.labels, s.value] for s in f.samples]} for f in families}, sys.stdout)
`;
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-c", script], { input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, Family>;
}

const DNS = { protocol: "udp", address: VIP, port: "5353" };

beforeAll(addAddresses);
afterAll(removeAddresses);
beforeEach(async () => {
  clearByOracle();
  oracle("-Z");
  oracle("-A", "-u", `${VIP}:5353`, "-s", "rr");
  oracle("-a", "-u", `${VIP}:5353`, "-r", SERVER_A, "-m", "-w", "3");
  oracle("-a", "-u", `${VIP}:5353`, "-r", SERVER_B, "-m", "-w", "4");
  oracle("-A", "-f", "7", "-6", "-s", "rr");
});

const sample = (families: Readonly<Record<string, Family>>, name: string, labels: object) => {
  const found = Object.values(families)
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample[0] === name && JSON.stringify(sample[1]) === JSON.stringify(labels));
  expect(found).toHaveLength(1);
  return found[0]![2];
};

/** Counters of the real ipvsadm's listing, line by line. */
const countersByOracle = () =>
  oracle("-Ln", "--stats", "--exact")
    .split("\n")
    .slice(3)
    .map((line) => line.trim().split(/\s+/).slice(-5).map(Number));

describe("metrics", () => {
  it("are the counters that the real ipvsadm shows", async () => {
    for (let client = 0; client < 3; client++) await sendDatagrams(5353, 4);
    await expect.poll(() => countersByOracle()[0]![1], { timeout: 60_000, interval: 500 }).toBe(12);
    const { status, stdout, stderr } = ipvsadm("metrics");
    expect([status, stderr]).toEqual([0, ""]);
    const families = parsed(stdout, "openmetrics");
    const [service, a, b] = countersByOracle();
    const names = ["connections", "incoming_packets", "outgoing_packets", "incoming_bytes", "outgoing_bytes"];
    const of = (prefix: string, labels: object) =>
      names.map((name) => sample(families, `${prefix}_${name}_total`, labels));
    expect(of("ipvs_service", DNS)).toEqual(service);
    expect(of("ipvs_server", { ...DNS, server_address: SERVER_A, server_port: "5353" })).toEqual(a);
    expect(of("ipvs_server", { ...DNS, server_address: SERVER_B, server_port: "5353" })).toEqual(b);
    expect(of("ipvs", {})).toEqual(service);
    expect(service!.slice(0, 2)).toEqual([3, 12]);
    expect(sample(families, "ipvs_service_inactive_connections", DNS)).toBe(3);
    expect(sample(families, "ipvs_service_weight", DNS)).toBe(7);
    expect(sample(families, "ipvs_service_servers", { protocol: "fwmark", fwmark: "7", family: "ipv6" })).toBe(0);
    expect(families.ipvs_service_incoming_bytes).toMatchObject({ type: "counter", unit: "bytes" });
    expect(families.ipvs_timeout_seconds).toMatchObject({ type: "gauge", unit: "seconds" });
  });

  it("are the same in the older format", () => {
    const types = (families: Readonly<Record<string, Family>>) =>
      Object.fromEntries(Object.entries(families).map(([name, { type }]) => [name, type]));
    const open = types(parsed(ipvsadm("metrics").stdout, "openmetrics"));
    const older = types(parsed(ipvsadm("metrics", "--format", "text").stdout, "text"));
    const { ipvs, ...rest } = open;
    expect(ipvs).toBe("info");
    expect(older).toEqual({ ...rest, ipvs_info: "gauge" });
  });

  it("leave servers out when asked to", () => {
    const families = parsed(ipvsadm("metrics", "--no-servers").stdout, "openmetrics");
    expect(Object.keys(families).filter((name) => name.startsWith("ipvs_server_"))).toEqual([]);
    expect(sample(families, "ipvs_service_servers", DNS)).toBe(2);
  });

  it("refuse formats that there are not", () => {
    expect(ipvsadm("metrics", "--format", "xml")).toMatchObject({ status: 2, stdout: "" });
  });
});
