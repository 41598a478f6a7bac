import { describe, expect, it } from "vitest";
import { parseIptables } from "../../../../src/host/firewall/iptables.js";
import type { Packet } from "../../../../src/host/firewall/model.js";
import { describePlace, dropOf, mayBeUntracked, rulesOf, snatOf } from "../../../../src/host/firewall/walk.js";

const IPVS = 98;
const request: Packet = {
  family: "ipv4",
  protocol: 6,
  destination: "10.254.0.1",
  destinationPort: 8080,
  state: "NEW",
  syn: true,
  local: true,
};

/** A filter table with these rules in INPUT. */
const filter = (rules: readonly string[], policy = "ACCEPT", chains = "") =>
  parseIptables(
    ["*filter", `:INPUT ${policy} [0:0]`, ":FORWARD ACCEPT [0:0]", chains, ...rules, "COMMIT"].join("\n"),
    "ipv4",
    "iptables",
  );

const drop = (rules: readonly string[], policy?: string, packet: Packet = request, chains = "") =>
  dropOf(filter(rules, policy, chains), "input", packet, IPVS);

describe("a rule that", () => {
  it.each([
    ["matches everything", "-A INPUT -j DROP"],
    ["names the destination", "-A INPUT -d 10.254.0.1/32 -j DROP"],
    ["names its network", "-A INPUT -d 10.254.0.0/16 -j DROP"],
    ["names the network with a mask", "-A INPUT -d 10.254.0.0/255.255.0.0 -j DROP"],
    ["names another one, negated", "-A INPUT ! -d 10.0.0.0/16 -j DROP"],
    ["names protocol and port", "-A INPUT -p tcp -m tcp --dport 8080 -j DROP"],
    ["names a range of ports", "-A INPUT -p tcp -m tcp --dport 8000: -j DROP"],
    ["names several ports", "-A INPUT -p tcp -m multiport --dports 80,8000:9000 -j DROP"],
    ["asks for the state", "-A INPUT -m conntrack --ctstate INVALID,NEW -j DROP"],
    ["asks in the old way", "-A INPUT -m state --state NEW -j DROP"],
    ["asks for local destinations", "-A INPUT -m addrtype --dst-type LOCAL -j DROP"],
    ["has a comment like an option", '-A INPUT -m comment --comment "-j ACCEPT \\"x\\"" -j DROP'],
    ["rejects", "-A INPUT -p tcp -j REJECT --reject-with tcp-reset"],
  ])("%s drops the packet", (_title, rule) => {
    expect(drop([rule])?.rule?.text).toBe(rule.replace("-A INPUT ", ""));
  });

  it.each([
    ["names another destination", "-A INPUT -d 10.0.0.0/8 -d 10.9.0.0/16 -j DROP"],
    ["names another port", "-A INPUT -p tcp -m tcp --dport 80 -j DROP"],
    ["names another protocol", "-A INPUT -p udp -j DROP"],
    ["is for other states", "-A INPUT -m conntrack --ctstate INVALID -j DROP"],
    ["is for packets that are not the first", "-A INPUT -p tcp -m tcp ! --syn -j DROP"],
    ["is for local processes", "-A INPUT -i lo -j DROP"],
    ["only logs", "-A INPUT -j LOG --log-prefix DROP"],
    ["cannot be told: a source", "-A INPUT -s 192.0.2.0/24 -j DROP"],
    ["cannot be told: an interface", "-A INPUT -i eth+ -j DROP"],
    ["cannot be told: a match that is not known", "-A INPUT -m string --algo bm --string x -j DROP"],
    ["cannot be told: a match without options", "-A INPUT -m socket -j DROP"],
    ["is for IPv6", "-A INPUT -d fd00::/8 -j DROP"],
  ])("%s does not", (_title, rule) => {
    expect(drop([rule])).toBeUndefined();
  });
});

describe("the walk through the chains", () => {
  it("ends at the first rule that certainly matches", () => {
    expect(drop(["-A INPUT -p tcp -j ACCEPT", "-A INPUT -j DROP"])).toBeUndefined();
  });

  it("is not sure of a drop behind a rule that may accept", () => {
    expect(drop(["-A INPUT -s 192.0.2.1/32 -j ACCEPT"], "DROP")).toBeUndefined();
  });

  it("comes to the policy", () => {
    const place = drop(["-A INPUT -p udp -j ACCEPT"], "DROP");
    expect(place && describePlace(place)).toBe("iptables filter INPUT: policy drop");
  });

  it("follows jumps and comes back", () => {
    const rules = ["-A INPUT -j WEB", "-A INPUT -j DROP", "-A WEB -p udp -j ACCEPT", "-A WEB -p tcp -j RETURN"];
    expect(drop(rules, "ACCEPT", request, ":WEB - [0:0]")?.chain).toBe("INPUT");
  });

  it("does not come back from goto", () => {
    const rules = ["-A INPUT -g WEB", "-A INPUT -j DROP", "-A WEB -p udp -j ACCEPT"];
    expect(drop(rules, "ACCEPT", request, ":WEB - [0:0]")).toBeUndefined();
  });

  it("takes a target that it does not know for anything", () => {
    expect(drop(["-A INPUT -j NFQUEUE --queue-num 1"], "DROP")).toBeUndefined();
  });

  it("ends in chains that jump to each other", () => {
    expect(drop(["-A INPUT -j A", "-A A -j A"], "DROP", request, ":A - [0:0]")).toBeUndefined();
  });

  it("leaves out chains behind IPVS, and other families", () => {
    expect(dropOf(filter(["-A INPUT -j DROP"]), "input", request, 0)).toBeUndefined();
    expect(dropOf(filter(["-A INPUT -j DROP"]), "input", { ...request, family: "ipv6" }, IPVS)).toBeUndefined();
  });
});

const nat = (rules: readonly string[]) =>
  parseIptables(["*nat", ":POSTROUTING ACCEPT [0:0]", ...rules, "COMMIT"].join("\n"), "ipv4", "iptables-legacy");

const scheduled: Packet = {
  family: "ipv4",
  protocol: 6,
  destination: "10.0.0.42",
  destinationPort: 80,
  output: "eth0",
  ipvs: { address: "10.254.0.1", port: 8080 },
};

describe("source NAT", () => {
  it.each([
    "-A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 8080 -j MASQUERADE",
    "-A POSTROUTING -m ipvs --ipvs -j SNAT --to-source 10.0.0.161",
    "-A POSTROUTING -o eth0 -j MASQUERADE",
    "-A POSTROUTING -o eth+ -j MASQUERADE",
    "-A POSTROUTING -d 10.0.0.42/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
  ])("is done by %s", (rule) => {
    expect(snatOf(nat([rule]), scheduled)?.rule?.text).toBe(rule.replace("-A POSTROUTING ", ""));
  });

  it.each([
    "-A POSTROUTING -m ipvs --vaddr 10.254.0.2 --vport 8080 -j MASQUERADE",
    "-A POSTROUTING -m ipvs --vaddr 10.254.0.1 --vport 80 -j MASQUERADE",
    "-A POSTROUTING -m ipvs ! --ipvs -j MASQUERADE",
    "-A POSTROUTING -o eth1 -j MASQUERADE",
    "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
    "-A POSTROUTING -m ipvs --vaddr 10.254.0.1 -j LOG",
  ])("is not certain with %s", (rule) => {
    expect(snatOf(nat([rule]), scheduled)).toBeUndefined();
  });

  it("is prevented by a rule before", () => {
    const rules = ["-A POSTROUTING -d 10.0.0.0/8 -j ACCEPT", "-A POSTROUTING -j MASQUERADE"];
    expect(snatOf(nat(rules), scheduled)).toBeUndefined();
  });

  it("knows the rules that ask for packets of IPVS", () => {
    const [first, second] = rulesOf(
      nat(["-A POSTROUTING -m ipvs --ipvs -j MASQUERADE", "-A POSTROUTING -j MASQUERADE"]),
    );
    expect([first?.rule.asksIpvs, second?.rule.asksIpvs]).toEqual([true, undefined]);
  });
});

describe("marks and tracking", () => {
  const parse = (table: string, rule: string) =>
    parseIptables([`*${table}`, ":PREROUTING ACCEPT [0:0]", rule, "COMMIT"].join("\n"), "ipv4", "iptables");

  it("reads which mark a rule sets, and for which host", () => {
    const rule = "-A PREROUTING -d 10.77.0.1/32 -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x7/0xffffffff";
    const [marking] = rulesOf(parse("mangle", rule));
    expect(marking?.rule.verdict).toEqual({ kind: "mark", value: 7, mask: 0xffffffff });
    expect(marking?.rule.destination).toBe("10.77.0.1");
  });

  it("sees what may not be tracked", () => {
    expect(mayBeUntracked(parse("raw", "-A PREROUTING -p tcp -m tcp --dport 8080 -j CT --notrack"), request)).toBe(
      true,
    );
    expect(mayBeUntracked(parse("raw", "-A PREROUTING -p udp -j CT --notrack"), request)).toBe(false);
  });

  it("orders chains as the kernel does", () => {
    const base = (table: string, chain: string) =>
      parseIptables(`*${table}\n:${chain} ACCEPT [0:0]\nCOMMIT`, "ipv4", "iptables")[0]!.chains.get(chain)!.base;
    expect(base("raw", "PREROUTING")).toEqual({ hook: "prerouting", priority: -300, policy: "accept" });
    expect(base("nat", "PREROUTING")?.priority).toBe(-100);
    expect(base("nat", "POSTROUTING")?.priority).toBe(100);
    expect(base("mangle", "FORWARD")?.priority).toBe(-150);
    expect(base("filter", "OUTPUT")).toEqual({ hook: "output", priority: 0, policy: "accept" });
  });
});
