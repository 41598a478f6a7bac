import { selectServers } from "../edit/edit.js";
import { UsageError } from "../errors.js";
import type { ServiceKey } from "../model/service.js";
import type { LiveTable } from "../model/table.js";
import type { Names } from "../names/names.js";
import { endpointMatcher, parseMatch } from "../options/matches.js";
import { refuse } from "../options/readers.js";
import { EXIT } from "../program/exit-status.js";
import { readServer, readService } from "../program/selectors.js";
import type { Read } from "../program/subcommand-options.js";
import type { Target } from "./drain.js";

/** Which servers a command is about. */
export interface Selection {
  /** The only service that matters; absent: all of them. */
  readonly service?: ServiceKey;
  /** Whether servers are named. */
  readonly named: boolean;
  /** The servers in a table. Throws UsageError for one that is named and not there. */
  targets(table: LiveTable): readonly Target[];
}

/** What the options of a service and `-r` say. Throws UsageError. */
export function readSelection(options: Read, names: Names): Selection {
  const service = readService(options, names);
  const texts = (options.realServer ?? []) as readonly string[];
  if (texts.length === 0) return { ...(service && { service }), named: false, targets: allTargets };
  if (service === undefined) return { named: true, targets: everywhere(texts, names) };
  const keys = texts.map((text) => readServer(text, service, names));
  const targets = (table: LiveTable) =>
    table.flatMap((entry) => selectServers(entry, keys).map((server) => ({ service: entry.service, server })));
  return { service, named: true, targets };
}

function allTargets(table: LiveTable): readonly Target[] {
  return table.flatMap(({ service, destinations }) => destinations.map((server) => ({ service, server })));
}

/** The servers with these addresses in all services; where no port is given, at any port. */
function everywhere(texts: readonly string[], names: Names): Selection["targets"] {
  const matches = texts.map((text) => {
    const match = parseMatch(text, names);
    if (match === undefined || match.prefixLength !== undefined) return refuse("real-server", text);
    return { text, matches: endpointMatcher(match) };
  });
  return (table) => {
    const all = allTargets(table);
    const absent = matches.find(({ matches }) => !all.some(({ server }) => matches(server)));
    if (absent) {
      throw new UsageError(`No such destination: no service has a server ${absent.text}`, EXIT.refused.status);
    }
    return all.filter(({ server }) => matches.some(({ matches }) => matches(server)));
  };
}
