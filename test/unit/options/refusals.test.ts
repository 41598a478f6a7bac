import { describe, expect, it } from "vitest";
import { refusal } from "./parsing.js";

/** Lines and what ipvsadm 1.31 says to them; all with exit status 2. */
const refused = (cases: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(cases).flatMap(([message, lines]) => lines.map((line) => [line, message] as const));

const check = (cases: Readonly<Record<string, readonly string[]>>) =>
  it.each(refused(cases))("%s", (line, message) => expect(refusal(line)).toEqual([2, message]));

const SERVER = "-a -t 10.0.0.1:80 -r 10.0.1.1";

describe("values", () => {
  check({
    "illegal weight specified": [
      "-1",
      "0x10",
      '"5 "',
      '""',
      "5.0",
      "99999999999999999999",
      "2147483648",
      "-m",
      "+",
      "x",
    ].map((value) => `${SERVER} -w ${value}`),
    "illegal u_threshold specified": [`${SERVER} -x 2147483648`, `${SERVER} -x -1`],
    "illegal l_threshold specified": [`${SERVER} -y 2147483648`, `${SERVER} -y x`],
    "illegal syncid specified": ["256", "-1", "x"]
      .map((value) => `--start-daemon master --syncid ${value}`)
      .concat("--stop-daemon master --syncid 300"),
    "illegal sync-maxlen specified": ["0", "65508"].map((value) => `--start-daemon master --sync-maxlen ${value}`),
    "illegal mcast-port specified": ["0", "65536"].map((value) => `--start-daemon master --mcast-port ${value}`),
    "illegal mcast-ttl specified": ["0", "256"].map((value) => `--start-daemon master --mcast-ttl ${value}`),
    "illegal tunnel port specified": ["0", "65536", "gue"].map((v) => `${SERVER} -i --tun-type gue --tun-port ${v}`),
    "illegal tunnel type specified": ["GUE", "vxlan", '""'].map((value) => `${SERVER} -i --tun-type ${value}`),
    "illegal start-daemon parameter specified": ["foo", "MASTER", '""'].map((value) => `--start-daemon ${value}`),
    "illegal start_daemon specified": ["--stop-daemon foo", "--stop-daemon=foo"],
    "invalid IPv4 mcast-group `10.0.0.1'": ["--start-daemon master --mcast-group 10.0.0.1"],
    "invalid IPv4 mcast-group `224.1'": ["--start-daemon master --mcast-group 224.1"],
    "invalid IPv4 mcast-group `0224.0.0.1'": ["--start-daemon master --mcast-group 0224.0.0.1"],
    "invalid IPv4 mcast-group `'": ['--start-daemon master --mcast-group ""'],
    "invalid IPv6 mcast-group `2001:db8::1'": ["--start-daemon master --mcast-group 2001:db8::1"],
    "invalid IPv6 mcast-group `[ff02::1]'": ["--start-daemon master --mcast-group [ff02::1]"],
    "illegal service kind `icmp' specified": ["-L --only icmp", "-L --only tcp,icmp,udp"],
    "illegal service kind `' specified": ['-L --only ""', "-L --only tcp,"],
    "invalid fwmark value `0' specified": ["-A -f 0", "-A -f=0"],
    "invalid fwmark value `-1' specified": ["-A -f -1"],
    "invalid fwmark value `1x' specified": ["-A -f 1x"],
    "invalid fwmark value `4294967296' specified": ["-A -f 4294967296"],
    "invalid fwmark value `' specified": ['-A -f ""'],
    "-6 used before -f\n": ["-L -6", "-L -n -6", "-A -6 -f 1", "-A6f 1", "-A -t [2001:db8::1]:80 -6", "-C -6"],
  });
});

describe("addresses", () => {
  check({
    "illegal virtual server address[:port] specified": [
      ...["16909061", "80", "x80", ":80", '""', "1.2.3.256:80", "1.2.3.4.5:80", '" 1.2.3.6:80"', "1.2.3.4/24:80"],
      ...["1.2.3.10:", "1.2.3.10:65536", "1.2.3.10:-1", "1.2.3.10:0x50", "1.2.3.10:80:81", '"1.2.3.10:80 "'],
      ...["[1.2.3.4]", "[1.2.3.4]:", "[1.2.3.4]:65536", "[2001:db8::4]", "[2001:db8::4]:", "[2001:db8::4]80"],
      ...["[2001:db8::4", "2001:db8::4]", "[]:80", "[2001:db8::6]:65536", "[fe80::1%lo]:80", "fe80::1%lo"],
      ...["2001:db8:0:0:0:0:0:3:80", "[six]:80", "six:80", "nohost:80", "vip:HTTP", "vip:ntp", "vip:nosuch"],
    ].map((address) => `-A -p -t ${address}`),
    "illegal real server address[:port] specified": [
      ...["80", '""', "10.0.1.1:", "[2001:db8::5]", "nohost"].map((address) => `-a -t 10.0.0.1:80 -m -r ${address}`),
      "-a -u vip:domain -r rs1:http -m",
      "-L -r 80",
      "-L -r 10.0.0.0/33",
      "-Lc -r nohost",
      "-a -r rs1:http -t vip:http -m",
    ],
    "illegal client address[:port] specified": ["nohost", "10.0.0.0/33", "1.2.3.4:http"].map(
      (a) => `-Lc --client ${a}`,
    ),
    "illegal virtual address[:port] specified": ['""', "10.0.0.0/x", "/8"].map((a) => `-Lc --vip ${a}`),
    "illegal virtual server persistent mask specified": ["/24", '""', "foo", "256.0.0.0"].map(
      (mask) => `-A -t 10.0.0.1:3 -p -M ${mask}`,
    ),
    "illegal ipv6 netmask specified": ["255.255.255.0", "0", "129", "ffff::", "x"].map(
      (mask) => `-A -t [2001:db8::1]:3 -p -M ${mask}`,
    ),
  });
});

describe("--set", () => {
  check({
    "--set option requires 3 timeout values": [
      "--set",
      "--set 1",
      "--set 1 2",
      "--set a b",
      "--set 1,2,3",
      "--set 1 2 -n",
    ],
    "unexpected argument 40": ["--set 10 20 30 40", "--set 10 20 30 40 -n"],
    "invalid timeout value `a' specified": ["--set a 2 3", "--set a b c", "--set a b c d -n"],
    "invalid timeout value `b' specified": ["--set 1 b 3"],
    "invalid timeout value `' specified": ['--set "" 2 3'],
    "invalid timeout value `-1' specified": ["--set -- -1 2 3"],
    "invalid timeout value `2678401' specified": ["--set 2678401 1 1", "--set 1 1 2678401"],
    "Illegal 'numeric' option with the 'set' command": ["--set 900 120 300 -n", "--set -n 900 120 300"],
  });
});

describe("options given twice", () => {
  check({
    "multiple 'service-address' options specified": [
      "-A -t 10.0.0.1:80 -t 10.0.0.2:80",
      "-A -t 10.0.0.1:80 -u bad",
      "-A -t 10.0.0.1:80 -f 1",
      "-A -f 1 -f 2",
    ],
    "multiple 'forwarding-method' options specified": [`${SERVER} -m -m`, `${SERVER} -m -g`, `${SERVER} -gi`],
    "multiple 'numeric' options specified": ["-L -n -n", "-Lnn"],
    "multiple 'scheduler' options specified": ["-A -t 10.0.0.1:80 -s rr -s wrr"],
    "multiple 'persistent' options specified": ["-A -t 10.0.0.1:80 -p -p", "-A -t 10.0.0.1:80 -p 100 -p 200"],
    "multiple 'weight' options specified": [`${SERVER} -w 1 -w bad`],
    "multiple 'tun-csum' options specified": [`${SERVER} -i --tun-csum --tun-csum`],
    "multiple 'syncid' options specified": ["--start-daemon master --syncid 1 --syncid 1"],
    "multiple 'exact' options specified": ["-L -X --exact"],
    "multiple 'json' options specified": ["-L -j --json"],
  });
});

describe("scheduler flags", () => {
  check({
    "incompatible scheduler flag `sh-port'": [
      "-A -t 10.0.0.1:1 -s rr -b sh-port",
      "-A -t 10.0.0.1:1 -b sh-port",
      "-A -t 10.0.0.1:1 -b sh-port -s mh",
    ],
    "incompatible scheduler flag `mh-port'": ["-A -t 10.0.0.1:1 -s sh -b mh-port"],
    "invalid scheduler flag `nosuch'": ["-A -t 10.0.0.1:1 -s sh -b sh-port,nosuch", "-A -b nosuch -n", "-L -b nosuch"],
    "invalid scheduler flag ` sh-fallback'": ['-A -t 10.0.0.1:1 -s sh -b "sh-port, sh-fallback"'],
  });
});

describe("what belongs together", () => {
  check({
    "Zero port specified for non-persistent service": [
      "-A -t 1.2.3.4",
      "-A -t 1.2.3.4:0",
      "-E -t 1.2.3.4",
      "-A -u [::1]:0 -o",
    ],
    "One-Packet Scheduling is only for UDP virtual services": [
      "-A -t 10.0.0.1:80 -o",
      "-A -t 10.0.0.1 -o -p",
      "-A --sctp-service 10.0.0.1:80 -o",
    ],
    "Different address family is allowed only for tunneling servers": [
      "-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -m",
      "-a -t [2001:db8::1]:80 -r 10.0.1.1:80",
      "-a -f 1 -r [2001:db8::1]:80",
      "-a -f 1 -6 -r 10.0.0.1:80",
      "-a -t 10.0.0.1:80 -r [2001:db8::1]:80 --tun-type gue",
    ],
    "Tunnel options conflict with forward method": [
      `${SERVER} --tun-type gue`,
      `${SERVER} -m --tun-type ipip`,
      `${SERVER} -g --tun-remcsum`,
      `-e${SERVER.slice(2)} --tun-port 5`,
    ],
    "Illegal 'tun-port' option with the 'ipip' tunnel type": [
      `${SERVER} -i --tun-type ipip --tun-port 5`,
      `${SERVER} -i --tun-port 5`,
    ],
    "Illegal 'tun-nocsum' option with the 'ipip' tunnel type": [`${SERVER} -i --tun-nocsum`],
    "Illegal 'tun-remcsum' option with the 'ipip' tunnel type": [`${SERVER} -i --tun-remcsum`],
    "You need to supply the 'tun-port' option for the 'gue' tunnel type": [
      `${SERVER} -i --tun-type gue`,
      `${SERVER} -i --tun-type gue --tun-csum --tun-nocsum`,
    ],
    "The option 'tun-csum' conflicts with the 'tun-nocsum' option in the 'gue' tunnel type": [
      `${SERVER} -i --tun-type gue --tun-port 6080 --tun-csum --tun-nocsum`,
      `${SERVER} -i --tun-type gue --tun-port 6080 --tun-remcsum --tun-csum --tun-nocsum`,
    ],
    "The option 'tun-remcsum' conflicts with the 'tun-csum' option in the 'gue' tunnel type": [
      `${SERVER} -i --tun-type gue --tun-port 6080 --tun-csum --tun-remcsum`,
    ],
    "Illegal 'tun-port' option with the 'gre' tunnel type": [`${SERVER} -i --tun-type gre --tun-port 6080`],
    "Illegal 'tun-remcsum' option with the 'gre' tunnel type": [`${SERVER} -i --tun-type gre --tun-remcsum`],
    "options conflicts in the list command": [
      ...[
        "-c --stats",
        "-c --rate",
        "-c --thresholds",
        "--timeout --stats",
        "--timeout --rate",
        "--daemon --thresholds",
      ],
      ...["--timeout --persistent-conn", "--daemon --persistent-conn"],
      // Ours.
      ...["--client 10.0.0.1", "--vip 10.0.0.1", "--state NONE", "-n --state NONE"],
      ...["--only tcp", "--weight-zero", "--empty"].map((filter) => `-c ${filter}`),
      ...["--only tcp", "--weight-zero", "--empty", "--wide", "--color=never", "-r 10.0.1.1"].map(
        (filter) => `--timeout ${filter}`,
      ),
      ...["--client 10.0.0.1", "--vip 10.0.0.1", "--state NONE", "-r 10.0.1.1"].map((filter) => `--daemon ${filter}`),
      ...["--empty -r 10.0.1.1", "--weight-zero --empty"],
    ].map((options) => `-L ${options}`),
  });
});

describe("the order of the checks", () => {
  check({
    "illegal weight specified": ["-A -w bad -n", "-A -n -w bad --bogus", "-A -w bad -L"],
    "unexpected argument foo": ["-A foo -n", "-A foo -b nosuch"],
    "invalid option `-L'": ["-A -L -w bad"],
    "Illegal 'numeric' option with the 'add-service' command": [
      "-A -n",
      "-A -n -w 5",
      "-A -t 10.0.0.1:80 --sort -n --sort",
    ],
    "You need to supply the 'service-address' option for the 'add-service' command": ["-A", "-A -w 5", "-A -o"],
    "You need to supply the 'service-address' option for the 'add-server' command": ["-a", "-a -r 10.0.1.1", "-a -w 5"],
    "You need to supply the 'real-server' option for the 'add-server' command": [
      "-a -t 10.0.0.1:80",
      "-a -t 10.0.0.1:80 -w 5",
      "-a -t 10.0.0.1:80 --tun-csum",
    ],
    "Illegal 'scheduler' option with the 'add-server' command": ["-a -t 10.0.0.1:80 -s rr"],
    "Illegal 'weight' option with the 'add-service' command": ["-A -t 10.0.0.1 -w 5"],
    "The option 'service-address' conflicts with the 'connection' option in the 'list' command": [
      "-L -c -t 10.0.0.1:80",
      "-L -t 10.0.0.1:80 -c",
      "-L -c -t 10.0.0.1:80 --timeout --daemon",
      "-L -c -t 10.0.0.1:80 -w 5",
    ],
    "The option 'daemon' conflicts with the 'timeout' option in the 'list' command": [
      "-L --timeout --daemon",
      "-L --daemon --timeout",
      "-L --timeout --daemon --stats",
    ],
    "Illegal 'scheduler' option with the 'list' command": ["-list", "-L -w 5 -s rr", "-L -c --timeout -s rr"],
    "Zero port specified for non-persistent service": ["-A -t 10.0.0.1 -o"],
  });

  it("ends where the words cannot be read", () => {
    expect(refusal("-A -n --bogus -w bad")).toEqual([255, "--bogus: unknown option"]);
    expect(refusal("-A --bogus foo")).toEqual([255, "--bogus: unknown option"]);
  });
});
