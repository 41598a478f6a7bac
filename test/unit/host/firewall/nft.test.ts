import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Packet } from "../../../../src/host/firewall/model.js";
import { parseNft } from "../../../../src/host/firewall/nft.js";
import { describePlace, dropOf, mayBeUntracked, rulesOf, snatOf } from "../../../../src/host/firewall/walk.js";
import { HostError } from "../../../../src/host/host.js";

const IPVS = 98;

/** `nft -j list ruleset` of nft 1.0.6 on a real kernel. */
const unread: string[] = [];
const text = readFileSync(new URL("nft.json", import.meta.url), "utf8");
const firewall = parseNft(text, (what) => unread.push(what));

const packet = (destination: string, destinationPort: number, state = "NEW", rest: Partial<Packet> = {}): Packet => ({
  family: destination.includes(":") ? "ipv6" : "ipv4",
  protocol: 6,
  destination,
  destinationPort,
  state,
  local: true,
  ...rest,
});

describe("a real ruleset", () => {
  it("is understood", () => expect(unread).toEqual([]));

  it("has tables, chains, hooks, priorities and policies", () => {
    expect(firewall.map(({ name, families }) => [name, families])).toEqual([
      ["nft inet filter", ["ipv4", "ipv6"]],
      ["nft ip nat", ["ipv4"]],
    ]);
    expect(firewall[0]!.chains.get("input")!.base).toEqual({ hook: "input", priority: 0, policy: "drop" });
    expect(firewall[0]!.chains.get("web")!.base).toBeUndefined();
    expect(firewall[1]!.chains.get("postrouting")!.base).toEqual({
      hook: "postrouting",
      priority: 100,
      policy: "accept",
    });
  });

  it("drops INVALID packets in a verdict map", () => {
    expect(dropOf(firewall, "input", packet("10.0.0.1", 80, "INVALID"), IPVS)?.rule?.text).toBe("vmap");
    expect(dropOf(firewall, "input", packet("10.0.0.1", 80, "ESTABLISHED"), IPVS)).toBeUndefined();
  });

  it("accepts by address and state, by set of addresses, by port in a verdict map", () => {
    expect(dropOf(firewall, "input", packet("10.0.0.1", 443), IPVS)).toBeUndefined();
    expect(dropOf(firewall, "input", packet("10.1.2.3", 443), IPVS)).toBeUndefined();
    expect(dropOf(firewall, "input", packet("192.0.2.9", 8080), IPVS)).toBeUndefined();
    expect(dropOf(firewall, "input", packet("192.0.2.9", 53), IPVS)).toBeUndefined();
  });

  it("comes to the policy where no rule accepts", () => {
    const place = dropOf(firewall, "input", packet("192.0.2.9", 443), IPVS);
    expect(place?.table).toBe("nft inet filter");
    expect(dropOf(firewall, "input", packet("fd00::1", 443), IPVS)).toBeDefined();
  });

  it("cannot tell with a named set: some sources may pass", () => {
    expect(dropOf(firewall, "input", packet("192.0.2.9", 22), IPVS)).toBeUndefined();
    expect(dropOf(firewall, "input", packet("192.0.2.9", 23), IPVS)).toBeDefined();
  });

  it("rewrites sources by interface and by destination", () => {
    const leaving = { family: "ipv4", protocol: 6, destination: "10.0.0.42", destinationPort: 80 } as const;
    expect(snatOf(firewall, { ...leaving, output: "eth0" })?.rule?.text).toBe("meta oifname eth0 masquerade");
    expect(snatOf(firewall, { ...leaving, output: "eth1" })?.rule?.text).toBe(
      "ip daddr 10.0.0.42 tcp dport 80 masquerade",
    );
    expect(snatOf(firewall, { ...leaving, output: "eth1", destination: "10.0.0.43" })).toBeUndefined();
  });

  it("knows marks and what is not tracked", () => {
    expect(rulesOf(firewall).map(({ rule }) => rule.verdict)).toContainEqual({
      kind: "mark",
      value: 7,
      mask: 0xffffffff,
    });
    expect(mayBeUntracked(firewall, packet("10.0.0.1", 80))).toBe(true);
    expect(mayBeUntracked(firewall, packet("10.0.0.1", 81))).toBe(false);
  });

  it("describes where a rule stands", () => {
    const places = rulesOf(firewall).map(({ place }) => describePlace(place));
    expect(places).toContain("nft inet filter input: tcp dport != 443 ip daddr 10.0.0.0/24 jump web");
    expect(places).toContain("nft inet filter input: ip6 saddr fd00::/8 ct state invalid log reject");
    expect(places).toContain("nft inet filter input: ip saddr @allowed tcp dport { 22, 80-90 } accept");
  });
});

describe("a statement that is not known", () => {
  const chain = { chain: { family: "ip", table: "t", name: "c", hook: "input", prio: 0, policy: "drop" } };
  const dropped = (...expr: unknown[]) => {
    const rule = { rule: { family: "ip", table: "t", chain: "c", expr } };
    return dropOf(parseNft(JSON.stringify({ nftables: [chain, rule] })), "input", packet("10.0.0.1", 80), IPVS);
  };

  it("may let the packet pass", () => {
    expect(dropped({ queue: null })).toBeUndefined();
    expect(dropped({ xt: { type: "target", name: "NFQUEUE" } })).toBeUndefined();
    expect(dropped({ limit: { rate: 5 } }, { accept: null })).toBeUndefined();
  });

  it("does not where it only counts, or is behind a match that fails", () => {
    expect(dropped({ counter: null })).toBeDefined();
    expect(dropped({ limit: { rate: 5 } }, { drop: null })).toBeDefined();
    const left = { payload: { protocol: "tcp", field: "dport" } };
    expect(dropped({ match: { op: "==", left, right: 81 } }, { queue: null })).toBeDefined();
  });
});

describe("other JSON", () => {
  it("is an error when it is none", () => {
    expect(() => parseNft("table ip filter {")).toThrow(HostError);
  });

  it("is passed over where its shape is not known", () => {
    const rule = (expr: unknown) => ({ rule: { family: "ip", table: "t", chain: "c", expr } });
    const chain = { chain: { family: "ip", table: "t", name: "c", hook: "input", prio: 0, policy: "accept" } };
    const odd = [
      null,
      1,
      {},
      { rule: {} },
      rule("x"),
      rule([{ match: { op: "==" } }, { drop: null }]),
      rule([{ tproxy: {} }]),
    ];
    const parsed = parseNft(JSON.stringify({ nftables: [chain, ...odd] }));
    expect(dropOf(parsed, "input", packet("10.0.0.1", 80), IPVS)).toBeUndefined();
  });
});
