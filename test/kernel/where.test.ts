import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { clearByOracle } from "./oracle.js";
import { ipvsadm, typed } from "./program.js";

/** Networks that are local as a whole: virtual addresses, servers and clients. */
const LOCAL = ["10.76.0.0/16", "10.77.0.0/16", "10.78.0.0/16", "fd76::/64", "fd77::/64", "fd78::/64"];
const CLIENTS = 200;

type Family = "ipv4" | "ipv6";
const vipOf = (family: Family, number: number) =>
  family === "ipv4" ? `10.76.0.${number}` : `fd76::${number.toString(16)}`;
const serverOf = (family: Family, number: number) =>
  family === "ipv4" ? `10.78.0.${number}` : `fd78::${number.toString(16)}`;
const endpoint = (address: string, port: number) =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

const sysctl = (name: string, value: number) => execFileSync("sysctl", ["-q", "-w", `${name}=${value}`]);

beforeAll(() => {
  sysctl("net.ipv6.ip_nonlocal_bind", 1);
  for (const network of LOCAL) execFileSync("ip", ["route", "add", "local", network, "dev", "lo"]);
});
afterAll(() => {
  clearByOracle();
  sysctl("net.ipv6.ip_nonlocal_bind", 0);
  for (const network of LOCAL) execFileSync("ip", ["route", "del", "local", network, "dev", "lo"]);
});
beforeEach(clearByOracle);

/** The same numbers in every run. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Client {
  readonly address: string;
  readonly port: number;
}

function clientsOf(family: Family, seed: number, count = CLIENTS): Client[] {
  const next = numbers(seed);
  return Array.from({ length: count }, (_, index) => ({
    address:
      family === "ipv4"
        ? `10.77.${next(256)}.${1 + next(254)}`
        : `fd77::${(1 + next(65535)).toString(16)}:${(1 + next(65535)).toString(16)}`,
    port: 20_000 + index * 20 + next(20),
  }));
}

/** A datagram of each client, one after the other. */
async function send(clients: readonly Client[], vip: string, port: number): Promise<void> {
  for (const client of clients) {
    const family = client.address.includes(":") ? 6 : 4;
    const socket = createSocket({ type: `udp${family}`, lookup: (host, _, found) => found(null, host, family) });
    socket.on("error", () => undefined);
    await new Promise<void>((resolve) => socket.bind(client.port, client.address, resolve));
    await new Promise<void>((resolve) => socket.send("hello", port, vip, () => resolve()));
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, "0");
const ipv4 = (text: string) => Array.from(text.match(/../g)!, (byte) => Number.parseInt(byte, 16)).join(".");
/** The kernel writes all groups of IPv6 in full. */
const ipv6 = (text: string) => new URL(`http://[${text}]/`).hostname.slice(1, -1);
const addressOf = (text: string) => (text.includes(":") ? ipv6(text) : ipv4(text));

/** Which server each client got, by the kernel's own list; clients without a connection are left out. */
function connected(vip: string, port: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of readFileSync("/proc/net/ip_vs_conn", "latin1").split("\n").slice(1)) {
    const [, from, fromPort, to, toPort, server, serverPort] = line.split(/\s+/);
    if (to === undefined || fromPort === "0000" || toPort !== hex(port) || addressOf(to) !== addressOf(vipText(vip)))
      continue;
    const client = endpoint(addressOf(from!), Number.parseInt(fromPort!, 16));
    found.set(client, endpoint(addressOf(server!), Number.parseInt(serverPort!, 16)));
  }
  return found;
}

/** An address as the kernel writes it in its list. */
function vipText(vip: string): string {
  if (!vip.includes(":"))
    return vip
      .split(".")
      .map((part) => Number(part).toString(16).padStart(2, "0"))
      .join("");
  return vip;
}

interface Answer {
  readonly client: { readonly address: string; readonly port: number };
  readonly by: string;
  readonly outcome: string;
  readonly server?: { readonly address: string; readonly port: number };
  readonly candidates?: readonly { readonly address: string; readonly port: number }[];
  readonly now?: { readonly address: string; readonly port: number };
  readonly why: readonly string[];
}

let schema: z.ZodType | undefined;

function predict(clients: readonly Client[], service: readonly string[], ...more: string[]) {
  const list = clients.map(({ address, port }) => `${endpoint(address, port)}\n`).join("");
  const { status, stdout, stderr } = typed(["where", "--all", "-", "--json", ...service, ...more].join(" "), list);
  expect(stderr).toBe("");
  const document = JSON.parse(stdout);
  schema ??= z.fromJSONSchema(JSON.parse(ipvsadm("schema", "where").stdout));
  expect(schema.safeParse(document).error).toBeUndefined();
  const answers = document.clients as readonly Answer[];
  expect(answers).toHaveLength(clients.length);
  return { status, answers };
}

/** What the kernel's list shows if the answers are right. */
function expected(answers: readonly Answer[]): Map<string, string> {
  const known = answers.filter(({ server }) => server !== undefined);
  return new Map(
    known.map(({ client, server }) => [endpoint(client.address, client.port), endpoint(server!.address, server!.port)]),
  );
}

/** Without the ports of the servers. */
const addresses = (map: ReadonlyMap<string, string>) =>
  sorted(new Map(Array.from(map, ([client, server]) => [client, server.replace(/:\d+$/, "")])));
const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

interface Case {
  readonly name: string;
  readonly scheduler: string;
  readonly flags?: string;
  readonly weights: readonly number[];
  readonly family?: Family;
  /** Options of a server, by its number. */
  readonly server?: (number: number) => string;
  /** Lines that come after the servers. */
  readonly afterwards?: (service: string) => string;
  readonly options?: readonly string[];
}

const random = numbers(7);
const many = (count: number, most: number, factor = 1) =>
  Array.from({ length: count }, () => (1 + random(most)) * factor);
const heavy = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? 0 : 1 + random(9)));

const CASES: readonly Case[] = [
  { name: "3 servers", scheduler: "sh", weights: [1, 1, 1] },
  { name: "3 servers, ports", scheduler: "sh", flags: "sh-port", weights: [1, 2, 3] },
  { name: "50 servers with weights", scheduler: "sh", weights: many(50, 9) },
  { name: "50 servers with weights, ports", scheduler: "sh", flags: "sh-port", weights: many(50, 9) },
  { name: "more weight than places", scheduler: "sh", weights: [200, 100, 300] },
  { name: "weights of 0", scheduler: "sh", weights: heavy },
  { name: "weights of 0, fallback", scheduler: "sh", flags: "sh-fallback", weights: heavy },
  { name: "weights of 0, fallback and ports", scheduler: "sh", flags: "sh-fallback,sh-port", weights: heavy },
  {
    name: "one server of twelve, fallback",
    scheduler: "sh",
    flags: "sh-fallback",
    weights: [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
  },
  { name: "weight 0 only, fallback", scheduler: "sh", flags: "sh-fallback", weights: [0, 0] },
  { name: "IPv6", scheduler: "sh", weights: many(20, 5), family: "ipv6" },
  { name: "IPv6, ports", scheduler: "sh", flags: "sh-port,sh-fallback", weights: heavy, family: "ipv6" },
  { name: "3 servers", scheduler: "dh", weights: [1, 1, 1] },
  { name: "50 servers with weights", scheduler: "dh", weights: many(50, 9) },
  { name: "weights of 0", scheduler: "dh", weights: heavy },
  { name: "IPv6", scheduler: "dh", weights: many(20, 5), family: "ipv6" },
  { name: "3 servers", scheduler: "mh", weights: [1, 1, 1] },
  { name: "3 servers, ports", scheduler: "mh", flags: "mh-port", weights: [1, 2, 3] },
  { name: "50 servers with weights", scheduler: "mh", weights: many(50, 9) },
  { name: "50 servers with weights, ports", scheduler: "mh", flags: "mh-port,mh-fallback", weights: many(50, 9) },
  { name: "large weights", scheduler: "mh", weights: many(20, 5000) },
  { name: "large weights with a common divisor", scheduler: "mh", weights: many(20, 64, 100) },
  { name: "huge weights", scheduler: "mh", weights: [2147483647, 1000000, 1, 65536, 3] },
  { name: "servers added with weight 0", scheduler: "mh", weights: heavy, options: ["--last-weight", "0"] },
  {
    name: "the same, fallback",
    scheduler: "mh",
    flags: "mh-fallback",
    weights: heavy,
    options: ["--last-weight", "0"],
  },
  {
    name: "servers whose weight became 0",
    scheduler: "mh",
    weights: [4, 4, 2, 1, 4, 2],
    afterwards: (service) =>
      [1, 2, 5].map((number) => `-e ${service} -r ${serverOf("ipv4", number)} -m -w 0\n`).join(""),
    options: ["--last-weight", "4"],
  },
  {
    name: "the same, fallback and ports",
    scheduler: "mh",
    flags: "mh-fallback,mh-port",
    weights: [4, 4, 2, 1, 4, 2],
    afterwards: (service) =>
      [1, 2, 5].map((number) => `-e ${service} -r ${serverOf("ipv4", number)} -m -w 0\n`).join(""),
    options: ["--last-weight", "4"],
  },
  { name: "IPv6", scheduler: "mh", weights: many(20, 5), family: "ipv6" },
  { name: "IPv6, ports", scheduler: "mh", flags: "mh-port", weights: many(20, 5), family: "ipv6" },
];

let number = 0;
const PORT = 8090;

describe("where says where the kernel sends 200 clients", () => {
  it.each(CASES)(
    "$scheduler: $name",
    async ({ scheduler, flags, weights, family = "ipv4", afterwards, options = [] }) => {
      const vip = vipOf(family, ++number);
      const service = ["-u", endpoint(vip, PORT)];
      const of = service.join(" ");
      const servers = weights.map((weight, index) => {
        return `-a ${of} -r ${endpoint(serverOf(family, index + 1), PORT)} -m -w ${weight}\n`;
      });
      const rules = `-A ${of} -s ${scheduler}${flags ? ` -b ${flags}` : ""}\n${servers.join("")}${afterwards?.(of) ?? ""}`;
      execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: rules });
      const clients = clientsOf(family, number);
      const { status, answers } = predict(clients, service, ...options);
      expect(answers.every(({ by, outcome }) => by === "scheduler" && outcome !== "unknown")).toBe(true);
      expect(status).toBe(answers.every(({ server }) => server) ? 0 : 1);
      await send(clients, vip, PORT);
      expect(sorted(connected(vip, PORT))).toEqual(sorted(expected(answers)));
    },
  );
});

const service = (number: number, ...lines: string[]) => {
  const of = `-u ${vipOf("ipv4", number)}:${PORT}`;
  execFileSync("/usr/sbin/ipvsadm", ["-R"], {
    input: lines.map((line) => `${line.replace("SERVICE", of)}\n`).join(""),
  });
  return of.split(" ");
};
const server = (number: number, more = "-w 1") => `-a SERVICE -r ${serverOf("ipv4", number)}:${PORT} -m ${more}`;

describe("where goes by", () => {
  const clients = clientsOf("ipv4", 99, 60);

  it("connections first, also to servers of weight 0, and not by those whose server is gone", async () => {
    const vip = vipOf("ipv4", 100);
    const of = service(100, "-A SERVICE -s sh -b sh-port", server(1), server(2), server(3));
    await send(clients, vip, PORT);
    const before = connected(vip, PORT);
    expect(before.size).toBe(clients.length);
    // Another order: most clients would go elsewhere if they came anew.
    service(100, `-d SERVICE -r ${serverOf("ipv4", 1)}:${PORT}`, server(1, "-w 0"));
    const { status, answers } = predict(clients, of);
    expect(answers.every(({ by }) => by === "connection")).toBe(true);
    expect([status, sorted(expected(answers))]).toEqual([0, sorted(before)]);
    await send(clients, vip, PORT);
    expect(connected(vip, PORT)).toEqual(before);
    service(100, `-d SERVICE -r ${serverOf("ipv4", 1)}:${PORT}`);
    const lost = predict(clients, of);
    const orphans = [...before.values()].filter((server) => server.startsWith(serverOf("ipv4", 1))).length;
    expect(orphans).toBeGreaterThan(0);
    expect(lost.status).toBe(1);
    expect(lost.answers.filter(({ outcome }) => outcome === "none")).toHaveLength(orphans);
    const orphan = lost.answers.find(({ outcome }) => outcome === "none")!;
    expect(orphan).toMatchObject({ by: "connection", why: [expect.stringContaining("is gone: packets are dropped")] });
  });

  it.each([
    ["a single address", "255.255.255.255"],
    ["a network", "255.255.240.0"],
  ])("templates of persistent clients: %s", async (_, mask) => {
    const number = mask === "255.255.255.255" ? 101 : 102;
    const vip = vipOf("ipv4", number);
    const of = service(number, `-A SERVICE -s rr -p 600 -M ${mask}`, server(1), server(2), server(3));
    const fresh = predict(clients, of).answers;
    expect(fresh.every(({ outcome, candidates }) => outcome === "unknown" && candidates?.length === 3)).toBe(true);
    await send(clients, vip, PORT);
    const others = clients.map(({ address, port }) => ({ address, port: port + 20_000 }));
    const { status, answers } = predict(others, of);
    expect([status, answers.every(({ by }) => by === "template")]).toEqual([0, true]);
    await send(others, vip, PORT);
    const after = connected(vip, PORT);
    for (const client of clients) after.delete(endpoint(client.address, client.port));
    expect(sorted(after)).toEqual(sorted(expected(answers)));
    // Templates of servers of weight 0 count unless expire_quiescent_template says otherwise.
    service(number, ...[1, 2].map((one) => `-e SERVICE -r ${serverOf("ipv4", one)}:${PORT} -m -w 0`));
    expect(sorted(expected(predict(others.slice(0, 1), of).answers)).length).toBe(1);
    sysctl("net.ipv4.vs.expire_quiescent_template", 1);
    try {
      const later = clients.map(({ address, port }) => ({ address, port: port + 30_000 }));
      const next = predict(later, of).answers;
      expect(next.filter(({ by }) => by === "scheduler").length).toBeGreaterThan(0);
      await send(later, vip, PORT);
      const got = connected(vip, PORT);
      expect(later.map((one) => got.get(endpoint(one.address, one.port)))).toEqual(
        next.map(({ server }) => endpoint(server!.address, server!.port)),
      );
    } finally {
      sysctl("net.ipv4.vs.expire_quiescent_template", 0);
    }
  });

  it("thresholds: full servers get nobody, and of those in between it is not known", async () => {
    const vip = vipOf("ipv4", 103);
    const of = service(103, "-A SERVICE -s sh", server(1, "-w 1 -x 10 -y 2"), server(2));
    await send(clients.slice(0, 40), vip, PORT);
    const rest = clients.slice(40);
    const { answers } = predict(rest, of);
    expect(answers.some(({ outcome }) => outcome === "none")).toBe(true);
    await send(rest, vip, PORT);
    const got = connected(vip, PORT);
    for (const { address, port } of clients.slice(0, 40)) got.delete(endpoint(address, port));
    expect(sorted(got)).toEqual(sorted(expected(answers)));
    service(103, `-e SERVICE -r ${serverOf("ipv4", 1)}:${PORT} -m -w 1 -x 12 -y 2`);
    const between = predict([{ address: "10.77.0.9", port: 9 }, ...clientsOf("ipv4", 5, 30)], of);
    expect(between.answers.some(({ why }) => why.some((text) => text.includes("two thresholds")))).toBe(true);
  });

  describe("firewall marks:", () => {
    const MARK = 7000;
    const mark = (action: string, vip: string) =>
      execFileSync("iptables-legacy", [
        "-t",
        "mangle",
        action,
        "OUTPUT",
        "-d",
        vip,
        "-p",
        "udp",
        "-j",
        "MARK",
        "--set-mark",
        String(MARK + number),
      ]);

    it.each([
      ["sh", "-b sh-port", []],
      ["mh", "-b mh-port", []],
      ["dh", "", []],
      ["sh", "-p 600", ["-p"]],
      ["wrr", "-p 600", ["-p"]],
    ])("%s %s", async (scheduler, more, persistent) => {
      const vip = vipOf("ipv4", 120 + ++number);
      // Templates outlive their service: each has a mark of its own.
      const fwmark = String(MARK + number);
      const put = (text: string) => execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: text });
      // Servers of all ports: the kernel shows the port that was asked for.
      const servers = [1, 2, 3].map((one) => `-a -f ${fwmark} -r ${serverOf("ipv4", one)}:0 -m -w ${one}\n`).join("");
      put(`-A -f ${fwmark} -s ${scheduler} ${more}\n${servers}`);
      mark("-A", vip);
      try {
        const of = ["-f", fwmark, "--vip", `${vip}:${PORT}`];
        const { answers } = predict(clients, of);
        const known = scheduler === "wrr" ? "unknown" : "server";
        expect(answers.every(({ by, outcome }) => by === "scheduler" && outcome === known)).toBe(true);
        await send(clients, vip, PORT);
        if (known === "server") expect(addresses(connected(vip, PORT))).toEqual(addresses(expected(answers)));
        expect(predict(clients, of).answers.every(({ by }) => by === "connection")).toBe(true);
        if (scheduler === "dh") {
          const { answers } = predict(clients.slice(0, 1), ["-f", fwmark]);
          expect(answers[0]).toMatchObject({ outcome: "unknown", why: [expect.stringContaining("--vip")] });
        }
        if (persistent.length > 0) {
          const others = clients.map(({ address, port }) => ({ address, port: port + 20_000 }));
          const later = predict(others, of).answers;
          expect(later.every(({ by }) => by === "template")).toBe(true);
          await send(others, vip, PORT);
          const got = connected(vip, PORT);
          for (const { address, port } of clients) got.delete(endpoint(address, port));
          expect(addresses(got)).toEqual(addresses(expected(later)));
        }
      } finally {
        mark("-D", vip);
      }
    });
  });

  it("the weight that drain remembers, with mh", async () => {
    const vip = vipOf("ipv4", 130);
    const of = service(
      130,
      "-A SERVICE -s mh -b mh-fallback",
      ...[3, 1, 5, 2].map((weight, at) => server(at + 1, `-w ${weight}`)),
    );
    expect(ipvsadm("drain", ...of, "-r", serverOf("ipv4", 3)).status).toBe(0);
    const { status, answers } = predict(clients, of);
    expect(status).toBe(0);
    await send(clients, vip, PORT);
    expect(sorted(connected(vip, PORT))).toEqual(sorted(expected(answers)));
    service(130, `-e SERVICE -r ${serverOf("ipv4", 1)}:${PORT} -m -w 0`);
    const [unknown] = predict([{ address: "10.77.9.9", port: 9 }], of).answers;
    expect(unknown).toMatchObject({ outcome: "unknown", why: [expect.stringContaining("--last-weight")] });
    expect(ipvsadm("drain", ...of, "--restore-weight").status).toBe(0);
  });

  it.each(["lc", "wlc", "sed", "nq", "fo", "ovf"])("the counts of now: %s, client by client", async (scheduler) => {
    const number = 110 + ["lc", "wlc", "sed", "nq", "fo", "ovf"].indexOf(scheduler);
    const vip = vipOf("ipv4", number);
    const of = service(
      number,
      `-A SERVICE -s ${scheduler}`,
      ...[3, 1, 2, 0].map((weight, at) => server(at + 1, `-w ${weight}`)),
    );
    for (const client of clients.slice(0, 6)) {
      const [answer] = predict([client], of).answers;
      const told = (answer!.server ?? answer!.now)!;
      await send([client], vip, PORT);
      expect(connected(vip, PORT).get(endpoint(client.address, client.port))).toBe(endpoint(told.address, told.port));
    }
  });
});
