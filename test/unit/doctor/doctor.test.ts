import { describe, expect, it } from "vitest";
import { runDoctor } from "../../../src/doctor/doctor.js";
import { doctor, type Kernel } from "../../../src/doctor/index.js";
import { KernelError } from "../../../src/errors.js";
import type { Firewall, Rule } from "../../../src/host/firewall/model.js";
import { type Host, HostError } from "../../../src/host/host.js";
import type { LiveTable } from "../../../src/model/table.js";
import { entry, host, server } from "./snapshot.js";

const TABLE = [
  entry([server("10.0.0.42")]),
  entry([server("10.0.0.42")], { port: 443 }),
  entry([], { address: "fd00::100", port: 80 }),
];

const kernel = (table: LiveTable = TABLE): Kernel => ({
  info: async () => ({ version: 0x010201, connectionTableSize: 4096 }),
  table: async () => table,
  timeouts: async () => ({ tcp: 900, tcpFin: 120, udp: 300 }),
  daemons: async () => [],
});

async function run(target?: string, options: { table?: LiveTable; host?: Host; kernel?: Kernel } = {}) {
  let out = "";
  let err = "";
  const output = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  const args = { json: true, ...(target !== undefined && { target }) };
  const code = await doctor(args, output, options.kernel ?? kernel(options.table), options.host ?? host());
  return { code, err, examination: out === "" ? undefined : JSON.parse(out) };
}

const ids = async (target?: string) => (await run(target)).examination.findings.map(({ id }: { id: string }) => id);

describe("ipvsadm doctor", () => {
  it("exits with 1 for errors, 0 for anything less", async () => {
    expect((await run()).code).toBe(1);
    expect(await ids()).toEqual(["no-servers", "tcp-timeout"].slice(0, 1));
    expect((await run(undefined, { table: TABLE.slice(0, 2) })).code).toBe(0);
    expect((await run(undefined, { table: [] })).code).toBe(0);
  });

  it("says which rules of a firewall it could not understand", async () => {
    const odd: Host = {
      ...host(),
      firewall: async (_families, unread) => {
        unread?.("nft ip t input: a rule of an unknown shape");
        return [];
      },
    };
    const { examination } = await run(undefined, { table: TABLE.slice(0, 2), host: odd });
    expect(examination.unread).toEqual(["nft ip t input: a rule of an unknown shape"]);
  });

  it("says that a firewall has more rules than it holds against packets", async () => {
    const rule: Rule = { matches: [], verdict: { kind: "continue" }, text: "" };
    const rules = new Array<Rule>(2_000_000).fill(rule);
    const base = { hook: "input", priority: 0, policy: "accept" } as const;
    const chains = new Map([["INPUT", { name: "INPUT", rules, base }]]);
    const table = Array.from({ length: 60 }, (_, n) => entry([server("10.0.0.42")], { port: 1000 + n }));
    const firewall: Firewall = [{ name: "iptables filter", families: ["ipv4"], chains }];
    const { examination } = await run(undefined, { table, host: host({ firewall }) });
    expect(examination.unread).toEqual([
      "firewall rules: too many to hold all of them against every service and server",
    ]);
  });

  it("looks at one address, or one port of it", async () => {
    expect((await run("10.0.0.100")).code).toBe(0);
    expect(await ids("fd00::100")).toEqual(["no-servers"]);
    expect(await ids("[fd00::100]")).toEqual(["no-servers"]);
    expect(await ids("[fd00::100]:80")).toEqual(["no-servers"]);
    expect((await run("10.0.0.100:443")).code).toBe(0);
  });

  it.each(["10.0.0.100:81", "10.0.0.101", "fd00::101"])(
    "exits with 2 where there is no service: %s",
    async (target) => {
      expect(await run(target)).toEqual({
        code: 2,
        err: `ipvsadm doctor: no such service: ${target}\n`,
        examination: undefined,
      });
    },
  );

  it.each(["www", "10.0.0", "10.0.0.100:x", "10.0.0.100:70000", "[10.0.0.100]:80", ""])(
    "exits with 2 for what is no address: %j",
    async (target) => {
      expect(await run(target)).toEqual({
        code: 2,
        err: `ipvsadm doctor: not an address: ${target}\n`,
        examination: undefined,
      });
    },
  );

  it("says what it could not read, once, and goes on", async () => {
    const blind = {
      ...host(),
      firewall: () => Promise.reject(new HostError("/usr/sbin/nft: Operation not permitted")),
      neighbours: () => Promise.reject(new HostError("rtnetlink: EPERM")),
      sysctl: () => {
        throw new HostError("/proc/sys/x: EACCES");
      },
    };
    const { examination } = await run(undefined, { host: blind });
    expect(examination.unread).toEqual([
      "rtnetlink: EPERM",
      "/usr/sbin/nft: Operation not permitted",
      "/proc/sys/x: EACCES",
    ]);
    expect(examination.findings[0].id).toBe("no-servers");
  });

  it("passes on what is no matter of permission", async () => {
    const broken = { ...kernel(), info: () => Promise.reject(new KernelError("IPVS_CMD_GET_INFO", 5, "EIO")) };
    await expect(run(undefined, { kernel: broken })).rejects.toThrow("IPVS_CMD_GET_INFO: EIO");
    const mistaken: Host = { ...host(), links: () => Promise.reject(new TypeError("a mistake of ours")) };
    await expect(run(undefined, { host: mistaken })).rejects.toThrow("a mistake of ours");
  });

  it("lists services and servers in the order of listings", async () => {
    const table = [
      entry([server("10.0.0.78", { weight: 0 }), server("10.0.0.42", { weight: 0 })]),
      entry([], { address: "10.0.0.100", port: 22 }),
    ];
    const { findings } = await runDoctor({ table }, host());
    expect(findings.find(({ id }) => id === "all-weights-zero")!.evidence).toEqual([
      "10.0.0.42:80: weight 0",
      "10.0.0.78:80: weight 0",
    ]);
  });
});
