import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
import { typed } from "./program.js";

/** What a listing shows, without titles and figures. */
function listed(line: string): string[] {
  const { status, stdout, stderr } = typed(line);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout
    .split("\n")
    .filter((row) => /^(TCP|UDP|FWM| {2}-> [^R])/.test(row))
    .map((row) => row.trim().split(/\s+/).slice(0, 2).join(" "));
}

const ip = (...args: string[]) => execFileSync("ip", args);

beforeAll(() => {
  clearByOracle();
  for (const line of [
    "-A -t 192.0.2.1:80 -s rr",
    "-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m",
    "-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -m -w 0",
    "-A -u 192.0.2.1:53 -s rr",
    "-a -u 192.0.2.1:53 -r 10.0.0.1:53 -m",
    "-A -t [2001:db8::1]:80 -s rr",
    "-A -f 7 -s rr",
    "-a -f 7 -r 10.0.0.1:0 -m",
  ]) {
    oracle(...line.split(" "));
  }
});

describe("services", () => {
  it("by real server, in all services or in one", () => {
    expect(listed("-Ln -r 10.0.0.1")).toEqual([
      ...["TCP 192.0.2.1:80", "-> 10.0.0.1:8080", "UDP 192.0.2.1:53", "-> 10.0.0.1:53", "FWM 7", "-> 10.0.0.1:0"],
    ]);
    expect(listed("-Ln -r 10.0.0.1:53")).toEqual(["UDP 192.0.2.1:53", "-> 10.0.0.1:53"]);
    expect(listed("-Ln -r 10.0.0.0/24 --only tcp --stats")).toEqual([
      ...["TCP 192.0.2.1:80", "-> 10.0.0.1:8080", "-> 10.0.0.2:8080"],
    ]);
    expect(listed("-Ln -t 192.0.2.1:80 -r 10.0.0.2")).toEqual(["TCP 192.0.2.1:80", "-> 10.0.0.2:8080"]);
    expect(listed("-Ln -r 10.0.0.9")).toEqual([]);
  });

  it("by kind, by weight 0, without servers", () => {
    expect(listed("-Ln --only udp,fwmark")).toEqual(["UDP 192.0.2.1:53", "-> 10.0.0.1:53", "FWM 7", "-> 10.0.0.1:0"]);
    expect(listed("-Ln --only ipv6 --wide")).toEqual(["TCP [2001:db8::1]:80"]);
    expect(listed("-Ln --weight-zero")).toEqual(["TCP 192.0.2.1:80", "-> 10.0.0.2:8080"]);
    expect(listed("-Ln --empty")).toEqual(["TCP [2001:db8::1]:80"]);
  });

  it("as JSON", () => {
    const { services } = JSON.parse(typed("-L --json --weight-zero").stdout);
    expect(services).toMatchObject([{ protocol: "tcp", port: 80, destinations: [{ address: "10.0.0.2", weight: 0 }] }]);
  });
});

describe("connections", () => {
  const client = createSocket("udp4");

  beforeAll(async () => {
    for (const address of ["192.0.2.1", "10.0.0.1"]) ip("address", "replace", `${address}/32`, "dev", "lo");
    await new Promise<void>((resolve) => client.bind(0, "127.0.0.1", resolve));
    await new Promise((resolve) => client.send("?", 53, "192.0.2.1", resolve));
  });
  afterAll(() => {
    client.close();
    for (const address of ["192.0.2.1", "10.0.0.1"]) ip("address", "delete", `${address}/32`, "dev", "lo");
  });

  /** How many connections a listing shows, which has to be the same as text and as JSON. */
  function count(options: string): number {
    const { stdout } = typed(`-Lnc ${options}`);
    const rows = stdout.split("\n").slice(2, -1);
    expect(JSON.parse(typed(`-Lc --json ${options}`).stdout).connections).toHaveLength(rows.length);
    return rows.length;
  }

  it.each([
    ["--client 127.0.0.1", 1],
    ["--client 127.0.0.0/8 --vip 192.0.2.1:53 -r 10.0.0.1 --state udp", 1],
    ["--client 127.0.0.2", 0],
    ["--vip 192.0.2.1:80", 0],
    ["-r 10.0.0.2", 0],
    ["--state ESTABLISHED", 0],
  ])("%s", (options, expected) => expect(count(options)).toBe(expected));
});
