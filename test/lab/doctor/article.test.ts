import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addressOnLoopback,
  dr,
  drWithOneAddress,
  forgottenNeighbours,
  mappedPort,
  quietOnEveryInterface,
  withoutAddress,
} from "../chapters/dr.js";
import { nat, untrackedMasquerade, withoutReturnPath } from "../chapters/nat.js";
import { fromServiceAddress, tun, tunWithOneAddress, withoutTunnel } from "../chapters/tun.js";
import type { Network } from "../network.js";
import { request, requests } from "../requests.js";
import { open, play, type Step, type Story } from "../story.js";
import { impatient } from "./cases.js";
import { complaints, examine, follow } from "./examine.js";

/** At every step of the article that fails: what the doctor names first, and what its remedy makes of the next request. */
const BROKEN: readonly { story: Story; before?: readonly Step[]; step: Step; cause: string; seen: string }[] = [
  { story: nat, step: withoutReturnPath, cause: "nat-no-return-path", seen: "10.0.0.161" },
  {
    story: nat,
    before: [withoutReturnPath],
    step: untrackedMasquerade,
    cause: "snat-without-conntrack",
    seen: "10.0.0.161",
  },
  { story: dr, step: withoutAddress, cause: "direct-silent", seen: "10.0.0.8" },
  {
    story: drWithOneAddress,
    before: [withoutAddress, addressOnLoopback, quietOnEveryInterface],
    step: forgottenNeighbours,
    cause: "neighbour-failed",
    seen: "10.0.0.8",
  },
  { story: tun, step: withoutTunnel, cause: "tunnel-silent", seen: "10.0.0.8" },
  {
    story: tunWithOneAddress,
    before: [withoutTunnel],
    step: fromServiceAddress,
    cause: "tunnel-silent",
    seen: "10.0.0.8",
  },
];

describe.each(BROKEN)("where the article has $step.title", ({ story, before = [], step, cause, seen }) => {
  let network: Network;
  beforeAll(async () => {
    network = await open(story);
    for (const { lines } of before) await network.type(lines);
  });
  afterAll(() => network.close());

  it(`the doctor names ${cause}, and its remedy makes the next request work`, async () => {
    expect(typeof (await play(network, story, step))).toBe("string");
    // The other server as well: round robin.
    await request(network.host("client"), story.url, impatient);
    const before = await examine(network);
    expect(before.findings[0]).toMatchObject({ id: cause, severity: "error" });
    await follow(network, story, before.findings[0]!);
    expect(await request(network.host("client"), story.url)).toMatchObject({ client: seen });
  });

  it("finds nothing wrong afterwards", async () => {
    await requests(network.host("client"), story.url, 4);
    expect(complaints(await examine(network))).toEqual([]);
  });
});

describe("where the article maps ports with direct routing", () => {
  let network: Network;
  beforeAll(async () => {
    network = await open(dr);
    for (const { lines } of [withoutAddress, addressOnLoopback, quietOnEveryInterface]) await network.type(lines);
  });
  afterAll(() => network.close());

  it("the doctor says that nothing listens there", async () => {
    expect(await play(network, dr, mappedPort)).toBe("refused");
    const { findings } = await examine(network, "10.0.0.161:8080");
    expect(findings[0]).toMatchObject({ id: "direct-silent", severity: "error" });
    expect(findings[0]!.why).toContain("cannot map ports");
    expect(findings[0]!.concerns.map(({ service }) => service)).toEqual([
      { protocol: "tcp", address: "10.0.0.161", port: 8080 },
    ]);
  });
});
