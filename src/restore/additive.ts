import { KernelError, type RuleError } from "../errors.js";
import { type Listing, printListing } from "../listing/listing.js";
import { inform, isInformation } from "../manual/information.js";
import type { Change } from "../model/change.js";
import { isDocument } from "../model/document.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import { refusalHint } from "../program/refusal-hint.js";
import { refusalText } from "../program/refusal-text.js";
import { MistakeReport } from "../program/report.js";
import type { Session } from "../program/session.js";
import { atLine } from "../program/wanted-file.js";
import { checkRules, inPasses, type Rule, readRules } from "../rules/read.js";
import { isChange, requestOf } from "../wire/change.js";
import type { Request } from "../wire/requests.js";
import { OpenWishes } from "./wishes.js";

/**
 * `ipvsadm -R`: the commands on standard input, one after the other, on top of what is there. The whole input is read
 * before the first change, so a mistake in any line changes nothing. A refusal by the kernel names its line, and the lines
 * after it still run; it is a failure if what its line wished for is missing at the end.
 *
 * The rules are read twice, first to check them and then to run them: keeping a hundred thousand of them costs more.
 */
export async function restoreAdditively(session: Session): Promise<number> {
  const { io, names, program } = session;
  const text = io.readInput();
  const report = new MistakeReport(io);
  if (isDocument(text)) {
    const reason = "this is JSON, but -R reads rules; ipvsadm-restore and `ipvsadm apply -` read JSON";
    report.add({ where: "", reason });
    return report.end();
  }
  const context = { names, program };
  const pass = (found: (mistake: RuleError) => void) => checkRules(text, context, found);
  const { value: lines, mistakes } = await inPasses(names, pass, (mistake) => report.add(atLine(mistake)));
  if (mistakes > 0) return report.end();
  const run = new Run(session);
  const { interruptedBy } = await interruptible((signal) =>
    run.all(readRules(text, context) as Iterable<Rule>, signal),
  );
  if (interruptedBy === undefined) return run.status();
  io.err(`${interruptedBy}: ${run.done} of ${lines} lines were carried out, the others were not\n`);
  return signalStatus(interruptedBy);
}

/** Changes that go to the kernel as one batch, and are kept until it has answered. */
const PART = 128;

/** Refusals that get a hint: finding one takes a look at the host, and thousands of lines are refused for the same reason. */
const EXPLAINED = 20;

/** Open wishes above which the kernel is asked which of them hold, so that they do not grow with the lines. */
const MOST_OPEN = 16_384;

/** One after the other, as they are sent. */
function* requestsOf(changes: readonly Rule<Change>[]): Generator<Request> {
  for (const { command } of changes) yield requestOf(command);
}

/** One run through checked rules. It keeps no more of them than it is just sending, and what is missing so far. */
class Run {
  readonly #session: Session;
  readonly #wishes = new OpenWishes();
  #mostOpen = MOST_OPEN;
  #explained = 0;
  #listings: number = EXIT.success.status;
  /** Lines that were carried out, or refused. */
  done = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Changes go to the kernel in batches; whatever else stands between them is carried out in its place. */
  async all(rules: Iterable<Rule>, signal: AbortSignal): Promise<void> {
    let changes: Rule<Change>[] = [];
    for (const { line, command } of rules) {
      if (isChange(command)) {
        changes.push({ line, command });
        if (changes.length < PART) continue;
      }
      await this.#change(changes, signal);
      changes = [];
      if (signal.aborted) return;
      if (isInformation(command)) {
        inform(command, this.#session.subcommands, this.#session.io);
        return;
      }
      if (!isChange(command) && command.kind !== "restore") await this.#list(line, command);
    }
    await this.#change(changes, signal);
  }

  /** The exit status of it all. */
  async status(): Promise<number> {
    await this.#wishes.settle(this.#session.client);
    return this.#wishes.size > 0 ? EXIT.refused.status : this.#listings;
  }

  async #change(changes: readonly Rule<Change>[], signal: AbortSignal): Promise<void> {
    const { client, io } = this.#session;
    const { sent, refusals } = await client.batch(requestsOf(changes), signal);
    this.done += sent;
    // As nearly always: nothing was refused now, nor is anything missing that was refused before.
    if (refusals.length === 0 && this.#wishes.size === 0) return;
    const refused = new Map(refusals.map(({ index, error }) => [index, error]));
    for (const [index, { line, command }] of changes.slice(0, sent).entries()) {
      const error = refused.get(index);
      this.#wishes.note(command, error);
      if (error === undefined) continue;
      const hint = this.#explained++ < EXPLAINED ? await refusalHint(command, error, client) : "";
      io.err(`line ${line}: ${refusalText(error)}\n${hint}`);
    }
    if (this.#wishes.size < this.#mostOpen) return;
    await this.#wishes.settle(client);
    this.#mostOpen = MOST_OPEN + 2 * this.#wishes.size;
  }

  async #list(line: number, listing: Listing): Promise<void> {
    try {
      await printListing(listing, this.#session);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#session.io.err(`line ${line}: ${refusalText(error)}\n`);
      this.#listings = EXIT.listingFailed.status;
    }
    this.done++;
  }
}
