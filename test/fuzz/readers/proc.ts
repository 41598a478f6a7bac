import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConnections } from "../../../src/client/connections.js";
import { inodeOf } from "../../../src/client/descriptor.js";
import { parseTotals } from "../../../src/client/totals.js";
import { WeightMemory } from "../../../src/drain/memory.js";
import { parseApplications, parseConntrackDrops, parseCounter } from "../../../src/host/proc.js";
import { parseProcTable } from "../../../src/host/proc-table.js";
import { Fingerprints } from "../../../src/monitor/fingerprints.js";
import { formatServiceKey } from "../../../src/options/format.js";
import { renderConnections } from "../../../src/render/connections.js";
import { renderConnectionsJson } from "../../../src/render/json.js";
import { StateFolder } from "../../../src/state/folder.js";
import { reader } from "../reader.js";
import { bytes, texts } from "../text.js";
import { useTable } from "./kernel.js";

const CONNECTIONS = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP 0A090002 9C42 0A090001 0050 0A080002 1F90 ESTABLISHED     899
UDP 0A090002 9C42 0A090001 0035 0A080002 0035 UDP             300 sip abc@192.0.2.1
IP  2001:0db8:0008:0000:0000:0000:0000:0001 0000 0000:0008:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0008:0000:0000:0000:0000:0003 0000 NONE 119
`;

const TABLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0AFE0001:1F90 rr persistent 30000 FFFFFF00
  -> 0A00002A:0050      Masq    1      5          12
UDP  0AFE0001:0035 rr ops
TCP  [fd01:0000:0000:0000:0000:0000:0000:0001]:0050 wlc persistent 360 00000080
  -> [fd00:0000:0000:0000:0000:0000:0000:0042]:0050      Tunnel  100    1          1
FWM  00000007 rr
  -> [fd00:0000:0000:0000:0000:0000:0000:0042]:0000      Local   1      0          0
`;

const TOTALS = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       1       7F       7F              E63             1C47

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       0        8        8               F5              1E2
`;

const SOCKETS = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
0000000000000000 16  1234       00000000 0        0        0     2        0        123456
0000000000000000 0   0          00000000 0        0        0     2        0        2
`;

const APPLICATIONS = "prot port    usecnt name\nTCP  21      7      ftp\n";
const CONNTRACK =
  "entries  clashres found new invalid ignore delete delete_list insert insert_failed drop early_drop\n0000000f  00000000 0 0 0 0 0 0 0 0 0000000a 00000000\n";
const COUNTERS = "TcpExt: SyncookiesSent IPReversePathFilter\nTcpExt: 0 17\nIpExt: InNoRoutes\nIpExt: 3\n";

/** A folder of this process's own, for the readers that open a file. */
const folder = mkdtempSync(join(tmpdir(), "ipvsadm-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "file");

async function useConnections(content: Buffer): Promise<void> {
  writeFileSync(file, content);
  const list = { kind: "list", show: "connections", numeric: true, persistenceEngine: true, json: false } as const;
  for await (const piece of renderConnections(list as never, readConnections(file))) void piece.length;
  for await (const piece of renderConnectionsJson(readConnections(file))) JSON.parse(`"${piece.length}"`);
}

const SERVICE = { protocol: "tcp", address: "192.0.2.1", port: 80 } as const;
const SERVER = { address: "10.0.0.1", port: 8080 };

function useFingerprints(content: Buffer): void {
  writeFileSync(file, content);
  const fingerprints = new Fingerprints(file);
  for (const key of fingerprints.look()) formatServiceKey(key);
  if (fingerprints.look().length > 0) throw new Error("the same text has changed");
}

function useMemory(content: Buffer): void {
  const memory = new WeightMemory(new StateFolder(folder, "1"));
  memory.remember(SERVICE, SERVER, 1);
  writeFileSync(join(folder, "1", "tcp_192.0.2.1:80_10.0.0.1:8080"), content);
  const weight = memory.recall(SERVICE, SERVER)?.weight;
  if (!Number.isInteger(weight) || weight! < 1 || weight! > 0x7fffffff) throw new Error(`the weight ${weight}`);
}

export const PROC_READERS = [
  reader({ name: "ip_vs_conn", inputs: bytes([CONNECTIONS], ["TCP", "SYN_RECV"]), read: useConnections, share: 0.3 }),
  reader({
    name: "ip_vs",
    inputs: texts([TABLE], ["TCP", "FWM", "->", "Masq"]),
    read: (text) => useTable(parseProcTable(text).table),
  }),
  reader({
    name: "ip_vs-fingerprints",
    inputs: bytes([TABLE], ["TCP", "FWM", "->", "Masq"]),
    read: useFingerprints,
    share: 0.3,
  }),
  reader({ name: "ip_vs_stats", inputs: texts([TOTALS]), read: (text) => parseTotals(text) }),
  reader({ name: "ip_vs_app", inputs: texts([APPLICATIONS]), read: parseApplications }),
  reader({ name: "netlink-sockets", inputs: texts([SOCKETS], ["16", "1234"]), read: (text) => inodeOf(text, 1234) }),
  reader({ name: "nf_conntrack", inputs: texts([CONNTRACK], ["drop"]), read: parseConntrackDrops }),
  reader({
    name: "netstat",
    inputs: texts([COUNTERS], ["TcpExt:", "IPReversePathFilter"]),
    read: (text) => parseCounter(text, "TcpExt.IPReversePathFilter"),
  }),
  reader({ name: "weight-memory", inputs: bytes(["1\n", "2147483647\n", "0"]), read: useMemory, share: 0.1 }),
];
