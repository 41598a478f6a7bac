import type { IpvsClient } from "../client/client.js";
import { KernelError } from "../errors.js";
import type { Host } from "../host/host.js";
import { readProcTable } from "../host/proc-table.js";
import { ThisHost } from "../host/this-host.js";
import { parseIpv4, parseIpv6 } from "../model/address.js";
import { EXIT } from "../program/exit-status.js";
import { runDoctor, servicesOf, type Target } from "./doctor.js";
import type { Examination } from "./finding.js";
import type { Director } from "./gather.js";
import { renderReport, renderReportJson } from "./report.js";

export type { Target } from "./doctor.js";
export { runDoctor } from "./doctor.js";
export type { Concern, Examination, Finding, Remedy, Severity } from "./finding.js";
export type { Director } from "./gather.js";

/** What the doctor asks of the kernel. */
export type Kernel = Pick<IpvsClient, "info" | "table" | "timeouts" | "daemons">;

/** Where it writes. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** `ipvsadm doctor [VIP[:PORT]] [--json]`. Returns the exit status; throws what the kernel connection throws. */
export async function doctor(
  { target: text, json }: { readonly target?: string; readonly json: boolean },
  output: Output,
  kernel: Kernel,
  host: Host = new ThisHost(),
): Promise<number> {
  const target = text === undefined ? undefined : parseTarget(text);
  if (text !== undefined && target === undefined) return trouble(output, `not an address: ${text}`);
  const { director, unread } = await readDirector(kernel);
  if (target !== undefined && servicesOf(director.table, target).length === 0)
    return trouble(output, `no such service: ${text}`);
  const { findings, unread: alsoUnread } = await runDoctor(director, host, target);
  const examination: Examination = { findings, unread: [...unread, ...alsoUnread] };
  const table = target === undefined ? director.table : servicesOf(director.table, target);
  output.out(json ? renderReportJson(examination) : renderReport(examination, table));
  return findings.some(({ severity }) => severity === "error") ? EXIT.findings.status : EXIT.success.status;
}

/** Reports why nothing was examined. Returns the exit status. */
export function trouble(output: Output, message: string): number {
  output.err(`ipvsadm doctor: ${message}\n`);
  return EXIT.usage.status;
}

/** `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]`, `[fd00::1]:80`. */
export function parseTarget(text: string): Target | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed === undefined ? parseIpv4(plain ?? "") : parseIpv6(bracketed);
  if (address === undefined) {
    const bare = parseIpv6(text);
    return bare === undefined ? undefined : { address: bare };
  }
  if (port === undefined) return { address };
  return Number(port) > 65535 ? undefined : { address, port: Number(port) };
}

/** Netlink tells root alone; to everybody else /proc tells less. */
async function readDirector(kernel: Kernel): Promise<{ director: Director; unread: string[] }> {
  try {
    const info = await kernel.info();
    const again = () => kernel.table({ stats: true });
    const director = {
      info,
      again,
      table: await again(),
      timeouts: await kernel.timeouts(),
      daemons: await kernel.daemons(),
    };
    return { director, unread: [] };
  } catch (error) {
    const known = error instanceof KernelError && error.code === "EPERM" ? readProcTable() : undefined;
    if (known === undefined) throw error;
    return {
      director: known,
      unread: ["counters, thresholds, timeouts and sync daemons: IPVS tells them to root of the host only"],
    };
  }
}
