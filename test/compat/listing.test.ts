import { compare, compareReading, useWorld } from "./harness/scenario.js";
import { differs } from "./harness/steps.js";

useWorld();

/** Something of everything that a listing can show, in an order that the original's sort keeps too. */
const rich = [
  "-A -t 192.168.100.200:65535 -s lblcr -p 86400 -M 255.255.255.128",
  "-a -t 192.168.100.200:65535 -r 192.168.100.201:65535 -i -w 5",
  "-a -t 192.168.100.200:65535 -r 192.168.100.202:65535 -i --tun-type gue --tun-port 6080 --tun-nocsum",
  "-a -t 192.168.100.200:65535 -r 192.168.100.203:65535 -i --tun-type gue --tun-port 6080 --tun-csum",
  "-a -t 192.168.100.200:65535 -r 192.168.100.204:65535 -i --tun-type gue --tun-port 65535 --tun-remcsum",
  "-a -t 192.168.100.200:65535 -r 192.168.100.205:65535 -i --tun-type gre --tun-nocsum",
  "-a -t 192.168.100.200:65535 -r 192.168.100.206:65535 -i --tun-type gre --tun-csum",
  "-A -t 192.168.0.1:80 -s rr",
  "-a -t 192.168.0.1:80 -r 192.168.1.1:8080 -m -w 0",
  "-a -t 192.168.0.1:80 -r 192.168.1.2:80 -w 65535",
  "-a -t 192.168.0.1:80 -r 192.168.1.3:80 -i -w 2147483647",
  "-a -t 192.168.0.1:80 -r 192.168.100.200:65535 -m -w 10",
  "-A -t 192.168.0.1:443 -s wlc",
  "-A -t 192.168.0.9:0 -s rr -p -M 0.0.0.0",
  "-A -u 192.168.0.1:53 -s wlc -o",
  "-a -u 192.168.0.1:53 -r 192.168.1.1:53 -m",
  "-A -u 192.168.0.1:5060 -s rr -p 60 --pe sip",
  "-a -u 192.168.0.1:5060 -r 192.168.1.1:5060 -m",
  "-A -u 192.168.0.1:5061 -s rr --pe sip",
  "-A --sctp-service 192.168.0.1:2904 -s sh -b sh-fallback,sh-port",
  "-a --sctp-service 192.168.0.1:2904 -r 192.168.1.1:2905 -m -x 1000 -y 500",
  "-A -t [2001:db8::80]:80 -s mh -b mh-port",
  "-a -t [2001:db8::80]:80 -r [2001:db8::1]:8080 -m -x 2147483647",
  "-a -t [2001:db8::80]:80 -r [2001:db8:1111:2222:3333:4444:5555:6666]:80 -w 1234567",
  "-A -t [2001:db8:1111:2222:3333:4444:5555:6666]:65535 -s wrr -p 300 -M 64",
  "-A -f 1 -s rr",
  "-a -f 1 -r 192.168.1.1 -m",
  "-a -f 1 -r 192.168.1.2:8080 -m",
  "-A -f 2 -6 -s rr -p",
  "-a -f 2 -6 -r [2001:db8::1]:0",
  "-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1",
  "-A -f 2147483647 -s fo -b flag-1,flag-2,flag-3",
];

const layouts = ["", "--stats", "--rate", "--thresholds", "--persistent-conn", "--tun-info"];

compareReading("every layout, sorted or not, with names or numbers", {
  given: rich,
  steps: layouts.flatMap((layout) =>
    ["-L -n", "-L", "-L -n --nosort", "-L --nosort", "-L -n --exact", "-L --exact"].map((list) => `${list} ${layout}`),
  ),
});

compareReading("which layout wins", {
  given: rich,
  steps: layouts
    .flatMap((one) => layouts.map((other) => `-Ln ${one} ${one === other ? "" : other}`))
    .concat([
      "-Ln --stats --rate --thresholds --persistent-conn --tun-info",
      "-Ln --rate --thresholds --persistent-conn --tun-info --exact",
      "-Ln --thresholds --persistent-conn --tun-info",
    ]),
});

const services = [
  "-t 192.168.0.1:80",
  "-t 192.168.100.200:65535",
  "-u 192.168.0.1:53",
  "--sctp-service 192.168.0.1:2904",
  "-t [2001:db8::80]:80",
  "-f 1",
  "-f 2 -6",
  "-f 7 -6",
  "-t 192.168.0.9",
];

compareReading("every layout of one service", {
  given: rich,
  steps: services.flatMap((service) => layouts.map((layout) => `-Ln ${service} ${layout}`)),
});

compareReading("one service with names, not sorted, exact", {
  given: rich,
  steps: [
    ...services.map((service) => `-L ${service}`),
    "-Ln -t 192.168.0.1:80 --nosort",
    "-Ln -t 192.168.0.1:80 --stats --exact",
    "-L -t 192.168.0.1:http --rate --exact",
    "-L -t 192.168.0.1:www",
    "-L -t 192.168.0.1:81",
    "-L -f 3",
    "-L -f 2",
  ],
});

compareReading("an empty table", {
  steps: ["", ...layouts].flatMap((layout) => [`-L ${layout}`, `-Ln ${layout} --nosort`]).concat(["-Sn", "-S"]),
});

compareReading("a service without servers, a server without weight", {
  given: ["-A -t 10.0.0.1:80", "-A -u 10.0.0.1:80", "-a -u 10.0.0.1:80 -r 10.0.1.1 -w 0"],
  steps: layouts.map((layout) => `-Ln ${layout}`),
});

const lossless = rich.filter((rule) => !rule.includes("-x "));

compareReading("saving", { given: lossless, steps: ["-Sn", "-S -n", "--save --numeric", "-S -n --sort"] });

compareReading("saving writes the thresholds that 1.31 loses", {
  given: [
    "-A -t 10.7.0.1:7000",
    "-a -t 10.7.0.1:7000 -r 10.7.1.1 -m -w 3 -x 10 -y 5",
    "-a -t 10.7.0.1:7000 -r 10.7.1.2 -x 7",
  ],
  steps: ["-Sn", "-S"].map((save) =>
    differs("save-thresholds", save, {
      stdout:
        "-A -t 10.7.0.1:7000 -s wlc\n" +
        "-a -t 10.7.0.1:7000 -r 10.7.1.1:7000 -m -w 3 -x 10 -y 5\n" +
        "-a -t 10.7.0.1:7000 -r 10.7.1.2:7000 -g -w 1 -x 7\n",
    }),
  ),
});

compareReading("saving writes numbers", {
  given: ["-A -t 10.0.0.1:80 -s rr", "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m", "-A -t [2001:db8::1]:80 -s rr"],
  steps: [
    "-Sn",
    differs("save-numbers", "-S", {
      stdout: "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 1\n-A -t [2001:db8::1]:80 -s rr\n",
    }),
  ],
});

const title =
  "IP Virtual Server version 1.2.1 (size=4096)\n" +
  "Prot LocalAddress:Port Scheduler Flags\n" +
  "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n";

compareReading("firewall marks are unsigned", {
  given: ["-A -f 2147483648 -s rr", "-A -f 4294967295 -6 -s rr", "-a -f 2147483648 -r 10.0.1.1:80 -m"],
  steps: [
    differs("fwmark-unsigned", "-Ln", {
      stdout:
        `${title}FWM  2147483648 rr\n  -> 10.0.1.1:80                  Masq    1      0          0         \n` +
        "FWM  4294967295 IPv6 rr\n",
    }),
    differs("fwmark-unsigned", "-Ln -f 4294967295 -6", {
      stdout: (text) => text.replace("FWM  -1", "FWM  4294967295"),
    }),
    differs("fwmark-unsigned", "-Ln -f 2147483648 --stats", {
      stdout: (text) => text.replace("FWM  -2147483648                 ", "FWM  2147483648                  "),
    }),
    differs("fwmark-unsigned", "-Sn", {
      stdout: "-A -f 2147483648 -s rr\n-a -f 2147483648 -r 10.0.1.1:80 -m -w 1\n-A -f 4294967295 -6 -s rr\n",
    }),
  ],
});

const save = (...addresses: string[]) => addresses.map((address) => `-A -t ${address} -s rr\n`).join("");

compareReading("services are in the order of their numbers", {
  given: ["200.0.0.1:80", "10.0.0.1:80", "128.0.0.1:80", "1.0.0.1:80", "10.0.0.1:9"].map(
    (address) => `-A -t ${address} -s rr`,
  ),
  steps: [
    differs("numeric-order", "-Sn", {
      stdout: save("1.0.0.1:80", "10.0.0.1:9", "10.0.0.1:80", "128.0.0.1:80", "200.0.0.1:80"),
    }),
  ],
});

compareReading("IPv6 services are in the order of their numbers", {
  given: ["[ff02::1]:80", "[::1]:80", "[2001:db8::1]:80"].map((address) => `-A -t ${address} -s rr`),
  steps: [differs("numeric-order", "-Sn", { stdout: save("[::1]:80", "[2001:db8::1]:80", "[ff02::1]:80") })],
});

compareReading("servers are in the order of their numbers, IPv4 first", {
  given: [
    "-A -t 10.0.0.1:80 -s rr",
    ...["223.1.1.1", "[fd00::1]:80", "10.0.1.1", "[2001:db8::1]:80", "128.0.0.1", "1.1.1.1"].map(
      (server) => `-a -t 10.0.0.1:80 -r ${server} -i`,
    ),
  ],
  steps: [
    differs("numeric-order", "-Sn", {
      stdout: `${save("10.0.0.1:80")}${[
        "1.1.1.1:80",
        "10.0.1.1:80",
        "128.0.0.1:80",
        "223.1.1.1:80",
        "[2001:db8::1]:80",
        "[fd00::1]:80",
      ]
        .map((server) => `-a -t 10.0.0.1:80 -r ${server} -i -w 1 --tun-type ipip\n`)
        .join("")}`,
    }),
  ],
});

compareReading("flags without a name have numbers", {
  given: [
    "-A -t 10.0.0.1:80 -s sh -b flag-3",
    "-A -t 10.0.0.2:80 -s mh -b mh-port,flag-3",
    "-A -t 10.0.0.3:80 -s rr -b flag-3",
  ],
  steps: [
    differs("unnamed-flags", "-Ln", {
      stdout: `${title}TCP  10.0.0.1:80 sh (flag-3)\nTCP  10.0.0.2:80 mh (mh-port,flag-3)\nTCP  10.0.0.3:80 rr (flag-3)\n`,
    }),
    differs("unnamed-flags", "-Sn", {
      stdout:
        "-A -t 10.0.0.1:80 -s sh -b flag-3\n-A -t 10.0.0.2:80 -s mh -b mh-port,flag-3\n-A -t 10.0.0.3:80 -s rr -b flag-3\n",
    }),
  ],
});

compare("long addresses and counters at rest", {
  given: [
    "-A -t [2001:db8:1111:2222:3333:4444:5555:6666]:65535 -s wrr -p 2678400 -M 1",
    "-a -t [2001:db8:1111:2222:3333:4444:5555:6666]:65535 -r [2001:db8:1111:2222:3333:4444:5555:7777]:65535 -w 2147483647",
    "-a -t [2001:db8:1111:2222:3333:4444:5555:6666]:65535 -r 192.168.100.100:65535 -i --tun-type gue --tun-port 65535",
  ],
  steps: layouts.map((layout) => `-Ln ${layout} --nosort`),
});
