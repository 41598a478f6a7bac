import { KernelError, RuleError } from "../errors.js";
import { type Listing, printListing } from "../listing/listing.js";
import { inform, isInformation } from "../manual/information.js";
import type { Change } from "../model/change.js";
import { EXIT } from "../program/exit-status.js";
import { interruptible, signalStatus } from "../program/interrupt.js";
import { refusalHint } from "../program/refusal-hint.js";
import { refusalText } from "../program/refusal-text.js";
import { MistakeReport } from "../program/report.js";
import type { Session } from "../program/session.js";
import { lineMistake } from "../program/wanted-file.js";
import { inPasses, type Rule, readRules } from "../rules/read.js";
import { isChange, requestOf } from "../wire/change.js";

/**
 * `ipvsadm -R`: the commands on standard input, one after the other, on top of what is there. The whole input is read
 * before the first change, so a mistake in any line changes nothing. A refusal by the kernel names its line, the lines
 * after it still run, and the status is that of the last refusal.
 *
 * The rules are read twice, first to check them and then to run them: keeping a hundred thousand of them costs more.
 */
export async function restoreAdditively(session: Session): Promise<number> {
  const { io, names, program } = session;
  const text = io.readInput();
  const rules = () => readRules(text, { names, program });
  const report = new MistakeReport(io);
  const pass = (found: (mistake: RuleError) => void) => check(rules(), found);
  const { value: lines, mistakes } = await inPasses(names, pass, (mistake) => report.add(lineMistake(mistake)));
  if (mistakes > 0) return report.end();
  const { value, interruptedBy } = await interruptible((signal) => {
    return runRules(rules as () => Iterable<Rule>, session, signal);
  });
  if (interruptedBy === undefined) return value.status;
  io.err(`${interruptedBy}: ${value.done} of ${lines} lines were carried out, the others were not\n`);
  return signalStatus(interruptedBy);
}

/** Returns the number of lines that say something. */
function check(rules: Iterable<Rule | RuleError>, report: (mistake: RuleError) => void): number {
  let lines = 0;
  for (const rule of rules) {
    lines++;
    if (rule instanceof RuleError) report(rule);
  }
  return lines;
}

/** Runs of changes go to the kernel as one batch; whatever else stands between them is carried out in its place. */
async function runRules(
  rules: () => Iterable<Rule>,
  session: Session,
  signal: AbortSignal,
): Promise<{ status: number; done: number }> {
  const left = rules()[Symbol.iterator]();
  let next = left.next();
  /** Takes the changes up to the next command of another kind, and notes their lines. */
  function* changes(lines: number[]) {
    for (; !next.done && isChange(next.value.command); next = left.next()) {
      lines.push(next.value.line);
      yield requestOf(next.value.command);
    }
  }
  let status = 0;
  let done = 0;
  while (!next.done && !signal.aborted) {
    const { line, command } = next.value;
    if (isChange(command)) {
      const lines: number[] = [];
      const { sent, refusals } = await session.client.batch(changes(lines), signal);
      const refused = new Map(refusals.map(({ index, error }) => [lines[index]!, error]));
      if (refused.size > 0) {
        await reportRefusals(rules(), refused, session);
        status = EXIT.refused.status;
      }
      done += sent;
    } else if (isInformation(command)) {
      inform(command, session.subcommands, session.io);
      break;
    } else if (command.kind !== "restore") {
      status = (await list(line, command, session)) || status;
      done++;
      next = left.next();
    }
  }
  return { status, done };
}

/** Refusals that get a hint: finding one takes a look at the host, and thousands of lines are refused for the same reason. */
const EXPLAINED = 20;

async function reportRefusals(rules: Iterable<Rule>, refused: ReadonlyMap<number, KernelError>, session: Session) {
  let reported = 0;
  for (const { line, command } of rules) {
    const error = refused.get(line);
    if (error === undefined) continue;
    const hint = reported++ < EXPLAINED ? await refusalHint(command as Change, error, session.client) : "";
    session.io.err(`line ${line}: ${refusalText(error)}\n${hint}`);
  }
}

async function list(line: number, listing: Listing, session: Session): Promise<number> {
  try {
    await printListing(listing, session);
    return EXIT.success.status;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    session.io.err(`line ${line}: ${refusalText(error)}\n`);
    return EXIT.listingFailed.status;
  }
}
