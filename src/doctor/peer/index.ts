import type { Host } from "../../host/host.js";
import { readIdentity } from "../../host/identity.js";
import { readKernelConfig } from "../../host/kernel-config.js";
import { ThisHost } from "../../host/this-host.js";
import { DocumentError } from "../../model/document.js";
import { EXIT } from "../../program/exit-status.js";
import { readFileOrInput } from "../../program/file.js";
import type { Io } from "../../program/io.js";
import { isTarget } from "../../remote/target.js";
import { servicesOf, type Target } from "../doctor.js";
import { type Kernel, parseTarget, trouble } from "../index.js";
import { compareSides, unreadOf } from "./compare.js";
import { parseFacts, renderFacts } from "./document.js";
import { type Origin, readSide } from "./gather.js";
import { pairOf } from "./pair.js";
import { askSide } from "./remote.js";
import { renderComparison, renderComparisonJson } from "./report.js";
import type { Side } from "./side.js";

/** This host: what is read besides the kernel's IPVS. */
export interface Place {
  readonly host: Host;
  readonly origin: Origin;
}

function thisPlace(): Place {
  return { host: new ThisHost(), origin: { identity: readIdentity(), config: readKernelConfig() } };
}

/** `ipvsadm doctor --facts`. Returns the exit status; throws what the kernel connection throws. */
export async function printFacts(io: Io, kernel: Kernel, { host, origin }: Place = thisPlace()): Promise<number> {
  io.out(renderFacts(await readSide(kernel, host, origin)));
  return EXIT.success.status;
}

/** What `ipvsadm doctor --peer` is asked. */
export interface PeerQuestion {
  /** A file, `-`, or `ssh:HOST`. */
  readonly peer: string;
  /** The services to compare; absent: all. */
  readonly target?: string;
  readonly json: boolean;
}

/** `ipvsadm doctor [VIP[:PORT]] --peer FILE`. Returns the exit status; throws what the kernel connection throws. */
export async function comparePeer(
  { peer, target: text, json }: PeerQuestion,
  io: Io,
  kernel: Kernel,
  { host, origin }: Place = thisPlace(),
): Promise<number> {
  const target = text === undefined ? undefined : parseTarget(text);
  if (text !== undefined && target === undefined) return trouble(io, `not an address: ${text}`);
  const there = await readPeer(peer, io);
  if (typeof there === "string") return trouble(io, there);
  const here = await readSide(kernel, host, origin);
  if (there.namespace === here.namespace) return trouble(io, `${peer} tells of this very director: name the other one`);
  const pair = pairOf(limited(here, target), limited(there, target));
  if (target !== undefined && pair.here.table.length + pair.there.table.length === 0)
    return trouble(io, `no such service: ${text}`);
  const findings = compareSides(pair);
  const examination = { findings, unread: unreadOf(pair) };
  io.out(json ? renderComparisonJson(examination, pair) : renderComparison(examination, pair));
  return (findings.some(({ severity }) => severity === "error") ? EXIT.findings : EXIT.success).status;
}

/** A text where it cannot be used says why. Throws InputError, UsageError and RemoteError. */
async function readPeer(peer: string, io: Io): Promise<Side | string> {
  try {
    return isTarget(peer) ? await askSide(peer) : parseFacts(readFileOrInput(peer, io));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return `${peer}: ${error.message}`;
  }
}

function limited(side: Side, target: Target | undefined): Side {
  return target === undefined ? side : { ...side, table: servicesOf(side.table, target) };
}
