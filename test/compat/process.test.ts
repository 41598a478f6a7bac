import { executable } from "../programs.js";
import { compare, compareReading, useWorld } from "./harness/scenario.js";
import { differs, shell } from "./harness/steps.js";

useWorld();

const table = [
  "-A -t 10.0.0.1:80 -s rr",
  "-a -t 10.0.0.1:80 -r 10.0.1.1:8080 -m -w 7",
  "-A -u 10.0.0.1:53 -s wlc -o",
  "-A -f 5 -s lc",
];

compare("exit statuses", {
  given: table,
  steps: [
    "ipvsadm; echo $?",
    "ipvsadm -Ln; echo $?",
    "ipvsadm -A -t 10.0.0.2:80 -s rr; echo $?",
    "ipvsadm -A -t 10.0.0.2:80 -s rr; echo $?",
    "ipvsadm -A; echo $?",
    "ipvsadm --bogus; echo $?",
    "ipvsadm -L --bogus; echo $?",
    "ipvsadm -L -t 10.0.0.9:80; echo $?",
    "ipvsadm -A -t 10.0.0.2:80 2>/dev/null && echo added || echo refused",
    "ipvsadm -D -t 10.0.0.2:80 && ipvsadm -Sn",
    "! ipvsadm -Z -f 99",
  ].map((snippet) => shell(snippet)),
});

compareReading("standard input of commands that read none", {
  given: table,
  steps: ["ipvsadm -Ln <&-", "echo -C | ipvsadm -Sn", "echo -C | ipvsadm -C -n", "ipvsadm -Ln </dev/zero"].map(
    (snippet) => shell(snippet),
  ),
});

compare("standard input of -R", {
  steps: [
    shell("ipvsadm -R", "-A -t 10.0.0.1:80 -s rr\n"),
    shell("printf -- '-A -t 10.0.0.2:80 -s rr\\n' | ipvsadm -R; echo $?; ipvsadm -Sn"),
    shell("ipvsadm -R <<<'-A -t 10.0.0.3:80 -s rr'; ipvsadm -Sn"),
    shell("(echo -A -t 10.0.0.4:80; sleep 0.3; echo -A -t 10.0.0.5:80) | ipvsadm -R; ipvsadm -Sn"),
    shell("ipvsadm -R <&-; echo $?"),
    shell("ipvsadm -R </dev/null; echo $?"),
    shell("ipvsadm -R </nonexistent; echo $?"),
    shell("cat | ipvsadm -R", "-a -t 10.0.0.1:80 -r 10.0.1.1 -m\n-L -n\n"),
    shell("ipvsadm -Sn | ipvsadm -R 2>&1 >/dev/null | head -n 1 | cut -c 1-4 | tr -d '\\n' | wc -c"),
  ],
});

const unreadable = { stderr: /^cannot read standard input: EISDIR: [^\n]*\n$/, status: 2 };

compareReading("standard input that cannot be read", {
  given: table,
  steps: [
    differs("unreadable-input", shell("ipvsadm -R </"), unreadable),
    differs("unreadable-input", shell("ipvsadm -R </; ipvsadm -Sn"), {
      stderr: unreadable.stderr,
    }),
  ],
});

const many = Array.from({ length: 300 }, (_, i) => `-A -f ${i + 1} -s rr`);

compareReading("output into pipes", {
  given: many,
  steps: [
    shell("ipvsadm -Ln | wc -c"),
    shell("ipvsadm -Sn | sort -R | wc -l"),
    shell("ipvsadm -Sn | (sleep 0.5; tail -n 2)"),
    shell("{ sleep 0.3; ipvsadm -Ln; echo status $? >&2; } | :"),
    shell("{ sleep 0.3; ipvsadm-save -n; echo status $? >&2; } | :"),
  ],
});

compareReading("output that nobody reads to its end", {
  given: many,
  steps: [shell("ipvsadm -Ln | head -n 3"), shell("ipvsadm -L | head -n 1")],
});

compareReading("output that cannot be written", {
  given: table,
  steps: [
    differs("write-errors", shell("ipvsadm -Ln >/dev/full"), { stderr: /^.*ENOSPC.*\n$/, status: 1 }),
    differs("write-errors", shell("ipvsadm -Sn >/dev/full"), { stderr: /^.*ENOSPC.*\n$/, status: 1 }),
    differs("write-errors", shell("ipvsadm-save -n >/dev/full"), { stderr: /^.*ENOSPC.*\n$/, status: 1 }),
    differs("write-errors", shell("ipvsadm -L --timeout >/dev/full"), { stderr: /^.*ENOSPC.*\n$/, status: 1 }),
    // The executable's runtime opens what is closed, so it says as little as 1.31.
    ...["ipvsadm -Ln >&-", "ipvsadm -Sn >&-", "ipvsadm-save -n >&-", "ipvsadm -L --timeout >&-"].map((snippet) =>
      executable ? shell(snippet) : differs("write-errors", shell(snippet), { stderr: /^.*EBADF\n$/, status: 1 }),
    ),
    shell("ipvsadm -Z >&-"),
    shell("ipvsadm -A -t 10.0.0.1:80 2>/dev/full; echo $?"),
    shell("ipvsadm --bogus 2>&-; echo $?"),
  ],
});

compareReading("without the right to", {
  given: table,
  steps: [
    "setpriv --reuid 65534 --regid 65534 --clear-groups ipvsadm -L",
    "setpriv --reuid 65534 --regid 65534 --clear-groups ipvsadm -A -t 10.0.0.1:90",
    "setpriv --reuid 65534 --regid 65534 --clear-groups ipvsadm --bogus",
    "setpriv --reuid 65534 --regid 65534 --clear-groups ipvsadm -R </dev/null",
    "setpriv --bounding-set -net_admin --inh-caps -net_admin ipvsadm -L",
    "setpriv --bounding-set -net_admin --inh-caps -net_admin ipvsadm -R </dev/null",
    "unshare -r -n ipvsadm -A -t 10.0.0.1:80 -s rr",
    "unshare -r -n ipvsadm -Ln",
  ].map((snippet) => shell(snippet)),
});

const asNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups ipvsadm";

compareReading("help and version without the right to anything else", {
  steps: [
    differs("no-privilege-needed", shell(`${asNobody} -h`), { stdout: /--add-service/, stderr: "", status: 0 }),
    differs("no-privilege-needed", shell(`${asNobody} --version`), {
      stdout: /^ipvsadm v1\.31 /,
      stderr: "",
      status: 0,
    }),
  ],
});

compareReading("an empty namespace, the environment, the working directory", {
  given: table,
  steps: [
    shell("unshare -n ipvsadm -L"),
    shell("LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 ipvsadm -A"),
    shell("cd / && ipvsadm -Ln"),
    shell("POSIXLY_CORRECT=1 ipvsadm -L foo -n"),
    shell("NODE_OPTIONS=--no-warnings ipvsadm -Ln"),
    shell("IPVSADM=x POPT=y ipvsadm -Ln -t 10.0.0.1:80"),
    shell("umask 777; ipvsadm -Ln"),
    shell("ulimit -n 32; ipvsadm -Ln"),
  ],
});

compareReading("signals", {
  given: table,
  steps: ["TERM", "INT", "HUP"].map((signal) =>
    shell(`timeout --preserve-status -s ${signal} 1.5 ipvsadm -R < <(sleep 10)`),
  ),
});

compare("save and restore as pipelines and files", {
  given: table,
  steps: [
    shell(
      "ipvsadm-save -n >/run/saved.$$; ipvsadm -C; ipvsadm-restore </run/saved.$$; echo $?; rm /run/saved.$$; ipvsadm -Sn",
    ),
    shell("ipvsadm -Sn | ipvsadm-restore; echo $?; ipvsadm-save -n"),
    shell("ipvsadm-save -n | grep -v -- '-f 5' | ipvsadm-restore; ipvsadm-save -n"),
    shell("printf '# c\\n-A -t 10.0.0.7:80 -s rr\\n' | ipvsadm-restore; echo $?; ipvsadm -Sn"),
    shell(
      "printf '# c\\n-A -t 10.0.0.8:80 -s nosuch\\n-A -t 10.0.0.9:80\\n' | ipvsadm-restore 2>/dev/null; ipvsadm -Sn",
    ),
    shell("cd /; ipvsadm-save -x; echo $?"),
    shell("ipvsadm-save --help 2>&1 | cat"),
  ],
});

const byPath = shell('cd "$(dirname "$(command -v ipvsadm)")" && ./ipvsadm foo');
const nameless = { stderr: "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n" };

compareReading("the name it is called by", {
  steps: [shell("ipvsadm foo"), executable ? byPath : differs("program-name", byPath, nameless)],
});
