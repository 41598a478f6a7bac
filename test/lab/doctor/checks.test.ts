import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHECKS } from "../../../src/doctor/checks/index.js";
import type { Examination } from "../../../src/doctor/finding.js";
import type { Line, Network } from "../network.js";
import { patient, request, requests } from "../requests.js";
import { serve } from "../servers.js";
import { pause } from "../shell.js";
import { open, type Story } from "../story.js";
import { CASES, type Case, impatient } from "./cases.js";
import { complaints, examine, find, follow } from "./examine.js";
import * as networks from "./networks.js";

/** Checks whose state belongs to the whole kernel, to another kernel or to other programs, or rates that take many clients; unit tests have them. */
const ELSEWHERE = [
  "connection-limit",
  "conntrack-full",
  "connection-reuse-stall",
  "connection-table-small",
  "one-sided-traffic",
  "other-owner",
  "port-not-mapped",
];

/** Those that the article's own chapters provoke. */
const ARTICLE = ["direct-silent"];

/** Cases that need no traffic leave each other alone: those of one network share it. */
const isAtRest = ({ traffic, request: outcome }: Case) => traffic === undefined && outcome === undefined;
const atRest = CASES.filter(isAtRest);
const networksAtRest = [...new Set(atRest.map(({ given }) => given))].map((given) => ({
  cases: atRest.filter((one) => one.given === given),
}));

const named = (cases: readonly Case[]) =>
  cases.map((one): [string, Case] => [one.about ? `${one.check} (${one.about})` : one.check, one]);

/** The kernel adds up its counters every two seconds: what they show may come, and go, a little later. Milliseconds. */
const SETTLED = 3000;

async function examineFor(network: Network, check: string, isExpected: boolean): Promise<Examination> {
  const examination = await examine(network);
  if ((find(examination, check) !== undefined) === isExpected) return examination;
  await pause(SETTLED);
  return examine(network);
}

async function expectGone(network: Network, check: string): Promise<void> {
  expect(find(await examineFor(network, check, false), check)).toBeUndefined();
}

/** The finding is there, first if it is an error, and gone once its remedy, or something else, has put it right. */
async function expectFindingUntilMended(
  network: Network,
  { check, severity, cables, mended, evidence }: Case,
): Promise<void> {
  const examination = await examineFor(network, check, true);
  const finding = find(examination, check);
  expect(finding, JSON.stringify(examination.findings.map(({ id }) => id))).toMatchObject({ severity });
  if (evidence !== undefined) expect(finding!.evidence).toContainEqual(expect.stringMatching(evidence));
  if (severity === "error") expect(examination.findings[0]!.id).toBe(check);
  if (mended !== undefined) await network.type(mended);
  else await follow(network, { cables }, finding!);
}

describe.each(networksAtRest)("a check on the real kernel, at rest", ({ cases }) => {
  let network: Network;
  beforeAll(async () => {
    network = await open(cases[0]!);
  });
  afterAll(() => network.close());

  it.each(named(cases))("%s", async (_name, one) => {
    await network.type(one.broken);
    await expectFindingUntilMended(network, one);
    await expectGone(network, one.check);
  });
});

describe("a check on the real kernel, with traffic", () => {
  let network: Network | undefined;
  afterEach(() => network?.close());

  it.each(named(CASES.filter((one) => !isAtRest(one))))("%s", async (_name, one) => {
    const { cables, given, broken, traffic, request: outcome, url, check } = one;
    network = await open({ cables, given: [...given, ...broken] });
    const client = network.host("client");
    await traffic?.(network);
    if (outcome !== undefined) {
      const reply = await request(client, url!, outcome === "answered" ? patient : impatient);
      expect(typeof reply === "string" ? "unanswered" : "answered").toBe(outcome);
    }
    await expectFindingUntilMended(network, one);
    if (outcome === "unanswered") await requests(client, url!, 4);
    await expectGone(network, check);
  });
});

it("every check has a case here, or a reason not to", () => {
  const covered = new Set([...CASES.map(({ check }) => check), ...ELSEWHERE, ...ARTICLE]);
  expect(CHECKS.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
});

/** Neither the director's own packets nor those of other interfaces tell that these reach it. */
const byRule = (rule: string): readonly Line[] => [
  ["director", "sysctl -q net.ipv4.ip_forward=1"],
  ["director", `ip rule add iif eth0 ${rule} lookup 100`],
  ["director", "ip route add local 0.0.0.0/0 dev lo table 100"],
  ["client", "ip route add 10.77.0.1 via 10.0.0.161"],
  ["rs1", "ip route add default via 10.1.0.161"],
];

interface Healthy extends Pick<Story, "cables" | "given" | "url"> {
  /** The port that the director itself serves; absent: none. */
  readonly serves?: number;
}

const HEALTHY: Readonly<Record<string, Healthy>> = {
  NAT: { cables: networks.twoArms, given: networks.natWorks, url: "10.0.0.100:80" },
  "NAT with IPv6": { cables: networks.twoArms, given: networks.nat6Works, url: "[fd00::100]:80" },
  "NAT on one link": { cables: networks.flat, given: networks.oneArmWorks, url: "10.0.0.100:80" },
  "direct routing": { cables: networks.flat, given: networks.directWorks, url: "10.0.0.100:80" },
  "NAT to the director itself": {
    cables: networks.twoArms,
    given: [
      ["director", "ip addr add 10.0.0.100/32 dev eth0"],
      ["director", "ipvsadm -A -t 10.0.0.100:80 -s rr"],
      ["director", "ipvsadm -a -t 10.0.0.100:80 -r 10.0.0.161:8080 -m"],
    ],
    url: "10.0.0.100:80",
    serves: 8080,
  },
  "direct routing to the director itself": {
    cables: networks.twoArms,
    given: [
      ["director", "ip addr add 10.0.0.100/32 dev eth0"],
      ["director", "ipvsadm -A -t 10.0.0.100:80 -s rr"],
      ["director", "ipvsadm -a -t 10.0.0.100:80 -r 127.0.0.1 -g"],
    ],
    url: "10.0.0.100:80",
    serves: 80,
  },
  "a firewall mark, delivered by a rule for one interface": {
    cables: networks.twoArms,
    given: [
      ...byRule("fwmark 7"),
      ["director", "iptables -t mangle -A PREROUTING -d 10.77.0.1 -p tcp --dport 80 -j MARK --set-mark 7"],
      ["director", "ipvsadm -A -f 7 -s rr"],
      ["director", "ipvsadm -a -f 7 -r 10.1.0.42:80 -m"],
      ["director", "sysctl -q net.ipv4.vs.conntrack=1"],
      ["director", "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE"],
    ],
    url: "10.77.0.1:80",
  },
  "a virtual address that only a rule for one interface delivers": {
    cables: networks.twoArms,
    given: [
      ...byRule("to 10.77.0.1"),
      ["director", "ipvsadm -A -t 10.77.0.1:80 -s rr"],
      ["director", "ipvsadm -a -t 10.77.0.1:80 -r 10.1.0.42:80 -m"],
    ],
    url: "10.77.0.1:80",
  },
  tunnels: { cables: networks.flat, given: networks.tunnelWorks, url: "10.0.0.100:80" },
};

describe("a healthy director", () => {
  let network: Network | undefined;
  afterEach(() => network?.close());

  it.each(Object.entries(HEALTHY))("%s: no error and no warning, before and after traffic", async (_name, story) => {
    network = await open(story);
    if (story.serves !== undefined) await serve(network.host("director"), "http", story.serves);
    expect(complaints(await examine(network))).toEqual([]);
    await requests(network.host("client"), story.url, 4);
    expect(complaints(await examine(network))).toEqual([]);
  });
});
