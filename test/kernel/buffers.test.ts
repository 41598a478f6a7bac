import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IpvsClient } from "../../src/client/client.js";
import type { OpenSocket } from "../../src/client/netlink-socket.js";
import { openSocket } from "../../src/client/socket.js";
import { noNames } from "../../src/names/names.js";
import { applyTable } from "../../src/restore/apply.js";
import { parseRules } from "../../src/rules/read.js";
import { wantedTable } from "../../src/rules/wanted.js";
import { requestOf } from "../../src/wire/change.js";
import { clearByOracle, oracle, savedByOracle } from "./oracle.js";
import { type Outcome, runProgram, start } from "./program.js";

/** Buffers of sockets as small as administrators make them, and as small as the kernel lets them be. */

const CORE = "/proc/sys/net/core";
const NAMES = ["wmem_default", "wmem_max", "rmem_default", "rmem_max"] as const;
type Sizes = Partial<Record<(typeof NAMES)[number], number>>;

/** The least that the kernel takes. */
const LEAST: Sizes = { wmem_default: 4608, wmem_max: 4608, rmem_default: 2304, rmem_max: 2304 };

/** More than one datagram of services, and of servers, whose requests are longer. */
const SERVICES = 200;
const SERVERS = 200;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const RULES = [
  ...numbers(SERVICES).map((port) => `-A -t 192.0.2.1:${port} -s rr\n`),
  ...numbers(SERVERS).map((host) => `-a -t 192.0.2.1:80 -r 198.51.100.${host}:80 -m -w 1\n`),
].join("");

/** They belong to the whole machine, and are not to be seen in network namespaces other than the first one. */
const here = existsSync(`${CORE}/wmem_default`);

describe.skipIf(!here)("small socket buffers", () => {
  const before = new Map<string, string>();

  const set = (sizes: Sizes) => {
    for (const [name, size] of Object.entries(sizes)) writeFileSync(`${CORE}/${name}`, `${size}`);
  };
  const byOracle = (...args: string[]): Promise<Outcome> =>
    start("/usr/sbin/ipvsadm", args.slice(0, -1), args.at(-1)).outcome;

  beforeEach(() => {
    clearByOracle();
    for (const name of NAMES) before.set(name, readFileSync(`${CORE}/${name}`, "utf8"));
  });
  afterEach(() => {
    for (const [name, size] of before) writeFileSync(`${CORE}/${name}`, size);
    clearByOracle();
  });

  it.each<[string, Sizes]>([
    ["a small default for sending", { wmem_default: 12_000 }],
    ["a small default for receiving", { rmem_default: 9000 }],
    ["small limits", { wmem_default: 12_000, wmem_max: 12_000, rmem_default: 9000, rmem_max: 9000 }],
    ["the least that there is", LEAST],
  ])("%s: -R adds, refuses and lists as 1.31 does", async (_, sizes) => {
    set(sizes);
    expect(await byOracle("-R", RULES)).toMatchObject({ status: 0 });
    const saved = savedByOracle();
    const refused = await byOracle("-R", RULES);
    const listed = oracle("-Ln");
    clearByOracle();

    expect(runProgram("ipvsadm", ["-R"], RULES)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(savedByOracle()).toBe(saved);
    const again = runProgram("ipvsadm", ["-R"], RULES);
    // All that was refused is there just so.
    expect(again.status).toBe(0);
    expect(again.stderr.replaceAll(/^line \d+: /gm, "")).toBe(refused.stderr);
    expect(again.stderr.split("\n")).toHaveLength(SERVICES + SERVERS + 1);
    expect(runProgram("ipvsadm", ["-Ln"]).stdout).toBe(listed);
    expect(runProgram("ipvsadm-restore", [], "-A -f 1 -s rr\n")).toMatchObject({ status: 0, stderr: "" });
    expect(savedByOracle()).toBe("-A -f 1 -s rr\n");
  });

  /** A real socket that claims more room than it has, so that the kernel does drop answers. */
  const boasting: OpenSocket = (receiver) => {
    const socket = openSocket(receiver);
    return {
      room: { send: 1 << 20, receive: 1 << 20 },
      send: (bytes) => socket.send(bytes),
      close: () => socket.close(),
    };
  };
  const withLosses = async (work: (client: IpvsClient) => Promise<void>) => {
    set({ rmem_default: 2304, rmem_max: 2304 });
    const client = await IpvsClient.open(boasting);
    await work(client).finally(() => client.close());
  };

  it("names the requests whose answers were lost all the same, and can be used further", async () => {
    await withLosses(async (client) => {
      const missing = Array.from({ length: 500 }, (_, index) =>
        requestOf({ kind: "delete-service", service: { fwmark: index + 1, family: "ipv4" } }),
      );
      const { sent, refusals } = await client.batch(missing);
      expect(sent).toBe(500);
      expect(refusals.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...missing.keys()]);
      const codes = refusals.map(({ error }) => error.code);
      expect(new Set(codes)).toEqual(new Set(["ESRCH", "ENOBUFS"]));
      expect(codes.filter((code) => code === "ENOBUFS").length).toBeGreaterThan(400);
      expect(await client.services()).toEqual([]);
    });
  });

  it("a restore reads back what the lost answers did not tell, and makes the table right", async () => {
    const others = RULES.split("\n").filter((_, index) => index < SERVICES && index % 2 === 0);
    await byOracle("-R", others.join("\n").replaceAll("-s rr", "-s wrr").concat("\n"));
    const { rules } = await parseRules(RULES, { names: noNames, program: "ipvsadm" });
    const { wanted } = wantedTable(rules);
    await withLosses(async (client) => {
      // As if the others had come after the table was read: the plan adds them, and the kernel refuses that.
      expect(await applyTable(client, [], wanted)).toMatchObject({ refused: [], unsent: 0, remaining: [] });
    });
    expect(savedByOracle().split("\n").sort()).toEqual(RULES.split("\n").sort());
  });
});
