import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { IpvsError } from "../errors.js";
import { readAll } from "../program/io.js";

/** What has to be kept between runs cannot be kept or read. */
export class StateError extends IpvsError {}

/** Emptied at boot, as the kernel's table is. */
const DIRECTORY = "/run/ipvsadm";

/** Bits of a mode that would let others change a file. */
const WRITABLE_BY_OTHERS = 0o022;

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Bytes of the start of a file. */
const START = 8192;

type ReadText = (fd: number, path: string) => string;

/** A file of a folder. */
export interface StateFile {
  readonly text: string;
  readonly modified: Date;
}

/**
 * The files that runs leave to later ones: `/run/ipvsadm/4:4026531840`, a folder for each network namespace (device and inode
 * of `/proc/self/ns/net`), since each has its own table. Files appear and change as a whole or not at all. Only files and folders
 * that only their owner can change are believed, and links are not followed. All methods throw StateError.
 */
export class StateFolder {
  readonly #root: string;
  readonly #folder: string;

  /** @param root an absolute path whose parent only root can change */
  constructor(root = DIRECTORY, namespace = networkNamespace()) {
    this.#root = root;
    this.#folder = join(root, namespace);
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Names of the files; empty when there is no folder yet. */
  list(): string[] {
    return attempt("read", this.#folder, () => (this.#trusted() ? readdirSync(this.#folder) : []));
  }

  /** Absent when there is no such file. */
  read(name: string): StateFile | undefined {
    return this.#read(name, readAll);
  }

  /** The same of its first bytes alone: some thousand. */
  readStart(name: string): StateFile | undefined {
    return this.#read(name, (fd) => {
      const bytes = Buffer.alloc(START);
      return bytes.toString("utf8", 0, readSync(fd, bytes));
    });
  }

  #read(name: string, read: ReadText): StateFile | undefined {
    return attempt("read", this.path(name), () => (this.#trusted() ? readFile(this.path(name), read) : undefined));
  }

  /**
   * Makes a file, or replaces it.
   *
   * @param modified when it shall seem to be written; default: now
   */
  write(name: string, text: string, modified?: Date): void {
    this.#fresh(name, text, (fresh) => {
      if (modified) utimesSync(fresh, modified, modified);
      renameSync(fresh, this.path(name));
    });
  }

  /** Makes a file that is not there yet. False when it is: of several that make it at once, one succeeds. */
  create(name: string, text: string): boolean {
    return this.#fresh(name, text, (fresh) => {
      try {
        linkSync(fresh, this.path(name));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        return false;
      } finally {
        rmSync(fresh);
      }
    });
  }

  remove(name: string): void {
    attempt("remove", this.path(name), () => rmSync(this.path(name), { force: true }));
  }

  /** Writes a file that nobody reads yet, and lets `publish` give it its name. */
  #fresh<T>(name: string, text: string, publish: (fresh: string) => T): T {
    return attempt("write", this.path(name), () => {
      for (const folder of [this.#root, this.#folder]) makeFolder(folder);
      const fresh = this.path(`.${process.pid}`);
      rmSync(fresh, { force: true });
      try {
        writeFileSync(fresh, text, { mode: 0o600, flag: "wx" });
        return publish(fresh);
      } catch (error) {
        rmSync(fresh, { force: true });
        throw error;
      }
    });
  }

  /** False when there is no folder yet. */
  #trusted(): boolean {
    return [this.#root, this.#folder].every(checkFolder);
  }
}

/** Device and inode of this process's network namespace. */
function networkNamespace(): string {
  const { dev, ino } = attempt("read", "/proc/self/ns/net", () => statSync("/proc/self/ns/net"));
  return `${dev}:${ino}`;
}

function makeFolder(path: string): void {
  try {
    // Not `recursive`: that says ENOENT where the disk can only be read.
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  checkFolder(path);
}

/** False when there is nothing; throws StateError when it is not a folder of ours alone. */
function checkFolder(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory()) throw new StateError(`${path} is not a folder`);
  checkOwner(path, stat);
  return true;
}

function checkOwner(path: string, { uid, mode }: { readonly uid: number; readonly mode: number }): void {
  if (uid === process.geteuid!() && (mode & WRITABLE_BY_OTHERS) === 0) return;
  throw new StateError(`${path} can be changed by others: what it says is not believed`);
}

function readFile(path: string, read: ReadText): StateFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new StateError(`${path} is not a file`);
    checkOwner(path, stat);
    return { text: read(fd, path), modified: stat.mtime };
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(what: string, path: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof IpvsError) throw error;
    throw new StateError(`cannot ${what} ${path}: ${(error as Error).message}`);
  }
}
