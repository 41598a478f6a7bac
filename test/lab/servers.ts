import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Host } from "./host.js";
import { until } from "./shell.js";

const program = fileURLToPath(new URL("server.js", import.meta.url));

/** Starts a server (see server.js) and waits until it is ready. HTTP is served on IPv4 and IPv6. */
export async function serve(
  host: Host,
  protocol: "http" | "udp" | "echo" | "mute" | "ftp",
  port: number,
  address?: string,
) {
  const argv = [process.execPath, program, host.name, protocol, String(port), ...(address ? [address] : [])];
  const lines = createInterface(host.start(argv).stdout!)[Symbol.asyncIterator]();
  if ((await lines.next()).done) throw new Error(`${protocol} server on ${host.name} did not start`);
}

/** The same for SCTP, which Node.js cannot do. An answer per association. */
export async function serveSctp(host: Host, port: number): Promise<void> {
  const answer = `SYSTEM:echo ${host.name} saw $SOCAT_PEERADDR`;
  const server = host.start(["socat", `SCTP-LISTEN:${port},fork,reuseaddr`, answer]);
  await until(`SCTP server on ${host.name}`, async () => {
    const endpoints = await readFile(`/proc/${server.pid}/net/sctp/eps`, "utf8").catch(() => "");
    return endpoints.includes(` ${port} `) || undefined;
  });
}
