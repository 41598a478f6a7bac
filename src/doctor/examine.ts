import { type DestinationKey, destinationKey, serverId } from "../model/destination.js";
import { type ServiceKey, serviceId, serviceKey } from "../model/service.js";
import type { Check, Verdict } from "./check.js";
import type { Facts } from "./facts.js";
import { type Concern, type Finding, type Remedy, SEVERITIES } from "./finding.js";
import type { LiveEntry, Subject } from "./subject.js";

/** A verdict on a subject; a director as a whole has no entry, a service as a whole no server. */
export interface Judgement {
  readonly entry?: { readonly service: ServiceKey };
  readonly server?: DestinationKey;
  readonly verdict: Verdict;
}

interface LiveJudgement extends Judgement {
  readonly entry?: LiveEntry;
  readonly server?: Subject["server"];
}

/** Runs the checks, in their order, which is that of likelihood. */
export function examine(checks: readonly Check[], facts: Facts): Finding[] {
  const explained = new Set<string>();
  const findings: Finding[] = [];
  for (const check of checks) {
    const judgements = judge(check, facts, explained);
    for (const { entry, server, verdict } of judgements) {
      if (verdict.severity === "error" && entry !== undefined) {
        for (const affected of server ? [server] : entry.destinations) explained.add(serverId(entry.service, affected));
      }
    }
    for (const finding of group(check, judgements)) findings.push(finding);
  }
  return worstFirst(findings);
}

/** The most serious first; among those of equal severity nothing changes. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function judge(check: Check, facts: Facts, explained: ReadonlySet<string>): LiveJudgement[] {
  if (check.scope === "director") {
    const verdict = check.appliesTo(facts) ? check.verdict(facts) : undefined;
    return verdict ? [{ verdict }] : [];
  }
  if (check.scope === "service") {
    return facts.table.flatMap((entry) => {
      const verdict = check.appliesTo(entry, facts) ? check.verdict(entry, facts) : undefined;
      return verdict ? [{ entry, verdict }] : [];
    });
  }
  return facts.table.flatMap((entry) =>
    entry.destinations.flatMap((server) => {
      const subject = { entry, server };
      if (!check.appliesTo(subject, facts) || (check.symptom && explained.has(serverId(entry.service, server))))
        return [];
      const verdict = check.verdict(subject, facts);
      return verdict ? [{ entry, server, verdict }] : [];
    }),
  );
}

/** Judgements that say the same become one finding. */
export function group({ id, title }: Pick<Check, "id" | "title">, judgements: readonly Judgement[]): Finding[] {
  const groups = new Map<string, Judgement[]>();
  for (const judgement of judgements) {
    const { severity, title: own, why } = judgement.verdict;
    const key = `${severity} ${own} ${why}`;
    const members = groups.get(key) ?? [];
    groups.set(key, members);
    members.push(judgement);
  }
  return [...groups.values()].map((members) => ({
    id,
    title: members[0]!.verdict.title ?? title,
    severity: members[0]!.verdict.severity,
    concerns: concernsOf(members),
    evidence: unique(members.flatMap(({ verdict }) => verdict.evidence)),
    why: members[0]!.verdict.why,
    remedies: mergeRemedies(members.flatMap(({ verdict }) => verdict.remedies)),
  }));
}

function concernsOf(judgements: readonly Judgement[]): Concern[] {
  const concerns = new Map<string, { service: Concern["service"]; servers: DestinationKey[] }>();
  for (const { entry, server } of judgements) {
    if (entry === undefined) continue;
    const id = serviceId(entry.service);
    const concern = concerns.get(id) ?? { service: serviceKey(entry.service), servers: [] };
    concerns.set(id, concern);
    if (server !== undefined) concern.servers.push(server);
  }
  return [...concerns.values()].map(({ service, servers }) => ({
    service,
    servers: servers.map(destinationKey),
  }));
}

/** Remedies for the same place and part of the table, with the same note, become one, each command once, in order. */
function mergeRemedies(remedies: readonly Remedy[]): Remedy[] {
  const merged = new Map<string, { readonly remedy: Remedy; readonly commands: Set<string> }>();
  for (const remedy of remedies) {
    const key = `${remedy.on} ${remedy.changes} ${remedy.note}`;
    const entry = merged.get(key) ?? { remedy, commands: new Set() };
    merged.set(key, entry);
    for (const command of remedy.commands) entry.commands.add(command);
  }
  return [...merged.values()].map(({ remedy, commands }) => ({ ...remedy, commands: [...commands] }));
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
