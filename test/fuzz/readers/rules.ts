import { RuleError } from "../../../src/errors.js";
import type { Change } from "../../../src/model/change.js";
import { parseCondition } from "../../../src/monitor/until.js";
import { noNames } from "../../../src/names/names.js";
import type { Command } from "../../../src/options/command.js";
import { formatChange } from "../../../src/options/format.js";
import { COMMANDS, OPTIONS } from "../../../src/options/options.js";
import { parseCommand } from "../../../src/options/parse.js";
import { mistakeText } from "../../../src/program/report.js";
import { readWanted } from "../../../src/program/wanted-file.js";
import { diffTables } from "../../../src/rules/diff.js";
import { type Rule, readRules } from "../../../src/rules/read.js";
import { wantedTable } from "../../../src/rules/wanted.js";
import { readClients } from "../../../src/where/clients.js";
import { isChange, requestOf } from "../../../src/wire/change.js";
import { writeRequest } from "../../../src/wire/message.js";
import { Writer } from "../../../src/wire/writer.js";
import { jsonTexts } from "../json.js";
import { reader } from "../reader.js";
import { texts, wordLists } from "../text.js";

const FLAGS = [...COMMANDS, ...OPTIONS].flatMap((row) => [
  `--${row.long}`,
  ...("short" in row ? [...row.short].map((letter) => `-${letter}`) : []),
]);
const VALUES = [
  ...["192.0.2.1:80", "10.0.0.1", "[2001:db8::1]:443", "2001:db8::2", "web:http", "7", "wrr", "sh", "mh", "0", "300"],
  ...["255.255.255.0", "24", "sip", "ops", "sh-port,sh-fallback", "flag-1", "gue", "gre", "6080", "master", "backup"],
  ...["eth0", "224.0.0.81", "ff02::1", "900 120 300", "tcp,ipv4", "SYN_RECV", "10.0.0.0/8"],
];

const RULES = `-A -t 192.0.2.1:80 -s wrr -p 300 -M 255.255.255.0 --pe sip
-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 5 -x 100 -y 50   # comment
-A -u [2001:db8::1]:53 -s rr -o
-a -u [2001:db8::1]:53 -r [2001:db8::2]:53 -i --tun-type gue --tun-port 6080 --tun-csum
-A -f 7 -6 -s mh -b mh-port,mh-fallback
-E -t 192.0.2.1:80 -s sh
-e -t 192.0.2.1:80 -r 198.51.100.1:8080 -g
-d -t 192.0.2.1:80 -r 198.51.100.1:8080
-D -u [2001:db8::1]:53
--set 900 120 300
--start-daemon master --mcast-interface eth0 --syncid 3 --mcast-group 224.0.0.81
-Z
`;

const context = { names: noNames, program: "ipvsadm" };

/** Whatever was understood can be written again, and sent to the kernel. */
function useCommand(command: Command): void {
  if (isChange(command)) useChange(command);
}

export function useChange(change: Change): void {
  formatChange(change);
  writeRequest(new Writer(), 28, 1, 1, requestOf(change));
}

const DOCUMENT = {
  ipvs: { version: "1.2.1", connectionTableSize: 4096 },
  services: [
    {
      ...{ protocol: "tcp", address: "192.0.2.1", port: 80, scheduler: "sh", persistent: true, timeout: 300 },
      ...{ netmask: "255.255.255.0", persistenceEngine: "sip", onePacket: false, schedulerFlags: ["sh-port"] },
      stats: { connections: "18446744073709551615", inPackets: 1 },
      destinations: [
        { address: "198.51.100.1", port: 8080, forwarding: "masq", weight: 5, upperThreshold: 9, lowerThreshold: 1 },
        {
          address: "2001:db8::3",
          port: 80,
          forwarding: "tunnel",
          tunnel: { type: "gue", port: 6080, checksum: "csum" },
        },
      ],
    },
    { fwmark: 7, family: "ipv6", netmask: 64, otherFlags: 64, destinations: [] },
  ],
  connections: [],
  timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
  daemons: [{ state: "master", interface: "eth0", syncId: 1, multicastGroup: "ff02::1", multicastPort: 8848 }],
};
const KEYS = [
  "fwmark",
  "family",
  "protocol",
  "address",
  "port",
  "services",
  "destinations",
  "stats",
  "tunnel",
  "netmask",
];

const CONDITIONS = ["-t 192.0.2.1:80 gone", "-f 7 -6 servers 3", "-u [2001:db8::1]:53 -r 10.0.0.1 weight 0"];

async function useFile(text: string): Promise<void> {
  const wanted = await readWanted(text, noNames, "ipvsadm", mistakeText);
  for (const change of diffTables([], wanted?.table ?? [])) useChange(change);
  for (const { change } of wanted?.settings ?? []) useChange(change);
}

export const RULE_READERS = [
  reader({
    name: "command-line",
    inputs: wordLists([...FLAGS, ...VALUES], RULES.trim().split("\n")),
    read: (words) => useCommand(parseCommand(words, context)),
  }),
  reader({
    name: "rules",
    inputs: texts([RULES, ...RULES.split("\n")], [...FLAGS, ...VALUES]),
    read: (text) => {
      const rules = [...readRules(text, context)];
      const good = rules.filter((rule): rule is Rule => !(rule instanceof RuleError));
      for (const { command } of good) useCommand(command);
      wantedTable(good);
    },
  }),
  reader({ name: "rule-file", inputs: texts([RULES], [...FLAGS, ...VALUES]), read: useFile, share: 0.2 }),
  reader({ name: "clients", inputs: texts(["# all\n203.0.113.7\n[2001:db8::1]:4000\n"]), read: readClients }),
  reader({ name: "conditions", inputs: texts(CONDITIONS), read: (text) => parseCondition(text, noNames) }),
  reader({ name: "json", inputs: jsonTexts([DOCUMENT], KEYS), read: useFile, share: 0.3 }),
];
