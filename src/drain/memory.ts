import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { IpvsError } from "../errors.js";
import { type DestinationKey, serverId } from "../model/destination.js";
import type { ServiceKey } from "../model/service.js";

/** The weights of drained servers cannot be kept or read. */
export class MemoryError extends IpvsError {}

/** A weight that a server had before it was drained. */
export interface Remembered {
  /** 1..2147483647. */
  readonly weight: number;
  readonly since: Date;
}

/** Emptied at boot, as the kernel's table is. */
const DIRECTORY = "/run/ipvsadm";

const GREATEST_WEIGHT = 0x7fffffff;

/** Ten digits and a line end are the longest content. */
const LONGEST = 11;

/** Bits of a mode that would let others change a file. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * What weights drained servers had. The kernel's table has no place for them, so each is a file that holds the number,
 * such as `/run/ipvsadm/4026531840/tcp_192.0.2.1:80_10.0.0.1:8080`: a folder for each network namespace, since each has
 * its own table, and one file for each server, so that runs at the same time do not disturb each other. Only files and
 * folders that only their owner can change are believed. All methods throw MemoryError.
 */
export class WeightMemory {
  readonly #root: string;
  readonly #folder: string;

  /** @param root an absolute path whose parent only root can change */
  constructor(root = DIRECTORY, namespace = networkNamespace()) {
    this.#root = root;
    this.#folder = join(root, String(namespace));
  }

  remember(service: ServiceKey, server: DestinationKey, weight: number): void {
    attempt("keep weights", () => {
      for (const folder of [this.#root, this.#folder]) makeFolder(folder);
      const path = this.#path(service, server);
      const fresh = join(this.#folder, `.${process.pid}`);
      rmSync(fresh, { force: true });
      writeFileSync(fresh, `${weight}\n`, { mode: 0o600, flag: "wx" });
      renameSync(fresh, path);
    });
  }

  /** Absent when no weight is remembered. */
  recall(service: ServiceKey, server: DestinationKey): Remembered | undefined {
    return attempt("read weights", () => (this.#trusted() ? readWeight(this.#path(service, server)) : undefined));
  }

  forget(service: ServiceKey, server: DestinationKey): void {
    attempt("forget weights", () => rmSync(this.#path(service, server), { force: true }));
  }

  /** False when there is no folder yet. */
  #trusted(): boolean {
    return [this.#root, this.#folder].every(checkFolder);
  }

  #path(service: ServiceKey, server: DestinationKey): string {
    return join(this.#folder, serverId(service, server).replaceAll(" ", "_"));
  }
}

/** Number of this process's network namespace. */
function networkNamespace(): number {
  return attempt("tell the network namespace", () => statSync("/proc/self/ns/net").ino);
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  checkFolder(path);
}

/** False when there is nothing; throws MemoryError when it is not a folder of ours alone. */
function checkFolder(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory()) throw new MemoryError(`${path} is not a folder`);
  checkOwner(path, stat);
  return true;
}

function checkOwner(path: string, { uid, mode }: { readonly uid: number; readonly mode: number }): void {
  if (uid === process.geteuid!() && (mode & WRITABLE_BY_OTHERS) === 0) return;
  throw new MemoryError(`${path} can be changed by others: what it says is not believed`);
}

function readWeight(path: string): Remembered | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new MemoryError(`${path} is not a file`);
    checkOwner(path, stat);
    const bytes = Buffer.alloc(LONGEST + 1);
    const text = bytes.toString("latin1", 0, readSync(fd, bytes));
    const weight = /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : Number.NaN;
    if (!(weight <= GREATEST_WEIGHT)) throw new MemoryError(`${path} does not hold a weight`);
    return { weight, since: stat.mtime };
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(what: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof IpvsError) throw error;
    throw new MemoryError(`cannot ${what}: ${(error as Error).message}`);
  }
}
