import { compare, useWorld } from "./harness/scenario.js";
import { differs, hinted, type StepLike } from "./harness/steps.js";

useWorld();

const added = (address: string, ...rest: string[]): StepLike => ["-A", "-t", address, "-s", "rr", ...rest];

compare("IPv4 services", {
  steps: [
    ...[
      "1.2.3.4:80",
      "1.2:80",
      "1.2.3:80",
      "16909060:80",
      "16909061:80",
      "80",
      "x80",
      "0x7f000002:80",
      "0x0a.1:80",
      "0X0A.2:80",
      "010.010.010.010:80",
      "09.1.1.1:80",
      "1.2.3.256:80",
      "1.2.3.0400:80",
      "1.2.65536:80",
      "1.2.65535:81",
      "1.16777215:81",
      "1.16777216:80",
      "4294967296:80",
      "0x100000000:80",
      "0x:80",
      "1.2.3.4.5:80",
      "1..2.3:80",
      "1.2.3.:80",
      ".1.2.3:80",
      "1.2.3.5 junk:80",
      "1.2.3.5\tjunk:81",
      "1.2.3.5\njunk:82",
      " 1.2.3.6:80",
      "1.2.3.6 :80",
      "1.2.3.7:080",
      "1.2.3.8: 80",
      "1.2.3.8:80 ",
      "1.2.3.9:+80",
      "1.2.3.10:",
      "1.2.3.10:65535",
      "1.2.3.10:65536",
      "1.2.3.10:-1",
      "1.2.3.10:-0",
      "1.2.3.10:0x50",
      "1.2.3.10:80:81",
      ":80",
      ":",
      "1.2.3.4/24:80",
      "1.2.3.4/32",
      "-1.2.3.4:80",
      "+1.2.3.4:80",
      "0.0.0.0:80",
      "127.0.0.1:80",
      "[1.2.3.11:80",
      "1.2.3.11]:80",
      "[1.2.3.11]",
      "[1.2.3.11]80",
      "[]:80",
      "[",
      "]",
    ].map((address) => added(address)),
    "-Sn",
  ],
});

compare("IPv4 services that are no hosts", {
  steps: ["255.255.255.255:80", "224.0.0.1:80", "240.0.0.1:80", "4294967295:82"].map((address) => added(address)),
});

compare("services without a port, and port zero", {
  steps: [
    "-A -t 1.2.3.4 -s rr",
    "-A -t 1.2.3.4:0 -s rr",
    "-A -t 1.2.3.4:0 -s rr -p",
    "-A -u 1.2.3.4 -s rr -p",
    "-A --sctp-service 1.2.3.4 -s rr -p",
    "-A -u 1.2.3.5 -s rr -p 10 -o",
    "-A -t 16909061 -s rr -p",
    "-A -f 1 -s rr",
    "-E -t 1.2.3.4 -s rr",
    "-E -t 1.2.3.4 -s wrr -p 9",
    "-a -t 1.2.3.4 -r 10.0.1.1",
    "-a -t 1.2.3.4 -r 10.0.1.2:8080 -m",
    "-a -t 1.2.3.4 -r 10.0.1.3:8080",
    "-a -t 1.2.3.4:0 -r 10.0.1.4 -m",
    "-Ln -t 1.2.3.4",
    "-Ln -t 1.2.3.4:0",
    "-Z -t 1.2.3.4",
    "-e -t 1.2.3.4 -r 10.0.1.1 -w 7",
    "-d -t 1.2.3.4 -r 10.0.1.1:0",
    "-D -t 1.2.3.4",
    "-D -t 1.2.3.4",
    "-L -n -t 1.2.3.4",
    "-Ln -u 1.2.3.4",
    "-Sn",
    "-D -u 1.2.3.4:0",
  ],
});

compare("a bracketed IPv4 address keeps its port", {
  steps: [
    differs("bracketed-port", "-A -t [1.2.3.11]:80 -s rr", { status: 0, stderr: "" }),
    differs("bracketed-colon", "-A -t [1.2.3.11]: -s rr", {
      stderr: "illegal virtual server address[:port] specified\n",
    }),
    differs("bracketed-port", "-Sn", { stdout: "-A -t 1.2.3.11:80 -s rr\n" }),
  ],
  table: { difference: "bracketed-port", rules: ["-A -t 1.2.3.11:80 -s rr"] },
});

compare("a bracketed IPv4 real server keeps its port", {
  given: ["-A -t 10.0.0.1:80 -s rr"],
  steps: ["-a -t 10.0.0.1:80 -r [10.0.1.77]:8080 -m"],
  table: {
    difference: "bracketed-port",
    rules: ["-A -t 10.0.0.1:80 -s rr", "-a -t 10.0.0.1:80 -r 10.0.1.77:8080 -m"],
  },
});

compare("IPv6 services", {
  steps: [
    ...[
      "[2001:db8::1]:80",
      "2001:db8::2:80",
      "2001:db8:0:0:0:0:0:3:80",
      "[2001:db8::5]:http",
      "[2001:db8::5]:nosuch",
      "[2001:db8::6]:65536",
      "[::ffff:1.2.3.4]:80",
      "[::1.2.3.4]:80",
      "[::]:80",
      "[::1]:80",
      "[fe80::1%lo]:80",
      "[2001:DB8::ABCD]:80",
      "[2001:db8::1.2.3.4]:80",
      "[2001:db8:1:2:3:4:5:6]:81",
      "[2001:db8:1:2:3:4:5:6:7]:81",
      "[2001:db8:1::2:3:4::5]:81",
      "[2001:0db8:0:0:1:0:0:1]:81",
      "[2001:db8:0:1:1:1:1:1]:81",
      "[1:2:3:4:5:6:7::]:81",
      "[::2:3:4:5:6:7:8]:81",
      "[0:0:0:0:0:0:0:9]:81",
      "[12345::]:81",
      "[2001:db8::g]:81",
      "[ 2001:db8::7]:81",
      "[2001:db8::7 ]:81",
      "[[2001:db8::7]]:81",
      "[2001:db8::7]:81:82",
      "[2001:db8::7]::81",
      "[2001:db8::7/64]:81",
    ].map((address) => added(address)),
    "-Sn",
    "-Ln",
  ],
});

compare("IPv6 services that are no hosts", {
  steps: ["[fe80::1]:80", "[ff02::1]:80", "[ff05::1:3]:80"].map((address) => added(address)),
});

compare("IPv6 services without a port", {
  steps: [
    ...[
      "2001:db8::2",
      "2001:db8::2:80",
      "2001:db8:0:0:0:0:0:3",
      "[2001:db8::4]",
      "[2001:db8::4]:",
      "[2001:db8::4]80",
      "[2001:db8::4",
      "2001:db8::4]",
      "[2001:db8::6]:0",
      "[2001:db8::6]:65536",
      "fe80::1%lo",
      "::",
      "::1",
      "::ffff:10.0.0.1",
      "1:2:3:4:5:6:7:8:9",
      ":::",
    ].map((address) => added(address, "-p")),
    "-E -t 2001:db8::2 -s wrr -p 5 -M 48",
    "-a -t 2001:db8::2 -r 2001:db8::99 -m",
    "-a -t 2001:db8::2 -r [2001:db8::99]:81 -m",
    "-Ln -t 2001:db8::2",
    "-D -t 2001:db8::2",
    "-Sn",
  ],
});

compare("hosts and ports by name", {
  steps: [
    "-A -t vip:http -s rr",
    "-A -t vip:https -s rr",
    "-A -u vip:http -s rr",
    "-A -u vip:domain -s rr",
    "-A -u vip:ntp -s rr",
    "-A -t vip:ntp -s rr",
    "-A --sctp-service vip:http -s rr",
    "-A --sctp-service vip:sip -s rr",
    "-A --sctp-service vip:m2ua -s rr",
    "-A --sctp-service vip:80 -s rr",
    "-A -t vip:HTTP -s rr",
    "-A -t vip:www -s rr",
    "-A -t VIP:81 -s rr",
    "-A -t vip.example.test:82 -s rr",
    "-A -t vip.example.test.:83 -s rr",
    "-A -t vip:nosuchservice -s rr",
    "-A -t vip: -s rr",
    "-A -t nosuchhost:80 -s rr",
    "-A -t nosuchhost -s rr -p",
    "-A -t both.example.test:80 -s rr",
    "-A -t multi:80 -s rr",
    "-A -t six:80 -s rr",
    "-A -t [six]:80 -s rr",
    "-A -t vip -s rr -p",
    "-A -t vip:http:80 -s rr",
    "-a -t vip:http -r rs1:http -m",
    "-a -t vip:http -r rs2:domain -m",
    "-a -u vip:domain -r rs1:ntp -m",
    "-a -u vip:domain -r rs2:http -m",
    "-a -r rs2:8080 -t vip:http -m",
    "-a -r rs1:http -t vip:https -m",
    "-a -r rs1:8081 -u vip:domain -m",
    "-A -f 9",
    "-a -f 9 -r rs1:http -m",
    "-a -f 9 -r rs1:ntp -m",
    "-a -f 9 -r rs2 -m",
    "-a -f http -r rs2 -m",
    "-e -t vip:http -r rs1:http -m -w 5",
    "-d -t vip:http -r rs1.example.test:80",
    "-D -u vip.example.test:domain",
    "-Sn",
  ],
});

compare("the port of a real server", {
  given: ["-A -t 10.0.0.1:80 -s rr", "-A -t 10.0.0.2:0 -s rr -p", "-A -t [2001:db8::1]:80 -s rr", "-A -f 9 -s rr"],
  steps: [
    "-a -t 10.0.0.1:80 -r 10.0.1.1 -m",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:0 -m",
    "-a -t 10.0.0.1:80 -r 10.0.1.2:8080 -g",
    "-a -t 10.0.0.1:80 -r 10.0.1.3:8080 -i",
    "-a -t 10.0.0.1:80 -r 10.0.1.4:8080",
    "-a -r 10.0.1.5 -t 10.0.0.1:80 -m",
    "-a -r 10.0.1.6 -t 10.0.0.1:80 -g",
    "-a -r 10.0.1.7:8080 -t 10.0.0.1:80 -m",
    "-a -m -r 10.0.1.8 -t 10.0.0.1:80",
    "-a -f 9 -r 10.0.1.1 -m",
    "-a -f 9 -r 10.0.1.2:8080 -m",
    "-a -f 9 -r 10.0.1.3:8080 -g",
    "-a -f 9 -r 10.0.1.4:http -i",
    "-a -f 9 -r 10.0.1.5",
    "-a -r 10.0.1.6:8080 -f 9",
    "-a -t 10.0.0.2 -r 10.0.1.1 -m",
    "-a -t 10.0.0.2 -r 10.0.1.2:8080 -m",
    "-a -t 10.0.0.2 -r 10.0.1.3:8080 -g",
    "-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -m",
    "-a -t 10.0.0.1:80 -r [2001:db8::1]:80",
    "-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -i",
    "-a -t 10.0.0.1:80 -r [2001:db8::1]:8080 -i",
    "-a -t 10.0.0.1:80 -r 2001:db8::2 -i",
    "-a -t [2001:db8::1]:80 -r 10.0.1.1:80 -m",
    "-a -t [2001:db8::1]:80 -r 10.0.1.1:80 -i",
    "-a -t [2001:db8::1]:80 -r 2001:db8::3 -m",
    "-a -t [2001:db8::1]:80 -r [2001:db8::4]:8080 -m",
    "-a -t [2001:db8::1]:80 -r [2001:db8::5] -m",
    "-a -t [2001:db8::1]:80 -r [2001:db8::6]:8080",
    "-a -f 9 -r 2001:db8::7 -i",
    "-a -f 9 -r 2001:db8::7 -m",
    "-Ln",
    "-d -t 10.0.0.1:80 -r 10.0.1.1",
    "-d -t 10.0.0.1:80 -r 10.0.1.1:8080",
    "-d -t 10.0.0.1:80 -r 10.0.1.2:8080",
    "-d -t 10.0.0.1:80 -r 10.0.1.2",
    "-d -r 10.0.1.3 -t 10.0.0.1:80",
    "-d -r 10.0.1.3:80 -t 10.0.0.1:80",
    "-d -t 10.0.0.1:80 -r [2001:db8::1]:80",
    "-d -t [2001:db8::1]:80 -r 10.0.1.1",
    "-d -f 9 -r 10.0.1.2",
    "-d -f 9 -r 10.0.1.2:8080",
    "-e -t 10.0.0.1:80 -r 10.0.1.7:8080 -g -w 9",
    "-e -t 10.0.0.1:80 -r 10.0.1.7:8080 -m -w 9",
    "-e -t 10.0.0.1:80 -r 10.0.1.7:8080 -i",
    "-e -t 10.0.0.1:80 -r 10.0.1.4 -m",
    "-e -f 9 -r 10.0.1.3:8080 -i",
    "-e -t [2001:db8::1]:80 -r 2001:db8::3 -i -w 0",
    "-Ln",
    "-Sn",
  ],
});

compare("real servers that are no addresses", {
  given: ["-A -t 10.0.0.1:80 -s rr"],
  steps: [
    "80",
    ":80",
    ":",
    "10.0.1.1:",
    "10.0.1.1:x",
    "10.0.1.256",
    "[10.0.1.1",
    "[2001:db8::5",
    "[2001:db8::5]:",
    "nosuch",
  ]
    .flatMap((server) => [`-a -t 10.0.0.1:80 -r ${server} -m`, `-a -t 10.0.0.1:80 -r ${server}`])
    .concat([["-a", "-t", "10.0.0.1:80", "-r", ""].join(" ")]),
});

compare("real servers that are hosts of an odd kind", {
  given: ["-A -t 10.0.0.1:80 -s rr", "-A -t [2001:db8::1]:80 -s rr"],
  steps: [
    ...["127.0.0.1", "127.0.0.2:81", "10.255.0.1", "10.0.0.1", "240.0.0.1"].flatMap((server) => [
      `-a -t 10.0.0.1:80 -r ${server} -m`,
      `-a -t 10.0.0.1:80 -r ${server}`,
    ]),
    ...["[::1]:80", "[2001:db8::1]:80", "10.0.1.1"].map((server) => `-a -t [2001:db8::1]:80 -r ${server} -i`),
  ],
});

compare("real servers that are no hosts", {
  given: ["-A -t 10.0.0.1:80 -s rr", "-A -t [2001:db8::1]:80 -s rr"],
  steps: [
    ...["-m", "", "-i"].flatMap((method) => [
      hinted(`-a -t 10.0.0.1:80 -r 224.0.0.1 ${method}`, "multicast"),
      hinted(`-a -t 10.0.0.1:80 -r 0.0.0.0 ${method}`, "unicast"),
      hinted(`-a -t 10.0.0.1:80 -r 255.255.255.255 ${method}`, "broadcast"),
      hinted(`-a -t 10.0.0.1:80 -r 10.255.0.255 ${method}`, "broadcast"),
      hinted(`-a -t [2001:db8::1]:80 -r [ff02::1]:80 ${method}`, "multicast"),
      hinted(`-a -t [2001:db8::1]:80 -r [fe80::1]:80 ${method}`, "link-local"),
      hinted(`-a -t [2001:db8::1]:80 -r [::]:80 ${method}`, "unicast"),
    ]),
    "-a -t [2001:db8::1]:80 -r [::ffff:10.0.0.5]:80 -m",
    "-Ln",
  ],
});

compare("IPv4 netmasks", {
  steps: [
    ...[
      "255.255.255.0",
      "255.255",
      "255.0.255.0",
      "0xffffff00",
      "0377.0377.0.0",
      "classc",
      "0.0.0.0",
      "255.255.255.255",
      "256.0.0.0",
      "",
      "foo",
      "/24",
      "33",
      "255.255.255.0 x",
      "::",
      "ffff::",
      "-1",
      "4294967295",
      "0.0.0.24",
    ].map((mask, index) => ["-A", "-t", `10.0.0.1:${index + 1}`, "-s", "rr", "-p", "-M", mask]),
    "-A -t 10.0.0.1:90 -s rr -M 255.255.255.0",
    "-A -M 255.255.0.0 -t 10.0.0.1:91 -s rr -p",
    "-A -f 1 -s rr -p -M 255.255.255.0",
    "-A -u 10.0.0.1:92 -s rr -p 60 --netmask=255.255.0.0",
    "-E -t 10.0.0.1:1 -s rr",
    "-E -t 10.0.0.1:90 -s rr -p",
    "-Ln",
    "-Sn",
  ],
});

compare("a netmask may be a prefix length", {
  steps: ["-A -t 10.0.0.1:2 -s rr -p -M 24", "-A -f 3 -s rr -p 60 -M 1", "-E -t 10.0.0.1:2 -s rr -p -M 32"],
  table: {
    difference: "prefix-netmask",
    rules: ["-A -t 10.0.0.1:2 -s rr -p", "-A -f 3 -s rr -p 60 -M 128.0.0.0"],
  },
});

compare("IPv6 netmasks", {
  steps: [
    "-A -M 255.255.0.0 -t [2001:db8::1]:1 -s rr -p",
    ...[
      "64",
      "255.255.255.0",
      "0",
      "129",
      "64abc",
      "128",
      "1",
      "ffff::",
      "",
      " 64",
      "+64",
      "-64",
      "64.5",
      "4294967295",
    ].map((mask, index) => ["-A", "-t", `[2001:db8::1]:${index + 2}`, "-s", "rr", "-p", "-M", mask]),
    "-A -M 255.255.255.0 -t [2001:db8::1]:91 -s rr -p",
    "-A -M ffff:: -t [2001:db8::1]:91 -s rr -p",
    "-A -f 2 -6 -s rr -p 60 -M 56",
    "-E -t [2001:db8::1]:2 -s rr -p",
    "-Ln",
    "-Sn",
  ],
});

compare("the netmask of a service that is not persistent is saved", {
  steps: [
    "-A -t [2001:db8::1]:90 -s rr -M 64",
    "-A -u 10.0.0.1:90 -s rr -M 255.255.255.0",
    differs("save-netmask", "-Sn", {
      stdout: "-A -u 10.0.0.1:90 -s rr -M 255.255.255.0\n-A -t [2001:db8::1]:90 -s rr -M 64\n",
    }),
    "-Ln",
  ],
});

compare("a netmask of more than 32 bits", {
  steps: [
    differs("wrapped-numbers", "-A -t [2001:db8::1]:15 -s rr -p -M 4294967360", {
      stderr: "illegal ipv6 netmask specified\n",
      status: 2,
    }),
  ],
  table: { difference: "wrapped-numbers", rules: [] },
});
