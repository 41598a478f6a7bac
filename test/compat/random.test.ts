import fc from "fast-check";
import { test } from "vitest";
import { runScenario, useWorld } from "./harness/scenario.js";
import { words } from "./harness/steps.js";

useWorld();

/** `COMPAT_SEED` repeats a run, or runs one seed after the other: 1-300. `COMPAT_RUNS` makes each longer. */
const [first, last = first] = (process.env.COMPAT_SEED ?? String(Date.now() % 2 ** 31)).split("-").map(Number);
const seeds = Array.from({ length: last! - first! + 1 }, (_, index) => first! + index);
const numRuns = Number(process.env.COMPAT_RUNS ?? 6);

const oneOf = (...texts: string[]) => fc.constantFrom(...texts);

const services4 = oneOf(
  "-t 10.0.0.1:80",
  "-t 10.0.0.1:http",
  "-t 10.0.0.1:81",
  "-u 10.0.0.1:53",
  "-u vip:5060",
  "--sctp-service 10.0.0.2:2904",
  "-f 1",
  "-f 2147483647",
  "-t 10.0.0.3",
  "-t [10.0.0.1]:80",
  "-f 4294967295",
);
const services6 = oneOf("-t [2001:db8::1]:80", "-u [2001:db8::1]:53", "-f 1 -6");
const servers4 = oneOf("-r 10.0.1.1", "-r rs1:8080", "-r 10.0.1.2:80");
const servers6 = oneOf("-r [2001:db8:1::1]:80", "-r 2001:db8:1::2");
const service = fc.oneof({ weight: 3, arbitrary: services4 }, { weight: 1, arbitrary: services6 });
const both = (one: fc.Arbitrary<string>, other: fc.Arbitrary<string>) =>
  fc.tuple(one, other).map((pair) => pair.join(" "));
const serverOfService = fc.oneof(
  { weight: 6, arbitrary: both(services4, servers4) },
  { weight: 3, arbitrary: both(services6, servers6) },
  { weight: 1, arbitrary: both(servers4, services4) },
  { weight: 1, arbitrary: both(services4, servers6) },
);
const list = oneOf(
  "-Ln",
  "-L",
  "-Ln --stats",
  "-L --rate",
  "-Ln --thresholds",
  "-Ln --tun-info",
  "-Ln --persistent-conn",
);

/** Some of the options, in any order. */
const some = (...options: fc.Arbitrary<string>[]) =>
  fc
    .tuple(...options)
    .chain((chosen) => fc.shuffledSubarray(chosen))
    .map((subset) => subset.join(" "));

const scheduling = some(
  oneOf(
    "-s rr",
    "-s wrr",
    "-s lc",
    "-s sh -b sh-port",
    "-s mh -b flag-1,flag-2",
    "-s mh -b mh-port,flag-3",
    `-s rr -b ${"flag-1,".repeat(19)}flag-2`,
    "-b mh-fallback -s mh",
    "-s ovf",
    "-s nosuch",
  ),
  oneOf(
    "-p",
    "-p 60",
    "-p300",
    "--persistent=5",
    "-p 7 -M 255.255.255.0",
    "-M 64 -p",
    "-p -o",
    "-p 0",
    "-M 24",
    "-p -M 4294967360",
  ),
  oneOf("-o", "--pe sip", "--sort", "-b flag-1", "-M 255.0.255.0"),
);
const forwarding = oneOf(
  "",
  "-m",
  "-m",
  "-g",
  "-i",
  "-i --tun-type gue --tun-port 6080",
  "--tun-type gue --tun-csum --tun-port 6081 -i",
  "-i --tun-type gue --tun-remcsum",
  "-i --tun-type gre",
  "-i --tun-type gre --tun-nocsum",
  "-i --tun-type ipip",
  "-m --tun-csum",
  "-mg",
);
const load = some(
  oneOf("-w 0", "-w 5", "-w=65535", "--weight 2147483647", "-w7", "-w -1"),
  oneOf("-x 10", "-x 10 -y 5", "-y 5 -x 2147483647", "-x 0 -y 0", "-y 5"),
);

/** What a careful person types, and sometimes mistypes. */
const sensible = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(oneOf("-A", "-A", "-E"), service, scheduling) },
  { weight: 6, arbitrary: fc.tuple(oneOf("-a", "-a", "-a", "-e"), serverOfService, forwarding, load) },
  { weight: 2, arbitrary: fc.tuple(oneOf("-d", "-e"), serverOfService) },
  { weight: 2, arbitrary: fc.tuple(oneOf("-D", "-Z", "-Ln", "-L --stats -n", "-L --nosort"), service) },
  { weight: 2, arbitrary: fc.tuple(list) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      oneOf(
        "-Sn",
        "-S -n",
        "-S",
        "-Z",
        "-Z -t 0.0.0.0:0",
        "-L -r 10.0.1.1:80",
        "-h",
        "-v",
        "--set 10 20 30",
        "--set 0 0 5",
        "-L --timeout",
        "-Lcn",
      ),
    ),
  },
);

/** What nobody means to type. */
const fragment = oneOf(
  ..."-A -E -D -C -L -Z -a -e -d -S -R --set --stop-daemon -n -c -s -p -M -r -g -i -m -w -x -y -o -b -X".split(" "),
  ..."--timeout --daemon --stats --rate --exact --thresholds --persistent-conn --sort --tun-info --syncid --bogus".split(
    " ",
  ),
  ..."-Ln -At -gm -p60 -p=5 -w=3 -w==3 -tn -mw5 -oX -nQ --numeric=1 --weight= -t= -6 -f1 -f=1 -- - = '' ' ' foo 5 0 -1".split(
    " ",
  ),
  ..."10.0.0.1:80 10.0.1.1 [2001:db8::1]:80 2001:db8::1 1.2.3.4.5 :80 vip rr sh-port 255.255.255.0 64 master".split(
    " ",
  ),
  "-t 10.0.0.1:80",
  "-f 1",
  "-f 1 -6",
  "-r 10.0.1.1",
  "-s rr",
  "--tun-type gue",
  "--tun-port 80",
  "--mcast-ttl 7",
  "--pe sip",
);
const command = oneOf(..."-A -A -E -D -L -L -Ln -Z -a -a -e -d -S -R -C --set --stop-daemon -At -at".split(" "));
const mistyped = fc.oneof(
  { weight: 1, arbitrary: fc.array(fragment, { minLength: 1, maxLength: 5 }) },
  {
    weight: 6,
    arbitrary: fc.tuple(command, fc.array(fragment, { maxLength: 5 })).map(([first, rest]) => [first, ...rest]),
  },
);
const senseless = mistyped.filter((parts) => !ambiguous(words(parts.join(" "))));

/** Where a number after -M may belong to another option, no rule tells what 1.31 would take for a mask. */
const ambiguous = (args: readonly string[]) =>
  args.some((arg) => /^-M/.test(arg)) && args.some((arg) => /^(-M=?)?([1-9]|[12]\d|3[0-2])$/.test(arg));

/** Something to work on, so that not everything fails. */
const given = [
  "-A -t 10.0.0.1:80 -s rr",
  "-A -u 10.0.0.1:53 -s wlc",
  "-A -t [2001:db8::1]:80 -s rr",
  "-A -f 1 -s rr -p 60",
  "-a -t 10.0.0.1:80 -r 10.0.1.1:80 -m",
  "-a -f 1 -r 10.0.1.1:8080 -m",
];

function compareRandom(
  title: string,
  ...kinds: { weight: number; arbitrary: fc.Arbitrary<readonly string[]> }[]
): void {
  const line = fc.oneof(...kinds).map((parts) => words(parts.join(" ")));
  const lines = fc.array(line, { minLength: 20, maxLength: 30, size: "max" });
  for (const seed of seeds) {
    test(`${title}, COMPAT_SEED=${seed}`, async ({ task }) => {
      await fc.assert(
        fc.asyncProperty(lines, (steps) => runScenario({ given, steps, byRule: true }, task.meta)),
        { seed, numRuns, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
      );
    });
  }
}

compareRandom("commands that make sense", { weight: 1, arbitrary: sensible });
compareRandom(
  "commands that make little sense",
  { weight: 1, arbitrary: sensible },
  { weight: 2, arbitrary: senseless },
);

/** What random commands have found to differ, as found. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  "a netmask without persistence is saved": ["-A -u vip:5060 -M 255.0.255.0", "-Sn"],
};

for (const [title, steps] of Object.entries(FOUND)) {
  test(title, ({ task }) => runScenario({ given, steps, byRule: true }, task.meta));
}
