import { compare, useWorld } from "./harness/scenario.js";
import { hinted } from "./harness/steps.js";

useWorld();

const master = "--start-daemon master --mcast-interface d0";
const backup = "--start-daemon backup --mcast-interface d0";

compare("start, list and stop", {
  steps: [
    "-L --daemon",
    "--stop-daemon master",
    "--stop-daemon backup",
    master,
    "-L --daemon",
    master,
    `${master} --syncid 3`,
    "--stop-daemon backup",
    backup,
    "-L --daemon",
    "-L --daemon -n",
    "--stop-daemon master --syncid 99",
    "-L --daemon",
    "--stop-daemon=master",
    "-C",
    "--stop-daemon backup",
    "-L --daemon",
  ],
});

compare("interfaces", {
  steps: [
    hinted("--start-daemon master", "interface eth0"),
    hinted("--start-daemon master --mcast-interface eth7", "interface eth7"),
    hinted("--start-daemon master --mcast-interface down0", "down0 is down"),
    hinted("--start-daemon master --mcast-interface nodevicewithaverylongname", "interface nodevicewithave"),
    hinted(["--start-daemon", "master", "--mcast-interface", ""], "interface eth0"),
    hinted(["--start-daemon", "master", "--mcast-interface", "d0 "], "interface d0 "),
    "--start-daemon master --mcast-interface lo",
    "-L --daemon",
    "--stop-daemon master",
    "--start-daemon=backup --mcast-interface=d0",
    "-L --daemon",
  ],
});

compare("everything that can be set", {
  steps: [
    `${master} --syncid 7 --sync-maxlen 1400 --mcast-group 239.1.2.3 --mcast-port 9000 --mcast-ttl 5`,
    `${backup} --syncid 255 --mcast-group ff02::99 --mcast-port 65535 --mcast-ttl 255`,
    "-L --daemon",
  ],
});

const tried = (option: string, ...values: string[]) =>
  values.flatMap((value) => [[...master.split(" "), option, value], "-L --daemon", "--stop-daemon master"]);

compare("multicast groups", {
  steps: tried(
    "--mcast-group",
    "224.0.0.1",
    "239.255.255.255",
    "223.255.255.255",
    "240.0.0.0",
    "10.0.0.1",
    "224.1",
    "224.0.0.1 ",
    "0xe0000001",
    "ff02::1",
    "ff05::1:3",
    "ff02::1%d0",
    "2001:db8::1",
    "[ff02::1]",
    "::",
    "foo",
    "",
  ),
});

compare("message length", {
  steps: tried("--sync-maxlen", "0", "1", "28", "1023", "1472", "1473", "65507", "65508", "x", ""),
});
compare("multicast port", { steps: tried("--mcast-port", "0", "1", "8848", "65535", "65536", "http", "-1") });
compare("multicast time to live", { steps: tried("--mcast-ttl", "0", "1", "255", "256", "1x") });
compare("sync id", { steps: tried("--syncid", "0", "1", "255", "256", "-1", " 7", "7 ") });

compare("what the daemons do to the table", {
  steps: [
    backup,
    "-A -t 10.0.0.1:80 -s rr",
    hinted("-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -i", "sync daemon"),
    "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -i",
    "--stop-daemon backup",
    "-a -t 10.0.0.1:80 -r [2001:db8::1]:80 -i",
    hinted(master, "address family"),
    "-L --daemon",
    "-Ln",
  ],
});

compare("words after --start-daemon and --stop-daemon", {
  steps: [
    "--start-daemon foo",
    "--start-daemon MASTER",
    ["--start-daemon", ""],
    "--start-daemon=foo",
    "--start-daemon -n",
    "--stop-daemon foo",
    "--stop-daemon=foo",
    "--stop-daemon Backup",
    ["--stop-daemon", ""],
    "--stop-daemon master --syncid 300",
    "--stop-daemon master --mcast-interface d0",
    "--stop-daemon master --mcast-ttl 1",
    "--start-daemon master -w 1",
    "--start-daemon master backup",
  ],
});
