import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/errors.js";
import { formatChange } from "../../../src/options/format.js";
import { readOriginal } from "../../../src/remote/original.js";
import { readOurs, type Told } from "../../../src/remote/told.js";
import { tableChanges } from "../../../src/rules/write.js";

const rules = ({ table }: Told) => Array.from(tableChanges(table), formatChange);

const SAVED = `-A -t 192.0.2.1:80 -s mh -p 50 -M 255.255.255.0 -b mh-port
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1
-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -g -w 2
-a -t 192.0.2.1:80 -r 10.0.0.3:81 -m -w 2147483647
-A -t [2001:db8::80]:80 -s rr
-a -t [2001:db8::80]:80 -r 10.0.1.1:80 -i -w 1 --tun-type ipip
-A -f -1 -s rr
-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1
-a -f 7 -6 -r [2001:db8::2]:9 -g -w 1
`;
const LISTED = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn 
  -> RemoteAddress:Port
FWM  7 IPv6 rr (flag-1) persistent 50 mask 64 pe sip ops
  -> [2001:db8::2]:9              4294967295 500        0          0         
FWM  -1 rr
TCP  192.0.2.1:80 mh (mh-port) persistent 50 mask 255.255.255.0
  -> 10.0.0.1:80                  0          0          0          0         
  -> 10.0.0.3:81                  1000       500        7          0         
  -> 10.0.0.2:8080                0          0          0          0         
TCP  [2001:db8::80]:80 rr
  -> 10.0.1.1:80                  0          0          0          0         
`;
const SETTINGS = `Timeout (tcp tcpfin udp): 900 120 300
master sync daemon (mcast=d0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
backup sync daemon (mcast=a, b=), syncid=8)
`;

describe("ipvsadm 1.31", () => {
  it("tells services, servers in their order, thresholds, timeouts and daemons", () => {
    const told = readOriginal(SAVED + LISTED + SETTINGS)!;
    expect(rules(told)).toEqual([
      "-A -t 192.0.2.1:80 -s mh -p 50 -M 255.255.255.0 -b mh-port",
      "-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -g -w 2 --raw port=8080",
      "-a -t 192.0.2.1:80 -r 10.0.0.3:81 -m -w 2147483647 -x 1000 -y 500",
      "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1",
      "-A -t [2001:db8::80]:80 -s rr",
      "-a -t [2001:db8::80]:80 -r 10.0.1.1:80 -i -w 1 --tun-type ipip",
      "-A -f 4294967295 -s rr",
      "-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1",
      "-a -f 7 -6 -r [2001:db8::2]:9 -g -w 1 -y 500 --raw u-threshold=4294967295",
    ]);
    expect(told.timeouts).toEqual({ tcp: 900, tcpFin: 120, udp: 300 });
    expect(told.daemons).toEqual([
      {
        ...{ state: "master", interface: "d0", syncId: 7, syncMaxLength: 1472 },
        ...{ multicastGroup: "224.0.0.81", multicastPort: 8848, multicastTtl: 1 },
      },
      { state: "backup", interface: "a, b=)", syncId: 8 },
    ]);
  });

  it("tells an empty table", () => {
    const listed = LISTED.split("\n").slice(0, 3).join("\n");
    expect(readOriginal(`${listed}\n${SETTINGS.split("\n")[0]}\n`)).toMatchObject({ table: [], daemons: [] });
  });

  it.each([
    ["a server less", / {2}-> 10\.0\.0\.3.*\n/, ""],
    ["a server more", "  -> 10.0.0.3:81 ", "  -> 10.0.0.4:81                  0          0          0          0\n$&"],
    ["another server", "10.0.0.3:81 ", "10.0.0.4:81 "],
    ["a service less", "FWM  -1 rr\n", ""],
    ["a service more", "FWM  -1 rr\n", "FWM  -1 rr\nFWM  9 rr\n"],
    ["another service", "FWM  -1 rr\n", "FWM  9 rr\n"],
  ])("whose table changed between rules and listing: %s", (_, from, to) =>
    expect(readOriginal(SAVED + LISTED.replace(from, to) + SETTINGS)).toBeUndefined(),
  );

  it.each([
    ["a rule that it does not read itself", SAVED.replace("-b mh-port", "-b"), LISTED, "-b: missing argument"],
    ["a protocol without a name", SAVED, LISTED.replace("FWM  -1", "?    192.0.2.1:80"), "`?    192.0.2.1:80 rr'"],
    ["no listing", SAVED, "", "missing"],
  ])("%s is not left out", (_, saved, listed, why) => {
    const read = () => readOriginal(saved + listed + SETTINGS);
    expect(read).toThrow(DecodeError);
    expect(read).toThrow(why);
  });
});

describe("ours", () => {
  it("tells all in rules", () => {
    const table = "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.2:8080 -g -w 1 -x 9 --raw port=8080\n";
    const told = readOurs(`${table}--set 2147483 120 300\n--start-daemon backup --mcast-interface d0 --syncid 8\n`);
    expect(rules(told).join("\n")).toBe(table.trimEnd());
    expect(told.timeouts).toEqual({ tcp: 2147483, tcpFin: 120, udp: 300 });
    expect(told.daemons).toEqual([{ state: "backup", interface: "d0", syncId: 8 }]);
  });

  it.each(["", "-A -t 192.0.2.1:80 -s rr\n", "-A -t 192.0.2.1:80 --later 1\n--set 1 2 3\n"])("%j is not all", (text) =>
    expect(() => readOurs(text)).toThrow(DecodeError),
  );
});
