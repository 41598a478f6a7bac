import { checkListing } from "./checks.js";
import type { Command, Layout, ListConnections, ListServices } from "./command.js";
import type { Draft } from "./draft.js";

/** Layouts in the order in which 1.31 chooses when several are given. */
const LAYOUTS = ["stats", "rate", "thresholds", "persistent-conn", "tun-info"] as const satisfies readonly Layout[];

/** Makes the command of `-L`. */
export function list(draft: Draft): Command {
  const { given } = draft;
  checkListing(given);
  const json = given.has("json");
  if (given.has("timeout")) return { kind: "list", show: "timeouts", json };
  if (given.has("daemon")) return { kind: "list", show: "daemons", json };
  return given.has("connection") ? listConnections(draft, json) : listServices(draft, json);
}

function listServices(draft: Draft, json: boolean): ListServices {
  const { given } = draft;
  return {
    kind: "list",
    show: "services",
    ...(given.has("service-address") && { service: draft.serviceKey() }),
    layout: LAYOUTS.find((name) => given.has(name)) ?? "normal",
    numeric: given.has("numeric"),
    exact: given.has("exact"),
    sort: !given.has("nosort"),
    wide: given.has("wide"),
    ...(draft.color && { color: draft.color }),
    ...filter(draft),
    json,
  };
}

function listConnections(draft: Draft, json: boolean): ListConnections {
  const { given } = draft;
  return {
    kind: "list",
    show: "connections",
    numeric: given.has("numeric"),
    persistenceEngine: given.has("persistent-conn"),
    wide: given.has("wide"),
    ...filter(draft),
    json,
  };
}

/** What is to be shown. The check has made sure that it fits what is listed. */
function filter({ filter }: Draft): { filter?: Draft["filter"] } {
  return Object.keys(filter).length === 0 ? {} : { filter };
}
