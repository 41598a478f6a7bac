import type { Change, Command } from "../command/command.js";
import { refusalText } from "../command/refusals.js";
import { isChange, requestOf } from "../command/requests.js";
import { run } from "../command/run.js";
import { KernelError } from "../errors.js";
import { parseRules, type Rule } from "../rules/parse.js";
import { EXIT_LISTING_FAILED, EXIT_REFUSED, reportMistakes } from "./errors.js";
import { refusalHint } from "./hints.js";
import { informational } from "./information.js";
import { interruptible, signalStatus } from "./interrupt.js";
import { present } from "./present.js";
import type { Session } from "./session.js";

/**
 * `ipvsadm -R`: the commands on standard input, one after the other, on top of what is there. The whole input is read
 * before the first change, so a mistake in any line changes nothing. A refusal by the kernel names its line, the lines
 * after it still run, and the status is that of the last refusal.
 */
export async function restoreAdditively(session: Session): Promise<number> {
  const { io, names, program } = session;
  const { rules, mistakes } = await parseRules(io.readInput(), { names, program });
  if (mistakes.length > 0) {
    return reportMistakes(
      mistakes.map(({ line, reason }) => ({ where: `line ${line}`, reason })),
      io,
    );
  }
  const { value, interruptedBy } = await interruptible((signal) => runRules(rules, session, signal));
  if (interruptedBy === undefined) return value.status;
  io.err(`${interruptedBy}: ${value.done} of ${rules.length} lines were carried out, the others were not\n`);
  return signalStatus(interruptedBy);
}

/** Runs of changes go to the kernel as one batch; whatever else stands between them is carried out in its place. */
async function runRules(
  rules: readonly Rule[],
  session: Session,
  signal: AbortSignal,
): Promise<{ status: number; done: number }> {
  let status = 0;
  let done = 0;
  while (done < rules.length && !signal.aborted) {
    const { line, command } = rules[done]!;
    if (!isChange(command)) {
      if (informational(command, session.io)) break;
      status = (await runOther(line, command, session)) || status;
      done++;
      continue;
    }
    const batch = changesFrom(rules, done);
    const { sent, refusals } = await session.client.batch(requestsOf(batch), signal);
    for (const { index, error } of refusals) {
      const { line, command } = batch[index]!;
      session.io.err(`line ${line}: ${refusalText(error)}\n${await refusalHint(command, error, session.client)}`);
      status = EXIT_REFUSED;
    }
    done += sent;
  }
  return { status, done };
}

/** The changes from a position up to the next command of another kind. */
function changesFrom(rules: readonly Rule[], start: number): readonly Rule<Change>[] {
  let end = start;
  while (end < rules.length && isChange(rules[end]!.command)) end++;
  return (start === 0 && end === rules.length ? rules : rules.slice(start, end)) as readonly Rule<Change>[];
}

function* requestsOf(rules: readonly Rule<Change>[]) {
  for (const { command } of rules) yield requestOf(command);
}

async function runOther(line: number, command: Command, session: Session): Promise<number> {
  try {
    await present(await run(command as Parameters<typeof run>[0], session.client), session);
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    session.io.err(`line ${line}: ${refusalText(error)}\n`);
    return EXIT_LISTING_FAILED;
  }
}
