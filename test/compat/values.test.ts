import { compare, useWorld } from "./harness/scenario.js";
import { differs, hinted, type StepLike } from "./harness/steps.js";

useWorld();

const service = "-A -t 10.0.0.1:80 -s rr";

/** Spellings of numbers that a reader of C's strtol sees differently than most others. */
const numbers = [
  "0",
  "1",
  "5",
  "255",
  "256",
  "65507",
  "65508",
  "65535",
  "65536",
  "2678400",
  "2678401",
  "2147483647",
  "2147483648",
  "4294967295",
  "4294967296",
  "9223372036854775807",
  "9223372036854775808",
  "18446744073709551616",
  "99999999999999999999999",
  "-1",
  "-0",
  "+5",
  "--5",
  "+-5",
  "010",
  "0x10",
  "5.0",
  "5e1",
  "5,",
  " 5",
  "\t5",
  "\n5",
  "\v5",
  "\f5",
  "5 ",
  "5\n",
  "",
  " ",
  "-",
  "+",
  "x",
  "٥",
];

const numbersIn = (words: (index: number) => string, option: string): StepLike[] =>
  numbers.map((number, index) => [...words(index).split(" "), `${option}=${number}`]);

compare("numbers after -w", {
  given: [service],
  steps: numbersIn((i) => `-a -t 10.0.0.1:80 -m -r 10.0.1.${i + 1}`, "-w"),
});

compare("numbers after -x", {
  given: [service],
  steps: [...numbersIn((i) => `-a -t 10.0.0.1:80 -m -r 10.0.1.${i + 1}`, "--u-threshold"), "-Ln --thresholds"],
});

compare("numbers after -y", {
  given: [service],
  steps: [...numbersIn((i) => `-a -t 10.0.0.1:80 -m -r 10.0.1.${i + 1} -x 2147483647`, "-y"), "-Ln --thresholds"],
});

compare("numbers after -p", { steps: numbersIn((i) => `-A -t 10.0.0.1:${i + 1} -s rr`, "-p") });

compare("numbers after -f", { steps: numbersIn(() => "-A -s rr", "-f") });

compare("numbers after --tun-port", {
  given: [service],
  steps: numbersIn((i) => `-a -t 10.0.0.1:80 -i --tun-type gue -r 10.0.1.${i + 1}`, "--tun-port"),
});

compare("numbers as ports", {
  steps: numbers.flatMap((number, index): StepLike[] => [
    ["-A", "-s", "rr", "-t", `10.0.0.${index + 1}:${number}`],
    ["-A", "-s", "rr", "-p", "-u", `[2001:db8::${index + 1}]:${number}`],
  ]),
});

compare("numbers of --set", {
  steps: numbers.flatMap((number): StepLike[] => [
    ["--set", "--", number, "2", "3"],
    ["--set", "--", "1", "2", number],
    "-L --timeout",
  ]),
});

compare("--set looks at tcp, tcpfin, udp in this order", {
  steps: [
    "--set a 2 3",
    "--set 1 b 3",
    "--set 1 2 c",
    "--set a b c",
    "--set a b",
    "--set a b c d",
    "--set a b c -n",
    "--set 1 2 3 4 -n",
    "--set 1 2 -n",
    "--set 1,2,3",
    "--set 2678400 2678400 2678400",
    "-L --timeout",
    "--set 0 0 0",
    "-L --timeout",
    "--set 0 77 0",
    "-L --timeout -n",
  ],
});

compare("schedulers", {
  steps: [
    ...["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh"].flatMap(
      (name, index) => [
        `-A -t 10.0.0.1:${index + 1} -s ${name}`,
        `-E -t 10.0.0.1:${index + 1} -s ${name} -p`,
        `-A -f ${index + 1} --scheduler=${name}`,
      ],
    ),
    "-A -t 10.0.0.2:1",
    hinted("-A -t 10.0.0.2:2 -s nosuch", "no scheduler"),
    hinted("-A -t 10.0.0.2:3 -s averyveryverylongname", "no scheduler"),
    hinted("-A -t 10.0.0.2:4 -s ../etc", "no scheduler"),
    hinted("-A -t 10.0.0.2:5 -s RR", "no scheduler"),
    hinted(["-A", "-t", "10.0.0.2:6", "-s", "rr "], "no scheduler"),
    hinted("-A -t 10.0.0.2:7 -s rrrrrrrrrrrrrrrrrr", "no scheduler"),
    ["-A", "-t", "10.0.0.2:8", "-s", ""],
    hinted("-A -t 10.0.0.2:9 -s é", "no scheduler"),
    hinted("-E -t 10.0.0.1:1 -s nosuch", "no scheduler"),
    "-E -t 10.0.0.1:1",
    "-Ln",
    "-Sn",
  ],
});

compare("persistence engines", {
  steps: [
    "-A -u 10.0.0.1:5060 -s rr -p --pe sip",
    "-A -u 10.0.0.1:5061 -s rr --pe sip",
    "-A -t 10.0.0.1:5062 -s rr -p --pe sip",
    hinted("-A -u 10.0.0.1:5063 -s rr -p --pe nosuch", "no persistence engine"),
    ["-A", "-u", "10.0.0.1:5067", "-s", "rr", "-p", "--pe", ""],
    hinted("-A -u 10.0.0.1:5068 -s rr -p --pe averyveryverylongname", "no persistence engine"),
    hinted("-A -u 10.0.0.1:5068 -s rr -p --pe sipp", "no persistence engine"),
    "-A -f 6 -s rr -p --pe sip",
    "-A -f 7 -6 -s rr -p 50 --pe sip -o -b flag-1 -M 64",
    "-A -u [2001:db8::1]:5060 -s rr -p 60 -M 64 --pe=sip",
    "-Ln",
    "-Sn",
    "-E -u 10.0.0.1:5060 -s rr -p",
    hinted("-E -u 10.0.0.1:5061 -s rr -p --pe nosuch", "no persistence engine"),
    "-E -u 10.0.0.1:5061 -s rr -p 70",
    "-E -t 10.0.0.1:5062 -s rr --pe sip",
    "-Ln",
    "-Sn",
  ],
});

compare("one-packet scheduling", {
  steps: [
    "-A -u 10.0.0.1:5064 -s rr -o",
    "-A -u 10.0.0.1:5065 -s rr -o -p",
    "-A -u [2001:db8::1]:53 -s rr --ops",
    "-A -t 10.0.0.1:5066 -s rr -o",
    "-A --sctp-service 10.0.0.1:5066 -s rr -o",
    "-A -f 5 -s rr -o",
    "-A -f 5 -6 -s rr -o",
    "-A -u 10.0.0.1 -o",
    "-E -u 10.0.0.1:5064 -s rr",
    "-E -t 10.0.0.1:5066 -s rr -o",
    "-Ln",
    "-Sn",
  ],
});

const many = (count: number) => Array(count).fill("flag-1").join(",");

compare("scheduler flags", {
  steps: [
    "-A -t 10.0.0.1:1 -s sh -b sh-port",
    "-A -t 10.0.0.1:2 -s sh -b sh-fallback",
    "-A -t 10.0.0.1:3 -s sh -b sh-port,sh-fallback",
    "-A -t 10.0.0.1:4 -b sh-port -s sh",
    "-A -t 10.0.0.1:5 -s sh -b flag-1",
    "-A -t 10.0.0.1:6 -s sh -b flag-2,flag-1",
    "-A -t 10.0.0.1:7 -s mh -b mh-port,mh-fallback",
    "-A -t 10.0.0.1:8 -s mh -b mh-port",
    "-A -t 10.0.0.1:9 -s mh -b mh-fallback",
    "-A -t 10.0.0.1:10 -s rr -b flag-1,flag-2,flag-3",
    "-A -t 10.0.0.1:11 -s rr -b flag-2",
    "-A -t 10.0.0.1:12 -b flag-3",
    "-A -t 10.0.0.1:13 -s mh -b flag-2",
    "-A -t 10.0.0.1:14 -s rr -b sh-port",
    "-A -t 10.0.0.1:15 -b sh-port",
    "-A -t 10.0.0.1:16 -s sh -b mh-port",
    "-A -t 10.0.0.1:17 -s mh -b sh-port",
    "-A -t 10.0.0.1:18 -s sh -b nosuch",
    "-A -t 10.0.0.1:19 -s sh -b sh-port,nosuch",
    "-A -t 10.0.0.1:20 -s sh -b mh-port,nosuch",
    ["-A", "-t", "10.0.0.1:20", "-s", "sh", "-b", "sh-port, sh-fallback"],
    "-A -t 10.0.0.1:21 -s sh -b ,sh-port,,sh-fallback,",
    ["-A", "-t", "10.0.0.1:22", "-s", "sh", "-b", ""],
    "-A -t 10.0.0.1:24 -s sh -b sh-port,sh-port",
    "-A -t 10.0.0.1:25 -s sh -bsh-port",
    "-A -t 10.0.0.1:26 -s sh --sched-flags=sh-port",
    `-A -t 10.0.0.1:27 -s rr -b ${many(17)},flag-2`,
    "-A -t 10.0.0.1:29 -s sh -b SH-PORT",
    "-A -t 10.0.0.1:30 -s nosuch -b sh-port",
    hinted("-A -t 10.0.0.1:31 -s nosuch -b flag-1", "no scheduler"),
    "-Ln",
    "-Sn",
    "-E -t 10.0.0.1:3 -s sh",
    "-E -t 10.0.0.1:10 -s sh -b sh-port",
    "-E -t 10.0.0.1:11",
    "-Ln",
  ],
});

compare("many scheduler flags", {
  steps: [differs("long-flags", `-A -t 10.0.0.1:28 -s rr -b ${many(19)},flag-2`, { stderr: "", status: 0 })],
  table: { difference: "long-flags", rules: ["-A -t 10.0.0.1:28 -s rr -b flag-1,flag-2"] },
});
