import { IpvsClient } from "../client/client.js";
import { IpvsError, KernelError, TransportError } from "../errors.js";
import { formatVersion, type Info } from "../model/settings.js";
import type { Io } from "./io.js";
import { refusalText } from "./refusal-text.js";

/** A connection to the kernel's IPVS and what it says of itself. */
export interface Connection {
  readonly client: IpvsClient;
  readonly info: Info;
}

/** The kernel cannot be talked to; the text is that of ipvsadm 1.31. */
export class StartError extends IpvsError {}

/** Where modprobe is; never looked up in PATH, since this runs as root. */
const MODPROBE = "/sbin/modprobe";

const MINIMUM_VERSION = 0x010104;

/**
 * Connects as ipvsadm 1.31, once and then again after `modprobe ip_vs`, and lets `work` use the connection, which is closed
 * afterwards. Throws StartError, and what `work` throws.
 */
export async function withConnection<T>(io: Io, work: (connection: Connection) => Promise<T>): Promise<T> {
  return closing(await withModule(open), async (connection) => {
    if (connection.info.version < MINIMUM_VERSION) io.err(versionWarning(connection.info.version));
    return work(connection);
  });
}

/** The same with the client alone, which is all that a user without privileges gets. */
export async function withClient<T>(work: (client: IpvsClient) => Promise<T>): Promise<T> {
  return closing({ client: await withModule(() => IpvsClient.open()) }, ({ client }) => work(client));
}

async function closing<C extends { readonly client: IpvsClient }, T>(
  connection: C,
  work: (connection: C) => Promise<T>,
): Promise<T> {
  try {
    return await work(connection);
  } finally {
    connection.client.close();
  }
}

async function open(): Promise<Connection> {
  const client = await IpvsClient.open();
  try {
    return { client, info: await client.info() };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function withModule<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch(async (error) => {
    if (lacksBinding(error)) throw new StartError(`Can't initialize ipvs: ${error.message}\nInstall ipvsadm again.`);
    await loadModule();
    return attempt().catch((error) => {
      throw new StartError(startText(error));
    });
  });
}

/** Whether the installation is not whole, which says nothing of the kernel; see scripts/bundle/packages.js. */
function lacksBinding(error: unknown): error is TransportError {
  return error instanceof TransportError && error.code === "NO_BINDING";
}

async function loadModule(): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  spawnSync(MODPROBE, ["--", "ip_vs"], { stdio: ["ignore", "ignore", "inherit"], env: {} });
}

function startText(error: unknown): string {
  const reason = error instanceof KernelError ? reasonText(error) : (error as Error).message;
  return `Can't initialize ipvs: ${reason}\nAre you sure that IP Virtual Server is built in the kernel or as module?`;
}

/** Without the family 1.31 falls back to a socket option that only root may read and that does not exist without IPVS. */
function reasonText(error: KernelError): string {
  if (error.operation !== "CTRL_CMD_GETFAMILY" || error.code !== "ENOENT") return refusalText(error);
  return process.getuid?.() === 0 ? "Protocol not available" : "Permission denied (you must be root)";
}

function versionWarning(version: number): string {
  return [
    "Warning: IPVS version mismatch: ",
    `  Kernel compiled with IPVS version ${formatVersion(version)}`,
    `  ipvsadm v1.31  requires minimum IPVS version ${formatVersion(MINIMUM_VERSION)}`,
    "\n",
  ].join("\n");
}
