import { setTimeout } from "node:timers/promises";
import { type Command, Option } from "commander";
import { ChangeStore, changeText, type KeptChange, type Outcome } from "../confirm/store.js";
import { formatChange } from "../options/format.js";
import { withConnection } from "../program/connect.js";
import { EXIT, exitStatusHelp } from "../program/exit-status.js";
import type { Io } from "../program/io.js";
import { paragraph } from "../program/layout.js";
import type { SubcommandContext } from "../program/subcommand.js";
import { countDown } from "./count-down.js";
import { planBack, takeBack } from "./take-back.js";

const TEXT = [
  "Every apply and restore that changes something keeps what was there before in /run/ipvsadm. Only what it changed goes back: services, servers and their order, timeouts and sync daemons, not counters. What another program changed since stays and is named; servers that it added to a service that the change added go with that service.",
  "A change that waits for its confirmation goes back at once. So does one whose countdown was killed: it stays unconfirmed, and every apply says so, until `ipvsadm confirm` or `ipvsadm revert`. After a reboot /run is empty, as the table is.",
  exitStatusHelp("revert"),
];

/** Milliseconds between two looks at how far the process that counts down is. */
const INTERVAL = 100;

interface Options {
  readonly dryRun: boolean;
  readonly allowEmpty: boolean;
  readonly countDown?: string;
}

/** `ipvsadm revert`. */
export function define(command: Command, { io, exit }: SubcommandContext): Command {
  return command
    .option("--dry-run", "print the changes instead of making them", false)
    .option("--allow-empty", "also when no service is left then", false)
    .addOption(new Option("--count-down <NUMBER>").hideHelp())
    .addHelpText("after", `\n${TEXT.map(paragraph).join("\n")}`)
    .action(async (options: Options) => {
      const store = new ChangeStore();
      if (options.countDown !== undefined) return countDown(store, Number(options.countDown), io);
      const change = store.changes().find(({ stage }) => stage !== "back");
      if (change === undefined) {
        io.err("there is no change to take back\n");
        return exit(EXIT.nothingKept.status);
      }
      exit(await revert(store, change, options, io));
    });
}

async function revert(store: ChangeStore, change: KeptChange, options: Options, io: Io): Promise<number> {
  const { number, stage } = change;
  return withConnection(io, async ({ client }) => {
    const record = store.record(number);
    const { wanted, live, changes, settings, notes } = await planBack(record, client);
    if (options.dryRun) {
      for (const change of [...changes, ...settings]) io.out(`${formatChange(change)}\n`);
      io.err(notes);
      return EXIT.success.status;
    }
    const isPlain = record.head.confirm === undefined || stage === "kept";
    if (isPlain && wanted.table?.length === 0 && live.length > 0 && !options.allowEmpty) {
      io.err(
        `taking ${changeText(change)} back would empty the table: nothing was changed; say --allow-empty for that\n`,
      );
      return EXIT.usage.status;
    }
    const outcome = (await waited(store, change)) ?? (await takeBack(record, client, ""));
    store.setOutcome(number, outcome);
    (outcome.status === EXIT.success.status ? io.out : io.err)(outcome.report);
    return outcome.status;
  });
}

/** Has the process that counts down take the change back. Absent when there is none, or it ends before it has. */
async function waited(store: ChangeStore, { number, head, stage }: KeptChange): Promise<Outcome | undefined> {
  if (stage === "kept") return undefined;
  const { kind } = store.decide(number, { kind: "back", why: "`ipvsadm revert`" });
  if (kind === "confirmed") return undefined;
  for (;;) {
    const isWaited = store.isWaited(number, head);
    const outcome = store.outcome(number);
    if (outcome !== undefined && stage !== "unconfirmed") return outcome;
    if (!isWaited) return undefined;
    await setTimeout(INTERVAL);
  }
}
