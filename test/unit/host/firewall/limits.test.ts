import { describe, expect, it } from "vitest";
import { parseIptables } from "../../../../src/host/firewall/iptables.js";
import type { Firewall, Packet, Rule } from "../../../../src/host/firewall/model.js";
import { parseNft } from "../../../../src/host/firewall/nft.js";
import { dropOf, isExhausted, mayBeUntracked, rulesOf, snatOf } from "../../../../src/host/firewall/walk.js";

const request: Packet = {
  family: "ipv4",
  protocol: 6,
  destination: "10.254.0.1",
  destinationPort: 8080,
  state: "NEW",
  syn: true,
  local: true,
};

const drop = (firewall: Firewall) => dropOf(firewall, "input", request, 98);

/** `iptables-save` of a filter table whose chain INPUT begins with a jump to the first of these chains. */
function iptables(chains: readonly (readonly [name: string, rules: readonly string[]])[]): Firewall {
  const declared = chains.map(([name]) => `:${name} - [0:0]`);
  const rules = chains.flatMap(([name, texts]) => texts.map((text) => `-A ${name} ${text}`));
  const jump = `-A INPUT -j ${chains[0]![0]}`;
  return parseIptables(
    ["*filter", ":INPUT ACCEPT [0:0]", ...declared, jump, ...rules, "COMMIT"].join("\n"),
    "ipv4",
    "iptables",
  );
}

const chain = (name: string, rest = {}) => ({ chain: { family: "ip", table: "t", name, ...rest } });
const rule = (name: string, expr: unknown) => ({ rule: { family: "ip", table: "t", chain: name, expr } });
const input = chain("input", { hook: "input", prio: 0, policy: "accept" });

function nft(items: readonly unknown[], unread?: (what: string) => void): Firewall {
  return parseNft(JSON.stringify({ nftables: [{ metainfo: {} }, input, ...items] }), unread);
}

const range = (length: number) => Array.from({ length }, (_, n) => n);

describe("a ruleset", () => {
  it("may have a chain of 130,000 rules that is entered by a jump", () => {
    const rules = range(130_000).map((n) => `-s 10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32 -j DROP`);
    const place = drop(iptables([["LONG", [...rules, "-p tcp -j DROP"]]]));
    expect(place?.rule?.text).toBe("-p tcp -j DROP");
  });

  it("may jump four times in each of ten levels", () => {
    const levels = range(10).map(
      (n) => [`L${n}`, n === 9 ? ["-p udp -j ACCEPT"] : range(4).map(() => `-s 10.0.0.0/8 -j L${n + 1}`)] as const,
    );
    expect(drop(iptables(levels))).toBeUndefined();
    const last = iptables([...levels.slice(0, 9), ["L9", ["-p tcp -j DROP"]]]);
    expect(drop(last)).toBeUndefined();
    const certain = levels.map(
      ([name, rules]) => [name, rules.map((text) => text.replace("-s 10.0.0.0/8 ", ""))] as const,
    );
    expect(drop(iptables([...certain.slice(0, 9), ["L9", ["-p tcp -j DROP"]]]))?.chain).toBe("L9");
  });

  it("may lead 50,000 chains deep", () => {
    const chains = range(50_000).map((n) => [`C${n}`, [n === 49_999 ? "-j DROP" : `-j C${n + 1}`]] as const);
    expect(drop(iptables(chains))?.chain).toBe("C49999");
  });

  it("may have a verdict map of 200,000 entries", () => {
    const left = { payload: { protocol: "tcp", field: "dport" } };
    const set = range(200_000).map((n) => [n % 65536, n % 65536 === 8080 ? { drop: null } : { accept: null }]);
    const { text } = drop(nft([rule("input", [{ vmap: { key: left, data: { set } } }])]))!.rule!;
    expect(text).toBe("vmap");
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"])("may name a chain %s", (name) => {
    expect(drop(iptables([[name, ["-j DROP"]]]))?.chain).toBe(name);
    const jump = rule("input", [{ jump: { target: name } }]);
    expect(drop(nft([chain(name), jump, rule(name, [{ drop: null }])]))?.chain).toBe(name);
    const entries = {
      key: { payload: { protocol: "tcp", field: "dport" } },
      data: { set: [[8080, { goto: { target: name } }]] },
    };
    expect(drop(nft([chain(name), rule("input", [{ vmap: entries }]), rule(name, [{ drop: null }])]))?.chain).toBe(
      name,
    );
  });

  it.each(["constructor", "toString", "__proto__"])(
    "means nothing by a table, option, protocol or statement %s",
    (name) => {
      expect(
        drop(iptables([["A", [`--${name} 1 -j DROP`, `-p ${name} -j DROP`, `-m ${name} -j ${name}`]]])),
      ).toBeUndefined();
      const base = parseIptables(`*${name}\n:INPUT DROP [0:0]\n`, "ipv4", "iptables")[0]!.chains.get("INPUT")!.base;
      expect(base).toEqual({ hook: "input", priority: 0, policy: "drop" });
      const statement = JSON.parse(`{ "${name}": null }`);
      expect(drop(nft([rule("input", [statement]), rule("input", [{ drop: null }])]))).toBeUndefined();
      expect(parseNft(`{"nftables":[{"chain":{"family":"${name}","table":"t","name":"c"}}]}`)).toEqual([]);
    },
  );

  it("gets no more answers once too many rules were held against too many packets", () => {
    const rule: Rule = { matches: [], verdict: { kind: "continue" }, text: "" };
    const rules = new Array<Rule>(1_000_000).fill(rule).concat({ ...rule, verdict: { kind: "drop" } });
    const base = { hook: "input", priority: 0, policy: "accept" } as const;
    const chains = new Map([["INPUT", { name: "INPUT", rules, base }]]);
    const firewall: Firewall = [{ name: "iptables filter", families: ["ipv4"], chains }];
    expect(drop(firewall)?.chain).toBe("INPUT");
    expect(isExhausted(firewall)).toBe(false);
    let answers = 0;
    while (drop(firewall) !== undefined && answers < 10_000) answers++;
    expect(isExhausted(firewall)).toBe(true);
    expect(answers).toBeLessThan(10_000);
  });
});

/** What nft never writes, in every place of a rule. */
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  "",
  "constructor",
  [],
  [[]],
  {},
  { toString: null },
  { valueOf: 1, toString: 2 },
  JSON.parse('{ "__proto__": null }'),
  { constructor: { name: 1 } },
  { set: null },
  { prefix: null },
  { range: null },
  { range: {} },
  { range: [{ toString: 1 }, null] },
  { payload: null },
  { meta: { key: { toString: 1 } } },
];
const PLACES: readonly ((odd: unknown) => unknown)[] = [
  (odd) => odd,
  (odd) => ({ rule: odd }),
  (odd) => ({ chain: odd }),
  (odd) => ({ chain: { family: odd, table: odd, name: odd } }),
  (odd) => chain("c", { hook: odd, prio: odd, policy: odd }),
  (odd) => rule(odd as string, [{ drop: null }]),
  (odd) => rule("input", odd),
  ...[
    (odd: unknown) => odd,
    (odd: unknown) => ({ match: odd }),
    (odd: unknown) => ({ match: { op: odd, left: odd, right: odd } }),
    (odd: unknown) => ({ match: { op: "==", left: { payload: { protocol: odd, field: "dport" } }, right: odd } }),
    (odd: unknown) => ({ match: { op: "==", left: { payload: { protocol: "ip", field: "daddr" } }, right: odd } }),
    ...["saddr", "sport", "protocol", "nexthdr", "l4proto", "constructor"].map((field) => (odd: unknown) => ({
      match: { op: "in", left: { payload: { protocol: "ip", field } }, right: odd },
    })),
    ...["mark", "iifname", "oif", "nfproto", "l4proto", "toString"].map((key) => (odd: unknown) => ({
      match: { op: "!=", left: { meta: { key } }, right: odd },
    })),
    (odd: unknown) => ({ match: { op: "in", left: { ct: { key: "state" } }, right: odd } }),
    (odd: unknown) => ({ match: { op: "==", left: { fib: { result: "type", flags: odd } }, right: "local" } }),
    (odd: unknown) => ({ vmap: odd }),
    (odd: unknown) => ({ vmap: { key: odd, data: odd } }),
    (odd: unknown) => ({ vmap: { key: odd, data: { set: odd } } }),
    (odd: unknown) => ({ vmap: { key: odd, data: { set: [odd, [odd, odd], [odd, { jump: odd }]] } } }),
    (odd: unknown) => ({ mangle: odd }),
    (odd: unknown) => ({ mangle: { key: odd, value: odd } }),
    (odd: unknown) => ({ mangle: { key: { meta: { key: "mark" } }, value: odd } }),
    (odd: unknown) => ({ jump: odd }),
    (odd: unknown) => ({ goto: { target: odd } }),
  ].map((statement) => (odd: unknown) => rule("input", [statement(odd)])),
];

describe("JSON that nft never writes", () => {
  it("does not stop the reading, in whatever place it is", () => {
    for (const odd of ODD) {
      for (const place of PLACES) {
        const firewall = nft([place(odd), rule("input", [{ accept: null }])]);
        expect(() => [drop(firewall), snatOf(firewall, request), mayBeUntracked(firewall, request)]).not.toThrow();
        for (const { rule } of rulesOf(firewall)) if (rule.verdict.kind === "mark") expect(rule.verdict.value).toBe(-1);
      }
    }
  });

  it.each([
    [{ match: null }],
    [{ jump: null }],
    [{ goto: 1 }],
    [{ vmap: null }],
    [{ mangle: null }],
    ["drop"],
    [{}],
    [[]],
  ])("is said to be unread and may do anything: %j", (statement) => {
    const unread = new Set<string>();
    const firewall = nft([rule("input", [statement]), rule("input", [{ drop: null }])], (what) => unread.add(what));
    expect([...unread]).toEqual(["nft ip t input: a rule of an unknown shape"]);
    expect(drop(firewall)).toBeUndefined();
  });

  it.each([
    ["a rule without its place", { rule: {} }, "nft -j list ruleset: a rule of an unknown shape"],
    [
      "a chain without a name",
      { chain: { family: "ip", table: "t" } },
      "nft -j list ruleset: a chain of an unknown shape",
    ],
    ["a rule whose statements are no list", rule("input", "drop"), "nft ip t input: a rule of an unknown shape"],
    ["a rule of a chain that is not listed", rule("gone", []), "nft ip t gone: a rule of an unknown shape"],
  ])("is said to be unread: %s", (_title, item, message) => {
    const unread: string[] = [];
    nft([item], (what) => unread.push(what));
    expect(unread).toEqual([message]);
  });

  it("may be as deep as JSON can be", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const unread: string[] = [];
    const text = JSON.stringify({ nftables: [input, rule("input", [{ match: { op: "==", left: {}, right: 0 } }])] });
    const firewall = parseNft(text.replace('"right":0', `"right":${deep}`), (what) => unread.push(what));
    expect(unread).toEqual(["nft ip t input: a rule of an unknown shape"]);
    expect(drop(firewall)).toBeUndefined();
  });

  it("leaves ranges and marks of another shape undecided", () => {
    const matching = (left: unknown, right: unknown) =>
      nft([rule("input", [{ match: { op: "==", left, right } }, { drop: null }])]);
    const port = { payload: { protocol: "tcp", field: "dport" } };
    expect(drop(matching(port, { range: [8000, 9000] }))).toBeDefined();
    for (const range of [[], [8080], 8080, [8000, 9000, 1], { 0: 8000 }, null]) {
      expect(drop(matching(port, { range }))).toBeUndefined();
    }
    const setting = (value: unknown) => nft([rule("input", [{ mangle: { key: { meta: { key: "mark" } }, value } }])]);
    expect(rulesOf(setting(7))[0]!.rule.verdict).toEqual({ kind: "mark", value: 7, mask: 0xffffffff });
    for (const value of [1.5, -7, 2 ** 32, "7"]) expect(rulesOf(setting(value))[0]!.rule.verdict.kind).toBe("continue");
  });
});

describe("text that iptables-save never writes", () => {
  const parse = (text: string) => {
    const unread: string[] = [];
    return { tables: parseIptables(text, "ipv4", "iptables", (what) => unread.push(what)), unread };
  };

  it("is said to be unread, once for all lines", () => {
    const text = "# comment\nhello\n*filter\n:INPUT DROP [0:0]\n-A GONE -j ACCEPT\n[0:0] -A INPUT -j ACCEPT\nCOMMIT\n";
    expect(parse(text).unread).toEqual(["iptables-save: 3 unexpected lines, such as: hello"]);
    expect(parse("*filter\n:INPUT DROP [0:0]\nCOMMIT\n\n# done\n").unread).toEqual([]);
  });

  it("is unread where a line is longer than any rule", () => {
    const comment = '"'.repeat(10_000_000);
    const { unread } = parse(`*filter\n:INPUT DROP [0:0]\n-A INPUT -m comment --comment ${comment} -j ACCEPT\n`);
    expect(unread).toHaveLength(1);
  });

  it.each(["x", "0x1/x", "-1", "1.5", "0x1ffffffff"])("leaves the mark %s undecided", (mark) => {
    const { tables } = parse(
      `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m mark --mark ${mark} -j DROP\n-A PREROUTING -j MARK --set-xmark ${mark}\n`,
    );
    expect(dropOf(tables, "prerouting", { ...request, mark: 0 }, 98)).toBeUndefined();
    expect(rulesOf(tables)[1]!.rule.verdict.kind).toBe("unknown");
  });
});
