import type { Witness } from "./host.js";
import { type Cable, type Line, Network } from "./network.js";
import { impatient, patient, type Reply, request } from "./requests.js";
import { serve } from "./servers.js";

/** What the client's request should come to: silence, a refusal, or an answer from a server that saw this client address. */
export type Expectation = "timed out" | "refused" | { readonly seen: string };

/** Some lines typed, and what a request comes to afterwards. */
export interface Step {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly expected: Expectation;
  /** Where this step's requests go, when not where the story's go. */
  readonly url?: string;
}

/** A network and what happens in it, step after step, as data: played by tests, by the demonstration and by the doctor's tests. */
export interface Story {
  readonly cables: readonly Cable[];
  /** True of the network before the first step. */
  readonly given: readonly Line[];
  readonly url: string;
  readonly steps: readonly Step[];
}

/** Builds a story's network, with web servers on port 80 of its real servers (the hosts called rs1, rs2 and so on). */
export async function open(story: Pick<Story, "cables" | "given">, witness?: Witness): Promise<Network> {
  const network = await Network.build(story.cables, witness);
  await network.type(story.given);
  await Promise.all(realServers(story).map((name) => serve(network.host(name), "http", 80)));
  return network;
}

export function realServers(story: Pick<Story, "cables">): string[] {
  return [...new Set(story.cables.map(([host]) => host))].filter((host) => /^rs\d+$/.test(host));
}

/** Types a step's lines and makes a request: as the article does where it fails, patiently where it succeeds. */
export async function play(network: Network, story: Story, step: Step): Promise<Reply> {
  await network.type(step.lines);
  const curl = typeof step.expected === "string" ? impatient : patient;
  return request(network.host("client"), step.url ?? story.url, curl);
}

/** What a reply amounts to, to compare with what a step expects. */
export const result = (reply: Reply): Expectation => (typeof reply === "string" ? reply : { seen: reply.client });
