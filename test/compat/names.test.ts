import { compareReading, useWorld } from "./harness/scenario.js";
import { differs } from "./harness/steps.js";

useWorld();

const layouts = ["", "--stats", "--rate", "--thresholds", "--persistent-conn", "--tun-info"];

const named = [
  "-A -t 10.0.0.1:80 -s rr",
  "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m",
  "-a -t 10.0.0.1:80 -r 10.0.1.2:8080 -m",
  "-a -t 10.0.0.1:80 -r 10.0.1.3:9999 -m",
  "-a -t 10.0.0.1:80 -r 10.0.1.9:9999 -m",
  "-a -t 10.0.0.1:80 -r 10.0.1.10:9999 -m",
  "-A -t 10.0.1.9:443 -s rr",
  "-A -t 10.0.1.10:80 -s rr",
  "-A -t 10.0.0.3:80 -s rr",
  "-A -t 10.0.0.4:22 -s rr",
  "-A -t 10.0.0.5:25 -s rr",
  "-A -t 10.0.0.6:123 -s rr",
  "-A -t 10.0.0.8:80 -s rr",
  "-A -u 10.0.0.1:123 -s rr",
  "-a -u 10.0.0.1:123 -r 10.0.1.1:53 -m",
  "-a -u 10.0.0.1:123 -r 10.0.1.1:80 -m",
  "-A -u 10.0.0.1:443 -s rr",
  "-A --sctp-service 10.0.0.1:2904 -s rr",
  "-a --sctp-service 10.0.0.1:2904 -r 10.0.1.1:443 -m",
  "-A -t 127.0.0.1:21 -s rr",
  "-A -t [2001:db8::1]:80 -s rr",
  "-a -t [2001:db8::1]:80 -r [2001:db8::7]:5060 -m",
  "-a -t [2001:db8::1]:80 -r [2001:db8::99]:9999 -m",
  "-A -t [2001:db8::99]:9999 -s rr",
  "-A -t [::1]:80 -s rr",
  "-A -f 80 -s rr",
  "-a -f 80 -r 10.0.1.1:80 -m",
  "-A -f 443 -6 -s rr",
  "-a -f 443 -6 -r [2001:db8::1]:443 -m",
];

compareReading("listings with names", {
  given: named,
  steps: layouts.flatMap((layout) => [`-L ${layout}`, `-L ${layout} --nosort`, `-Ln ${layout}`]),
});

compareReading("one service with names", {
  given: named,
  steps: [
    "-L -t vip:http",
    "-L -t 10.0.0.1:80 --stats",
    "-L -u vip:ntp",
    "-L -t [2001:db8::1]:http --tun-info",
    "-L --sctp-service vip:m2ua",
    "-L -f 80",
    "-L -f 443 -6 --thresholds",
    "-L -t wanderer:80",
    "-L -t nosuch:80",
  ],
});

compareReading("names are not saved, which could not come back", {
  given: [
    "-A -t 10.0.0.8:80 -s rr",
    "-A -t [2001:db8::7]:80 -s rr",
    "-a -t [2001:db8::7]:80 -r [2001:db8::99]:9999 -m",
  ],
  steps: [
    differs("save-numbers", "-S", {
      stdout:
        "-A -t 10.0.0.8:80 -s rr\n-A -t [2001:db8::7]:80 -s rr\n-a -t [2001:db8::7]:80 -r [2001:db8::99]:9999 -m -w 1\n",
    }),
    "-Sn",
  ],
});
