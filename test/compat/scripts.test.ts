import { compare, compareReading, useWorld } from "./harness/scenario.js";
import { differs, type Step } from "./harness/steps.js";

useWorld();

const save = (...args: string[]): Step => ({ program: "ipvsadm-save", args });
const restored = (rules: string, ...args: string[]): Step => ({ program: "ipvsadm-restore", args, stdin: rules });

const table = [
  "-A -t 10.0.0.1:80 -s rr -p 60 -M 255.255.255.0",
  "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 7",
  "-A -u [2001:db8::1]:53 -s wlc",
  "-A -f 7 -6 -s rr",
];

compareReading("ipvsadm-save", {
  given: table,
  steps: [
    save("-n"),
    save("-n", "-n", "foo"),
    save("-n", "foo"),
    save("foo", "-n"),
    save("-x"),
    save("-h"),
    save("--help"),
    save("-nn"),
    save("--numeric"),
    save("foo", "-x"),
    save("-n", "-x"),
    save("-"),
    save("--"),
  ],
});

compareReading("ipvsadm-save writes numbers without -n too", {
  given: table,
  steps: [save(), save("foo"), save("")].map((step) =>
    differs("save-numbers", step, {
      stdout:
        "-A -t 10.0.0.1:80 -s rr -p 60 -M 255.255.255.0\n-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 7\n" +
        "-A -u [2001:db8::1]:53 -s wlc\n-A -f 7 -6 -s rr\n",
    }),
  ),
});

compareReading("ipvsadm-save of an empty table", { steps: [save("-n"), save()] });

const rules = "# saved\n-A -t 10.0.0.2:80 -s wrr\n-a -t 10.0.0.2:80 -r 10.0.1.2:80 -g -w 2\n\n-A -f 9 -s rr\n";

compare("ipvsadm-restore replaces the table", { given: table, steps: [restored(rules), "-Sn", "-Ln"] });

compare("ipvsadm-restore of the same table", {
  given: table,
  steps: [restored(`${table.join("\n")}\n`), "-Sn", restored(`${table.join("\n")}\n`), "-Sn"],
});

compare("ipvsadm-restore edits what is there", {
  given: table,
  steps: [
    restored(
      "-A -t 10.0.0.1:80 -s wlc\n-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -i -w 0\n-a -t 10.0.0.1:80 -r 10.0.1.9 -m\n-A -f 7 -6 -s sh -b sh-port\n",
    ),
    "-Sn",
    "-Ln --tun-info",
  ],
});

compare("ipvsadm-restore of nothing into nothing", { steps: [restored(""), restored("\n# nothing\n"), "-Sn"] });

compare("ipvsadm-restore does not empty a table by mistake", {
  given: table,
  steps: [
    differs("restore-empty", restored(""), {
      stderr:
        "the input holds no service, but the table holds 3: nothing was changed; say --allow-empty to empty the table\n",
      status: 2,
    }),
  ],
  table: { difference: "restore-empty", rules: table },
});

compare("ipvsadm-restore changes nothing if there is a mistake", {
  given: table,
  steps: [
    differs("rule-lines", restored("-A -t 10.0.0.2:80 -s rr\n-A -t bad -s rr\n"), {
      stderr: "line 2: illegal virtual server address[:port] specified\n",
      status: 2,
    }),
  ],
  table: { difference: "rule-lines", rules: table },
});
