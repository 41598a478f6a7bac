import fc from "fast-check";
import { test } from "vitest";
import { runScenario, useWorld } from "./harness/scenario.js";
import { words } from "./harness/steps.js";

useWorld();

/** `COMPAT_SEED` repeats a run, `COMPAT_RUNS` makes it longer. */
const seed = Number(process.env.COMPAT_SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COMPAT_RUNS ?? 10);

const oneOf = (...texts: string[]) => fc.constantFrom(...texts);

const service = oneOf(
  "-t 10.0.0.1:80",
  "-t 10.0.0.1:http",
  "-t 10.0.0.1:81",
  "-u 10.0.0.1:53",
  "-u vip:5060",
  "--sctp-service 10.0.0.2:2904",
  "-t [2001:db8::1]:80",
  "-u [2001:db8::1]:53",
  "-f 1",
  "-f 1 -6",
  "-f 2147483647",
  "-t 10.0.0.3",
);
const server = oneOf("-r 10.0.1.1", "-r rs1:8080", "-r 10.0.1.2:80", "-r [2001:db8:1::1]:80", "-r 2001:db8:1::2");
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
const some = (...options: (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...options.map((option) => (typeof option === "string" ? fc.constant(option) : option)))
    .chain((chosen) => fc.shuffledSubarray(chosen).map((subset) => subset.join(" ")));

const serviceOptions = some(
  oneOf("-s rr", "-s wrr", "-s lc", "-s sh", "-s mh", "-s ovf", "-s nosuch"),
  oneOf("-p", "-p 60", "-p300", "--persistent=5", "-p 0"),
  oneOf("-M 255.255.255.0", "-M 64", "-M 255.0.255.0", "-M 128"),
  oneOf("-b sh-port", "-b flag-1,flag-2", "-b mh-fallback"),
  "-o",
  "--pe sip",
);
const serverOptions = some(
  oneOf("-m", "-g", "-i", "-i", "-mg"),
  oneOf("-w 0", "-w 5", "-w=65535", "--weight 2147483647", "-w -1"),
  oneOf("-x 10", "-x 2147483647"),
  oneOf("-y 5", "-y 11"),
  oneOf("--tun-type gue --tun-port 6080", "--tun-type gre", "--tun-type ipip", "--tun-port 1"),
  oneOf("--tun-csum", "--tun-nocsum", "--tun-remcsum"),
);

/** What a careful person types, and sometimes mistypes. */
const sensible = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(oneOf("-A", "-A", "-E"), service, serviceOptions) },
  { weight: 6, arbitrary: fc.tuple(oneOf("-a", "-a", "-a", "-e", "-d"), service, server, serverOptions) },
  { weight: 1, arbitrary: fc.tuple(oneOf("-D", "-Z", "-Ln", "-L --stats -n"), service) },
  { weight: 2, arbitrary: fc.tuple(list) },
  { weight: 1, arbitrary: fc.tuple(oneOf("-Sn", "-Z", "--set 10 20 30", "--set 0 0 5", "-L --timeout", "-Lcn")) },
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
const senseless = fc.array(fragment, { minLength: 1, maxLength: 7 });

const commandLine = fc
  .oneof({ weight: 3, arbitrary: sensible }, { weight: 2, arbitrary: senseless })
  .map((parts) => words(parts.join(" ")));

/** What differs on purpose in single words of theirs, and is tested where it belongs. */
const elsewhere = (args: readonly string[]) =>
  (args.includes("-S") && !args.includes("-n")) ||
  (args.some((arg) => /^-M/.test(arg)) && args.some((arg) => /^(-M=?)?\d{1,3}$/.test(arg)) && !args.includes("-6"));

test(`random commands, COMPAT_SEED=${seed}`, async ({ task }) => {
  const sequence = fc.array(
    commandLine.filter((args) => !elsewhere(args)),
    { minLength: 20, maxLength: 30, size: "max" },
  );
  await fc.assert(
    fc.asyncProperty(sequence, (steps) =>
      runScenario({ steps, tolerated: ["refusal-hints", "save-thresholds"] }, task.meta),
    ),
    { seed, numRuns, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
  );
});
