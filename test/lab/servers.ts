import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Host } from "./host.js";
import { until } from "./shell.js";

// Every server answers one line, `rs1 saw 10.0.0.8 34567`: who answers, and which client it sees. See requests.ts.

/** Starts a server and waits until its port is open: the kernel's socket tables, seen from the server's namespace, say so. */
async function serve(host: Host, argv: readonly string[], tables: readonly string[], port: number): Promise<void> {
  const server = host.start(argv);
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const open = new RegExp(
    `^ *\\d+: [0-9A-F]+:${hex} [0-9A-F]+:0000 |^ *[0-9a-f]+ [0-9a-f]+ \\d+ +\\d+ +\\d+ +${port} `,
    "m",
  );
  await until(`${argv.join(" ")} on ${host.name}`, async () => {
    if (server.exitCode !== null) throw new Error(`${argv.join(" ")} on ${host.name}: exit code ${server.exitCode}`);
    for (const table of tables) {
      const sockets = await readFile(`/proc/${server.pid}/net/${table}`, "utf8").catch(() => "");
      if (open.test(sockets)) return true;
    }
    return undefined;
  });
}

/** HTTP on IPv4 and IPv6, a new connection per request: busybox, which is there at once where nginx takes its time. */
export async function serveHttp(host: Host, port = 80): Promise<void> {
  const page = fileURLToPath(new URL("www", import.meta.url));
  const httpd = ["busybox", "httpd", "-f", "-p", String(port), "-h", page];
  await serve(host, ["env", `SERVER=${host.name}`, ...httpd], ["tcp", "tcp6"], port);
}

const answer = (host: Host) => `SYSTEM:echo ${host.name} saw $SOCAT_PEERADDR $SOCAT_PEERPORT`;

/** UDP: an answer per datagram. With `address` it answers from there, as a server of a virtual address on lo has to. */
export async function serveUdp(host: Host, port: number, address = "0.0.0.0"): Promise<void> {
  await serve(host, ["socat", `UDP-RECVFROM:${port},bind=${address},fork,shut-null`, answer(host)], ["udp"], port);
}

/** SCTP: an answer per association. */
export async function serveSctp(host: Host, port: number): Promise<void> {
  await serve(host, ["socat", `SCTP-LISTEN:${port},fork,reuseaddr`, answer(host)], ["sctp/eps"], port);
}

/** TCP that says its line and then repeats every line it hears, for connections that last. */
export async function serveEcho(host: Host, port: number): Promise<void> {
  const greetAndRepeat = `${answer(host)}; exec cat`;
  await serve(host, ["socat", `TCP-LISTEN:${port},fork,reuseaddr`, greetAndRepeat], ["tcp"], port);
}

/** FTP, passive mode, one file. */
export async function serveFtp(host: Host, port = 21): Promise<void> {
  const program = fileURLToPath(new URL("ftp-server.js", import.meta.url));
  await serve(host, [process.execPath, program, host.name, String(port)], ["tcp", "tcp6"], port);
}
