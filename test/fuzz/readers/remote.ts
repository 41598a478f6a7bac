import { formatChange } from "../../../src/options/format.js";
import { readAnswer, wrapped } from "../../../src/remote/marks.js";
import { readOriginal } from "../../../src/remote/original.js";
import { sshArguments } from "../../../src/remote/ssh.js";
import { parseTargets } from "../../../src/remote/target.js";
import { readOurs } from "../../../src/remote/told.js";
import { settingsChanges } from "../../../src/rules/write.js";
import { reader } from "../reader.js";
import { texts } from "../text.js";
import { useTable } from "./kernel.js";

const RULES = `-A -t 192.0.2.1:80 -s mh -p 50 -M 255.255.255.0 -b mh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -g -w 1
-a -t 192.0.2.1:80 -r 10.0.0.3:81 -m -w 2147483647
-A -f -1 -s rr
-a -f -1 -r [2001:db8::2]:9 -g -w 1
`;
const ORIGINAL = `${RULES}IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn 
  -> RemoteAddress:Port
FWM  -1 rr
  -> [2001:db8::2]:9              4294967295 500        0          0         
TCP  192.0.2.1:80 mh (mh-port) persistent 50 mask 255.255.255.0
  -> 10.0.0.3:81                  1000       500        7          0         
  -> 10.0.0.1:8080                0          0          0          0         
Timeout (tcp tcpfin udp): 900 120 300
master sync daemon (mcast=d0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
`;
const OURS = `# runs keepalived\n${RULES.replaceAll("-f -1", "-f 4294967295")}--set 900 120 300\n--start-daemon backup --mcast-interface d0 --syncid 8\n`;
const [BEGIN, , END] = [...wrapped("").matchAll(/ipvsadm-[\w-]+/g)].map(([mark]) => mark);

function use(told: ReturnType<typeof readOriginal>): void {
  if (told === undefined) return;
  useTable(told.table.map((entry) => ({ ...entry, destinations: entry.destinations.map(live) })));
  for (const change of settingsChanges(told.timeouts, told.daemons)) formatChange(change);
}

const live = <D extends object>(server: D) => ({
  ...server,
  ...{ activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 },
});

export const REMOTE_READERS = [
  reader({
    name: "told-by-1.31",
    inputs: texts([ORIGINAL], ["-1", "FWM", "->", "Timeout", "-f"]),
    read: (text) => use(readOriginal(text)),
  }),
  reader({ name: "told-by-ours", inputs: texts([OURS], ["--set", "--raw"]), read: (text) => use(readOurs(text)) }),
  reader({
    name: "ssh",
    inputs: texts([`hello\n${BEGIN}\n${RULES}${END} 255\n`], [BEGIN!, END!, "255"]),
    read: (text) => {
      const answer = readAnswer(text, text, 255);
      if (typeof answer !== "string" && Number.isNaN(answer.status)) throw new Error("no status");
    },
  }),
  reader({
    name: "directors",
    inputs: texts(["ssh:lb1,ssh:root@lb2:22", "ssh:[2001:db8::1%eth0]:22"], ["ssh:", "@", "-o", ",", "%"]),
    read: (text) => {
      for (const target of parseTargets(text)) {
        const [end, host] = sshArguments(target, "command").slice(-3);
        if (end !== "--" || !/^[\w:][\w.+@:%-]*$/.test(host!)) throw new Error(`what ssh gets: ${host}`);
      }
    },
  }),
];
