import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Examination, Finding } from "../../../src/doctor/finding.js";
import { destinationId } from "../../../src/model/destination.js";
import type { Network } from "../network.js";
import { realServers, type Story } from "../story.js";

/** What `ipvsadm doctor` finds on a host, the director unless said otherwise. */
export async function examine(network: Network, target = "", host = "director"): Promise<Examination> {
  const { code, stdout, stderr } = await network.host(host).try(`ipvsadm doctor --json ${target}`);
  const examination = parse(stdout, stderr);
  const errors = examination.findings.some(({ severity }) => severity === "error");
  if (code !== (errors ? 1 : 0)) throw new Error(`exit code ${code} with ${errors ? "errors" : "no error"}\n${stderr}`);
  return examination;
}

/** Where a director does not fit together with another one, by a file of that one's facts. */
export async function compare(network: Network, host: string, peer: string): Promise<Examination> {
  const folder = await mkdtemp(join(tmpdir(), "facts-"));
  const file = join(folder, `${peer}.json`);
  await writeFile(file, await network.host(peer).type("ipvsadm doctor --facts"));
  const examination = await examine(network, `--peer ${file}`, host);
  await rm(folder, { recursive: true });
  return examination;
}

function parse(stdout: string, stderr: string): Examination {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`the doctor printed ${JSON.stringify(stdout)} and ${stderr}`);
  }
}

/** `error forwarding-off`, the most serious first. Notes are left out. */
export function complaints({ findings }: Examination): string[] {
  return findings.filter(({ severity }) => severity !== "info").map(({ severity, id }) => `${severity} ${id}`);
}

export function find({ findings }: Examination, id: string): Finding | undefined {
  return findings.find((finding) => finding.id === id);
}

/** Types what the first remedy of a finding says, where it says. */
export async function follow(
  network: Network,
  story: Pick<Story, "cables">,
  { concerns, remedies }: Finding,
): Promise<void> {
  const [remedy] = remedies;
  if (remedy === undefined) throw new Error("a finding without a remedy");
  const names = remedy.on === "director" ? ["director"] : serversOf(story, concerns);
  for (const name of names) for (const command of remedy.commands) await network.host(name).type(command);
}

/** The hosts that have the addresses of the servers concerned. */
function serversOf({ cables }: Pick<Story, "cables">, concerns: Finding["concerns"]): string[] {
  const addresses = new Set(concerns.flatMap(({ servers }) => servers.map(({ address }) => address)));
  const names = realServers({ cables }).filter((name) =>
    cables.some(
      ([host, , list]) => host === name && list.split(",").some((entry) => addresses.has(entry.split("/")[0]!)),
    ),
  );
  if (names.length === 0)
    throw new Error(`no host has ${concerns.flatMap(({ servers }) => servers.map(destinationId))}`);
  return names;
}
