import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clearByOracle, oracle } from "./oracle.js";
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

beforeAll(() => {
  for (const network of LOCAL) execFileSync("ip", ["route", "add", "local", network, "dev", "lo"]);
});
afterAll(() => {
  clearByOracle();
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
    const socket = createSocket(client.address.includes(":") ? "udp6" : "udp4").on("error", () => undefined);
    socket.bind(client.port, client.address);
    await once(socket, "listening");
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

function predict(clients: readonly Client[], service: readonly string[], ...more: string[]) {
  const list = clients.map(({ address, port }) => `${endpoint(address, port)}\n`).join("");
  const { status, stdout, stderr } = typed(["where", "--all", "-", "--json", ...service, ...more].join(" "), list);
  expect(stderr).toBe("");
  const answers = JSON.parse(stdout).clients as readonly Answer[];
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
  readonly then?: (service: string) => string;
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
    then: (service) => [1, 2, 5].map((number) => `-e ${service} -r ${serverOf("ipv4", number)} -m -w 0\n`).join(""),
    options: ["--last-weight", "4"],
  },
  {
    name: "the same, fallback and ports",
    scheduler: "mh",
    flags: "mh-fallback,mh-port",
    weights: [4, 4, 2, 1, 4, 2],
    then: (service) => [1, 2, 5].map((number) => `-e ${service} -r ${serverOf("ipv4", number)} -m -w 0\n`).join(""),
    options: ["--last-weight", "4"],
  },
  { name: "IPv6", scheduler: "mh", weights: many(20, 5), family: "ipv6" },
  { name: "IPv6, ports", scheduler: "mh", flags: "mh-port", weights: many(20, 5), family: "ipv6" },
];

let number = 0;
const PORT = 8090;

describe("where says where the kernel sends 200 clients", () => {
  it.each(CASES)("$scheduler: $name", async ({ scheduler, flags, weights, family = "ipv4", then, options = [] }) => {
    const vip = vipOf(family, ++number);
    const service = ["-u", endpoint(vip, PORT)];
    const of = service.join(" ");
    const servers = weights.map((weight, index) => {
      return `-a ${of} -r ${endpoint(serverOf(family, index + 1), PORT)} -m -w ${weight}\n`;
    });
    const rules = `-A ${of} -s ${scheduler}${flags ? ` -b ${flags}` : ""}\n${servers.join("")}${then?.(of) ?? ""}`;
    execFileSync("/usr/sbin/ipvsadm", ["-R"], { input: rules });
    const clients = clientsOf(family, number);
    const { status, answers } = predict(clients, service, ...options);
    expect(answers.every(({ by, outcome }) => by === "scheduler" && outcome !== "unknown")).toBe(true);
    expect(status).toBe(answers.every(({ server }) => server) ? 0 : 1);
    await send(clients, vip, PORT);
    expect(sorted(connected(vip, PORT))).toEqual(sorted(expected(answers)));
    // And now their connections decide.
    const again = predict(clients, service, ...options).answers.filter(({ by }) => by === "connection");
    expect(sorted(expected(again))).toEqual(sorted(expected(answers)));
  });
});
