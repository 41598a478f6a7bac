import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { main } from "../../src/cli/main.js";
import {
  GENL_ID_CTRL,
  IPVS_CMD_GET_INFO,
  NETLINK_GENERIC,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
} from "../../src/wire/constants.js";
import { readMessages } from "../../src/wire/message.js";
import { clearByOracle, oracle } from "./oracle.js";

/** The same commands by the original and by us, recorded on the kernel's netlink monitor: the requests are equal bytes. */

const COMMANDS = [
  "-A -t 192.0.2.1:80 -s rr",
  "-A -f 5 -6 -s wlc -p 300 -M 64",
  "-A -u 192.0.2.1:5060 -s rr -p 60 --pe sip -M 255.255.255.0",
  "-A -t [2001:db8::80]:80 -s sh -b sh-port,sh-fallback",
  "-A --sctp-service 192.0.2.1:2905",
  "-E -t 192.0.2.1:80 -s wrr -p",
  "-a -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 5 -x 1000 -y 500",
  "-a -t 192.0.2.1:80 -r 198.51.100.2 -i --tun-type gue --tun-port 6080 --tun-csum -w 3",
  "-a -t 192.0.2.1:80 -r [2001:db8::2]:80 -i --tun-type gre",
  "-a -f 5 -6 -r [2001:db8::1]:0",
  "-e -t 192.0.2.1:80 -r 198.51.100.1:8080 -m -w 0",
  "-Ln",
  "-Ln -t 192.0.2.1:80 --stats",
  "-Ln -u 192.0.2.1:5060",
  "-Ln -t [2001:db8::80]:80",
  "-Ln --sctp-service 192.0.2.1:2905",
  "-Ln -f 5 -6",
  "-Sn",
  "-Z -t 192.0.2.1:80",
  "-Z",
  "-d -t 192.0.2.1:80 -r 198.51.100.1:8080",
  "-D -f 5 -6",
  "-C",
  // Some time before they are stopped: the kernel may leave out the answer to that, for which 1.31 waits.
  "--start-daemon master --mcast-interface golden0 --syncid 7",
  "--start-daemon backup --mcast-interface golden0 --syncid 8 --sync-maxlen 1400 --mcast-group ff02::99 --mcast-port 9000 --mcast-ttl 5",
  "--set 900 120 300",
  "-L --timeout",
  "-L --daemon",
  "--stop-daemon master --syncid 7",
  "--stop-daemon backup",
].map((line) => line.split(" "));

const FILE = `/tmp/ipvsadm-golden-${process.pid}.pcap`;

beforeAll(() => {
  clearByOracle();
  execFileSync("ip", ["link", "add", "golden0", "type", "dummy"]);
  execFileSync("ip", ["addr", "add", "203.0.113.9/24", "dev", "golden0"]);
  execFileSync("ip", ["link", "set", "golden0", "up", "multicast", "on"]);
  execFileSync("ip", ["link", "add", "nlmon0", "type", "nlmon"]);
  execFileSync("ip", ["link", "set", "nlmon0", "up"]);
});
afterAll(() => {
  for (const link of ["nlmon0", "golden0"]) execFileSync("ip", ["link", "del", link]);
  rmSync(FILE, { force: true });
});

/** The last request of a recording: tcpdump is behind, and when this has arrived so has everything before it. */
const MARK = "-L -n -f 4294967295".split(" ");
const MARK_KEY = "08000500ffffffff";

/** What is said to the kernel's IPVS while `work` runs, without sequence numbers and port ids. */
async function requestsOf(work: () => void | Promise<void>): Promise<string[]> {
  const tcpdump = spawn("tcpdump", ["-i", "nlmon0", "-U", "-s", "0", "-w", FILE], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((resolve) => {
    tcpdump.stderr.on("data", (text: Buffer) => text.includes("listening") && resolve());
  });
  await work();
  expect(() => oracle(...MARK)).toThrow("No such service");
  let requests: string[];
  do {
    await new Promise((resolve) => setTimeout(resolve, 100));
    requests = requestsIn(readFileSync(FILE));
  } while (!requests.at(-1)?.includes(MARK_KEY));
  tcpdump.kill("SIGINT");
  await new Promise((resolve) => tcpdump.on("close", resolve));
  return requests.slice(0, -1);
}

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
/** `LINKTYPE_NETLINK`: the netlink protocol stands in the last two bytes, in network order. */
const PSEUDO_HEADER = 16;

/** The IPVS requests in a capture. The controller's messages, which look the family up, and GET_INFO are left out. */
function requestsIn(capture: Buffer): string[] {
  const found: string[] = [];
  for (let at = PCAP_HEADER; at + RECORD_HEADER <= capture.length; ) {
    const length = capture.readUInt32LE(at + 8);
    const record = capture.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    at += RECORD_HEADER + length;
    if (record.length < length) break;
    if (record.readUInt16BE(PSEUDO_HEADER - 2) !== NETLINK_GENERIC) continue;
    for (const { type, flags, bytes, offset, length } of readMessages(Buffer.from(record.subarray(PSEUDO_HEADER)))) {
      if (type <= GENL_ID_CTRL || !(flags & NLM_F_REQUEST) || bytes[offset] === IPVS_CMD_GET_INFO) continue;
      const message = bytes.subarray(offset - NLMSG_HDRLEN, offset + length);
      found.push(message.fill(0, 8, NLMSG_HDRLEN).toString("hex"));
    }
  }
  return found;
}

it("every command sends the bytes of ipvsadm 1.31", async () => {
  const original = await requestsOf(() => {
    for (const args of COMMANDS) oracle(...args);
  });
  const ours = await requestsOf(async () => {
    const io = { readInput: () => "", out: () => {}, steer: () => {}, err: () => {}, env: {} };
    for (const args of COMMANDS) expect(await main(["ipvsadm", ...args], io)).toBe(0);
  });
  expect(original.length).toBeGreaterThan(COMMANDS.length);
  // As sets: 1.31 reads servers in sorted order, and we ask whether services without servers are still there.
  expect([...new Set(ours)].sort()).toEqual([...new Set(original)].sort());
});
