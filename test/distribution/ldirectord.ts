import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Network } from "../lab/network.js";
import { requests, tally } from "../lab/requests.js";
import { until } from "../lab/shell.js";
import { realServer, vip } from "../lab/two-arms.js";

const SERVER = fileURLToPath(new URL("server.js", import.meta.url));

/** Seconds: however slow the machine is, ldirectord gets there. */
const FOREVER = 3600;

const configuration = (quiescent: boolean) => `checktimeout=60
checkinterval=1
autoreload=no
quiescent=${quiescent ? "yes" : "no"}
virtual=${vip}:80
        real=${realServer(1)}:80 masq
        real=${realServer(2)}:80 masq
        service=http
        scheduler=rr
        protocol=tcp
        checktype=connect
`;

/** What the original sees in the kernel, and which real servers answer. */
interface Moment {
  readonly rules: string;
  readonly answers: Readonly<Record<string, number>>;
}

/**
 * Plays a director whose table ldirectord writes with our program: both real servers are there, one dies, and comes back. The
 * network is that of two arms, with the package and ldirectord in the root.
 */
export async function playLdirectord(network: Network, root: string, quiescent: boolean) {
  const [director, client] = [network.host("director"), network.host("client")];
  writeFileSync(`${root}/etc/ldirectord.cf`, configuration(quiescent));

  async function startServer(n: number) {
    const server = network.host(`rs${n}`).start([process.execPath, SERVER, `rs${n}`, "http", "80"]);
    await once(createInterface(server.stdout!), "line");
    return server;
  }

  /** The table once it is as `wanted`. */
  async function moment(what: string, wanted: RegExp): Promise<Moment> {
    const probe = async () => {
      const { stdout } = await director.run(["/usr/sbin/ipvsadm", "-Sn"]);
      return wanted.test(stdout) ? stdout : undefined;
    };
    const rules = await until(what, probe, FOREVER);
    return { rules, answers: tally(await requests(client, `http://${vip}`, 4)) };
  }

  const weight = (n: number, value: number) =>
    `-a \\S+ \\S+ -r ${realServer(n).replaceAll(".", "\\.")}:80 -m -w ${value}\n`;
  const both = new RegExp(weight(1, 1) + weight(2, 1));
  const servers = [await startServer(1), await startServer(2)] as const;
  const ldirectord = director.start(["chroot", root, "/usr/sbin/ldirectord", "-d", "/etc/ldirectord.cf", "start"]);
  // It tells each step; a full pipe would stop it.
  ldirectord.stdout!.resume();
  const start = await moment("both servers", both);
  servers[1].kill("SIGKILL");
  const dead = await moment("one server", new RegExp(weight(1, 1) + (quiescent ? weight(2, 0) : "$")));
  const again = await startServer(2);
  const back = await moment("both servers again", both);
  ldirectord.kill("SIGTERM");
  await once(ldirectord, "exit");
  const { stdout: end } = await director.run(["/usr/sbin/ipvsadm", "-Sn"]);
  for (const server of [servers[0], again]) {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
  return { start, dead, back, end };
}
