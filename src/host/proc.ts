import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { type Application, HostError, type ModuleState } from "./host.js";

/** More than this no file here has; what is longer is not read on. */
const FILE_LIMIT = 64 * 1024 * 1024;

/**
 * Text of a file; absent when there is none. Throws HostError when it may not be read.
 *
 * @param path absolute
 */
export function readText(path: string): string | undefined {
  return readBytes(path)?.toString("utf8");
}

/** The same as bytes. */
export function readBytes(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    return absentOrFail(path, error as NodeJS.ErrnoException);
  }
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(1 << 16);
      const length = readSync(fd, chunk, 0, chunk.length, null);
      if (length === 0) return Buffer.concat(chunks, total);
      total += length;
      if (total > FILE_LIMIT) throw new HostError(`${path}: longer than ${FILE_LIMIT} bytes`);
      chunks.push(chunk.subarray(0, length));
    }
  } catch (error) {
    if (error instanceof HostError) throw error;
    return absentOrFail(path, error as NodeJS.ErrnoException);
  } finally {
    closeSync(fd);
  }
}

function absentOrFail(path: string, error: NodeJS.ErrnoException): undefined {
  // EINVAL: a parameter of an interface that is gone, or that cannot be read back.
  if (["ENOENT", "ENOTDIR", "EINVAL"].includes(error.code ?? "")) return undefined;
  throw new HostError(`${path}: ${error.code}`);
}

/**
 * See Host.sysctl.
 *
 * @param proc where proc(5) is mounted, for tests
 */
export function readSysctl(name: string, proc = "/proc"): string | undefined {
  const path = name.replace(/[./]/g, (sign) => (sign === "." ? "/" : "."));
  return readText(`${proc}/sys/${path}`)?.trim().replace(/\s+/g, " ");
}

/** Command names of the processes in this PID namespace. */
export function readProcesses(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const name = readQuietly(`/proc/${entry}/comm`);
    if (name !== undefined) names.add(name.trimEnd());
  }
  return names;
}

/** Processes end while they are listed. */
function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** `/proc/net/ip_vs_app`: helpers of this network namespace. Empty too when IPVS is not loaded. */
export function readApplications(): Application[] {
  return parseApplications(readText("/proc/net/ip_vs_app") ?? "");
}

export function parseApplications(text: string): Application[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [protocol, port, , name] = line.trim().split(/\s+/);
      return protocol && port && name ? [{ protocol, port: Number(port), name }] : [];
    });
}

/** `/proc/net/stat/nf_conntrack`: one line per processor, hexadecimal; the column `drop`. 0 without connection tracking. */
export function readConntrackDrops(): number {
  return parseConntrackDrops(readText("/proc/net/stat/nf_conntrack") ?? "");
}

export function parseConntrackDrops(text: string): number {
  const [head, ...rows] = text.trim().split("\n");
  const column = head?.trim().split(/\s+/).indexOf("drop") ?? -1;
  if (column === -1) return 0;
  return rows.reduce((sum, row) => sum + (Number.parseInt(row.trim().split(/\s+/)[column] ?? "0", 16) || 0), 0);
}

/** See Host.counter. The file has two lines per group, names and values, both headed by the group's name. */
export function readCounter(name: string): number | undefined {
  return parseCounter(readText("/proc/net/netstat") ?? "", name);
}

export function parseCounter(text: string, name: string): number | undefined {
  const [group, wanted] = name.split(".");
  const rows = text.split("\n").filter((line) => line.startsWith(`${group}: `));
  const [names, values] = rows.map((row) => row.split(" "));
  const value = values?.[names?.indexOf(wanted ?? "") ?? -1];
  return value === undefined ? undefined : Number(value);
}

/** user_namespaces(7): only the initial one maps all user ids to themselves. */
export function readInitialUserNamespace(): boolean {
  const map = readText("/proc/self/uid_map");
  return map === undefined || /^\s*0\s+0\s+4294967295\s*$/.test(map);
}

/** Whether the kernel has a module, without loading it. */
export function readModule(name: string, release: string): ModuleState {
  if (hasLine(readText("/proc/modules"), `${name} `)) return "loaded";
  const directory = `/lib/modules/${release}`;
  if (listsModule(readText(`${directory}/modules.builtin`) ?? "", name)) return "builtin";
  return listsModule(readText(`${directory}/modules.dep`) ?? "", name) ? "loadable" : "absent";
}

/** Whether a list of files has that of a module. In names of modules - and _ are the same. */
export function listsModule(files: string, name: string): boolean {
  const underscored = (text: string) => text.replaceAll("-", "_");
  return underscored(files).includes(`/${underscored(name)}.ko`);
}

function hasLine(text: string | undefined, start: string): boolean {
  return text !== undefined && (text.startsWith(start) || text.includes(`\n${start}`));
}
