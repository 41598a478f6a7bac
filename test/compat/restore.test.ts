import type { DifferenceId } from "./differences.js";
import { compare, useWorld } from "./harness/scenario.js";
import { differs, restore, type StepLike, shell } from "./harness/steps.js";
import { escaped } from "./rules.js";

useWorld();

const rule = (last: number) => `-A -t 10.0.0.${last}:80 -s rr`;

/** One file, and what is in the table after it. */
const file = (title: string, rules: string | Uint8Array, given: readonly string[] = []) =>
  compare(title, { given, steps: [restore(rules), "-Sn"] });

/** A file that leaves another table on purpose, the one that the original makes of `rules`. */
function differentFile(title: string, difference: DifferenceId, step: StepLike, rules: readonly string[]): void {
  compare(title, { steps: [step], table: { difference, rules } });
}

file(
  "blank lines, blanks, tabs, CRLF, the word ipvsadm, no final newline",
  `${rule(1)}\nipvsadm ${rule(2)}\n\n   \n\t-A\t-t  10.0.0.3:80   -s rr  \n${rule(4)}\r\n\r\n${rule(5)}`,
);
file("no rules", "");
file("only line ends", "\n\n");
file("only the word ipvsadm", "ipvsadm\nipvsadm ipvsadm\n");
file("the word ipvsadm anywhere", "ipvsadm ipvsadm -A -t 10.0.0.1:80 ipvsadm -s ipvsadm rr\n");
file("the word ipvsadm as part of another", "-A -t ipvsadm:80 -s rr\n");
file("one trailing blank and no final newline", `${rule(1)}\n${rule(2)} `);
file("a command as the last word, no final newline", `${rule(1)}\n-C`);
file("carriage return separates", `-A\r-t\r10.0.0.1:80\r-s\rrr\r\n`);
file("a very long line", `-A -t 10.0.0.1:80${" ".repeat(100_000)} -s rr\n`);
file("very many options", `-A -t 10.0.0.1:80 -s rr${" --sort".repeat(5000)}\n`);
file("a word of 4095 characters", `-A -t 10.0.0.1:80 -s rr\n-E -t 10.0.0.1:80 -p ${"60".padStart(4095, "0")}\n`);

file(
  "options do not leak from one line to the next",
  [
    "-A -t 10.0.0.1:80 -s rr -p 60 -M 255.255.255.0",
    "-A -t 10.0.0.2:80",
    "-a -t 10.0.0.2:80 -r 10.0.1.1 -m -w 7",
    "-a -t 10.0.0.2:80 -r 10.0.1.2",
    "-A -f 1 -6 -s sh -b sh-port",
    "-A -f 2 -s rr",
    "",
  ].join("\n"),
);

file(
  "every kind of change",
  [
    "-C",
    "-A -t 10.0.0.1:80 -s rr",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 1",
    "-a -t 10.0.0.1:80 -r 10.0.1.2:80 -i -w 2 --tun-type gue --tun-port 6080 --tun-nocsum",
    "-e -t 10.0.0.1:80 -r 10.0.1.1:80 -m -w 3",
    "-E -t 10.0.0.1:80 -s wrr -p 60",
    "-d -t 10.0.0.1:80 -r 10.0.1.2:80",
    "-A -u 10.0.0.1:53 -s wlc -o",
    "-D -u 10.0.0.1:53",
    "-Z",
    "-Z -t 10.0.0.1:80",
    "--set 0 0 33",
    "--start-daemon master --mcast-interface d0 --syncid 9",
    "",
  ].join("\n"),
  [rule(9)],
);

file(
  "listings in the middle see the lines before them",
  [
    rule(1),
    "-Ln",
    "-a -t 10.0.0.1:80 -r 10.0.1.1 -m",
    "-L -n -t 10.0.0.1:80",
    "-S -n",
    "--set 0 0 77",
    "-L --timeout",
    "-L --daemon",
    "-L -c -n",
    "-Ln --stats",
    "-D -t 10.0.0.1:80",
    "-Ln",
    "",
  ].join("\n"),
);

file(
  "names",
  "-A -t vip:http -s rr\n-a -t vip:http -r rs1:webcache -m\n-A -u vip:domain\n-A --sctp-service vip:m2ua\n",
);

compare("a save comes back", {
  given: [
    "-A -t 10.0.0.1:80 -s sh -p 60 -M 255.255.255.0 -b sh-port",
    "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 7",
    "-a -t 10.0.0.1:80 -r 10.0.1.2:80 -i -w 0 --tun-type gre --tun-csum",
    "-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1",
    "-a -f 7 -6 -r [2001:db8::1]:0 -g -w 1",
  ],
  steps: [
    "-C",
    restore(
      [
        "-A -t 10.0.0.1:80 -s sh -p 60 -M 255.255.255.0 -b sh-port",
        "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 7",
        "-a -t 10.0.0.1:80 -r 10.0.1.2:80 -i -w 0 --tun-type gre --tun-csum",
        "-A -f 7 -6 -s rr -p 50 -M 64 --pe sip -o -b flag-1",
        "-a -f 7 -6 -r [2001:db8::1]:0 -g -w 1",
        "",
      ].join("\n"),
    ),
    "-Sn",
  ],
});

/** What the original says of the mistake, which it finds after it has carried out the lines before. */
const mistake = (line: number) => ({
  stderr: (original: string) => `line ${line}: ${escaped(original.trimEnd())}\n`,
  status: 2,
});

for (const [title, line] of [
  ["an address that is none", "-A -t bad:80 -s rr"],
  ["an option that is none", "-A -t 10.0.0.2:80 --bogus"],
  ["an argument missing", "-A -t 10.0.0.2:80 -s"],
  ["a first option that is none", "--bogus"],
  ["a first option that is no command", "-n -L"],
  ["no option at all", "foo"],
  ["a path before the options", "/sbin/ipvsadm -A -t 10.0.0.6:80 -s rr"],
  ["a word before the options", "add -A -t 10.0.0.6:80 -s rr"],
  ["double quotes", '-A -t "10.0.0.6:80" -s rr'],
  ["single quotes", "-A -t '10.0.0.6:80' -s rr"],
  ["two commands in a line", "-A -t 10.0.0.6:80 -s rr; -C"],
  ["a continued line", "-A -t 10.0.0.6:80 \\"],
  ["form feed", "-A\f-t 10.0.0.6:80 -s rr"],
  ["an option that the command does not take", "-A -t 10.0.0.6:80 -w 1"],
  ["-6 before -f", "-A -6 -f 1"],
  ["a tunnel without its port", "-a -t 10.0.0.1:80 -r 10.0.1.1 -i --tun-type gue"],
  ["a word too many", "--set 1 2 3 4"],
  ["-p with a bad value", "-A -t 10.0.0.6:80 -p x"],
] as const) {
  const rules = `${rule(1)}\n\n${line}\n${rule(3)}\n`;
  differentFile(
    `a mistake changes nothing: ${title}`,
    "rule-lines",
    differs("rule-lines", restore(rules), mistake(3)),
    [],
  );
}

const marked = (line: number) => ({
  stderr: `line ${line}: a byte order mark (U+FEFF) stands before the rule: save the file as UTF-8 without one\n`,
  status: 2,
});
differentFile(
  "a byte order mark",
  "rule-lines",
  differs("rule-lines", restore(`${rule(1)}\n\ufeff${rule(2)}\n`), marked(2)),
  [],
);
compare("a byte order mark before the first rule, and JSON", {
  steps: [
    differs("rule-lines", restore(`\ufeff${rule(1)}\n`), marked(1)),
    ...["[]", ' {"services":[]}\n'].map((json) =>
      differs("rule-lines", restore(json), { stderr: /^this is JSON, but -R reads rules; /, status: 2 }),
    ),
  ],
});

differentFile(
  "-R has no place in the input of -R",
  "restore-in-restore",
  differs("restore-in-restore", restore(`${rule(1)}\n-R\n`), { stderr: /^line 2: .*-R.*\n$/, status: 2 }),
  [],
);

differentFile(
  "every mistake is told",
  "rule-lines",
  differs("rule-lines", restore(`${rule(1)}\n-A -t bad\n${rule(2)}\n-X\n-A -w x\n`), {
    stderr:
      "line 2: illegal virtual server address[:port] specified\n" +
      "line 4: Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n" +
      "line 5: illegal weight specified\n",
    status: 2,
  }),
  [],
);

const refused = (status: number, ...lines: string[]) => ({
  stderr: lines.map((line) => `line ${line}\n`).join(""),
  status,
});

compare("a refusal names its line, later lines still run", {
  steps: [
    differs("rule-lines", restore(`${rule(1)}\n${rule(1)}\n${rule(3)}\n`), refused(0, "2: Service already exists")),
    differs("rule-lines", restore(`${rule(4)}\n\n${rule(5)}\n${rule(4)}\n`), refused(0, "4: Service already exists")),
    differs(
      "rule-lines",
      restore(
        "-E -t 10.0.0.6:80 -s rr\n-a -t 10.0.0.6:80 -r 10.0.1.1\n-d -t 10.0.0.1:80 -r 10.0.1.1\n--stop-daemon backup\n-Z\n",
      ),
      refused(255, "1: No such service", "2: Service not defined", "3: No such destination", "4: No daemon is running"),
    ),
    "-Ln",
  ],
});

const service = rule(1);
const server = "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m";
const gone = "-D -t 10.0.0.1:80";

/** Whether `-R` fails, by the original's rule and by ours. */
function statuses(
  title: string,
  [original, ours]: readonly [original: number, ours: number],
  given: readonly string[],
  ...lines: string[]
): void {
  const run = shell("ipvsadm -R 2>/dev/null", `${lines.join("\n")}\n`);
  const step = original === ours ? run : differs("refused-lines", run, { status: ours });
  compare(`status of -R: ${title}`, { given, steps: [step, "-Sn"] });
}

statuses("a service is deleted before it is added, as PyBal does", [0, 0], [], gone, service);
statuses("a doubled line at the end", [255, 0], [], service, server, server);
statuses("a deletion of what is gone at the end", [255, 0], [service], gone, gone);
statuses("a server before its service", [0, 255], [], server, service);
statuses("a server before its service, and again", [0, 0], [], server, service, server);
statuses("another service is in the way", [0, 255], ["-A -t 10.0.0.1:80 -s wrr"], service, server);
statuses("an edit of no service", [0, 255], [], "-E -t 10.0.0.1:80 -s rr", "-Z");
statuses("the counters of no service", [255, 255], [], "-Z -t 10.0.0.1:80");

differentFile(
  "a listing of a service that is not there does not end the run",
  "rule-lines",
  differs("rule-lines", restore(`-L -n -t 10.0.0.99:80\n${rule(1)}\n`), refused(1, "1: No such service")),
  [rule(1)],
);

differentFile(
  "a comment line",
  "comments",
  differs("comments", restore(`# saved today\n${rule(1)}\n  # indented\n#\n#-C\n`), { stderr: "", status: 0 }),
  [rule(1)],
);
differentFile(
  "a comment after a rule",
  "comments",
  differs("comments", restore(`${rule(1)} # the first\n${rule(2)}\t#\n`), { stderr: "", status: 0 }),
  [rule(1), rule(2)],
);
compare("a number sign inside a word is no comment", {
  steps: [differs("rule-lines", restore("-A -t 10.0.0.1:80#x -s rr\n"), mistake(1))],
});

differentFile(
  "a vertical tab belongs to its word, also as a blank before a number",
  "rule-lines",
  differs("rule-lines", restore(`${rule(1)} -p\v60\n${rule(2)} -p \v\n`), {
    stderr: "line 2: invalid timeout value `\\u000b' specified\n",
  }),
  [],
);

compare("help and version end the run", {
  given: [rule(1)],
  steps: [
    differs("help", restore("-h\n-C\n"), { stdout: /--add-service/ }),
    differs("version", restore("-v\n-C\n"), { stdout: /^ipvsadm v1\.31 .*\n$/ }),
    "-Sn",
  ],
});

differentFile(
  "two trailing blanks and no final newline do not lose the last rule",
  "last-line",
  restore(`${rule(1)}\n${rule(2)}  `),
  [rule(1), rule(2)],
);
