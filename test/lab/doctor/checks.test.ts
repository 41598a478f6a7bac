import { afterEach, describe, expect, it } from "vitest";
import { CHECKS } from "../../../src/doctor/checks/index.js";
import type { Network } from "../network.js";
import { patient, request, requests } from "../requests.js";
import { open } from "../story.js";
import { CASES, type Case, impatient } from "./cases.js";
import { complaints, examine, find, follow } from "./examine.js";
import * as networks from "./networks.js";

/** Checks whose state belongs to the whole kernel, to another kernel or to other programs; unit tests have them. */
const ELSEWHERE = [
  "conntrack-full",
  "connection-reuse-stall",
  "connection-table-small",
  "other-owner",
  "port-not-mapped",
];

/** Those that the article's own chapters provoke. */
const ARTICLE = ["direct-silent"];

const named = CASES.map((one): [string, Case] => [one.about ? `${one.check} (${one.about})` : one.check, one]);

describe("a check on the real kernel", () => {
  let network: Network | undefined;
  afterEach(() => network?.close());

  it.each(named)(
    "%s",
    async (_name, { check, severity, cables, given, broken, traffic, request: outcome, url, mended }) => {
      network = await open({ cables, given: [...given, ...broken] });
      const client = network.host("client");
      await traffic?.(network);
      if (outcome !== undefined) {
        const reply = await request(client, url!, outcome === "answered" ? patient : impatient);
        expect(typeof reply === "string" ? "unanswered" : "answered").toBe(outcome);
      }
      const examination = await examine(network);
      const finding = find(examination, check);
      expect(finding, JSON.stringify(examination.findings.map(({ id }) => id))).toMatchObject({ severity });
      if (severity === "error") expect(examination.findings[0]!.id).toBe(check);

      if (mended !== undefined) await network.type(mended);
      else await follow(network, { cables }, finding!);
      if (outcome === "unanswered") await requests(client, url!, 4);
      expect(find(await examine(network), check)).toBeUndefined();
    },
  );

  it("every check has a case here, or a reason not to", () => {
    const covered = new Set([...CASES.map(({ check }) => check), ...ELSEWHERE, ...ARTICLE]);
    expect(CHECKS.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });
});

const HEALTHY = {
  NAT: { cables: networks.twoArms, given: networks.natWorks, url: "10.0.0.100:80" },
  "NAT with IPv6": { cables: networks.twoArms, given: networks.nat6Works, url: "[fd00::100]:80" },
  "NAT on one link": { cables: networks.flat, given: networks.oneArmWorks, url: "10.0.0.100:80" },
  "direct routing": { cables: networks.flat, given: networks.directWorks, url: "10.0.0.100:80" },
  tunnels: { cables: networks.flat, given: networks.tunnelWorks, url: "10.0.0.100:80" },
};

describe("a healthy director", () => {
  let network: Network | undefined;
  afterEach(() => network?.close());

  it.each(Object.entries(HEALTHY))("%s: no error and no warning, before and after traffic", async (_name, story) => {
    network = await open(story);
    expect(complaints(await examine(network))).toEqual([]);
    await requests(network.host("client"), story.url, 4);
    expect(complaints(await examine(network))).toEqual([]);
  });
});
