import type { Change } from "../model/change.js";
import type { Request } from "./requests.js";
import * as requests from "./requests.js";

type Kind = Change["kind"];

/** The kernel message of every change. */
const REQUESTS: { readonly [K in Kind]: (change: Extract<Change, { kind: K }>) => Request } = {
  "add-service": ({ service }) => requests.newService(service),
  "edit-service": ({ service }) => requests.setService(service),
  "delete-service": ({ service }) => requests.delService(service),
  flush: requests.flush,
  "add-server": ({ service, server }) => requests.newDest(service, server),
  "edit-server": ({ service, server }) => requests.setDest(service, server),
  "delete-server": ({ service, server }) => requests.delDest(service, server),
  zero: ({ service }) => requests.zero(service),
  set: ({ timeouts }) => requests.setConfig(timeouts),
  "start-daemon": ({ daemon }) => requests.newDaemon(daemon),
  "stop-daemon": ({ state, syncId }) => requests.delDaemon(state, syncId),
};

/** The one kernel message that carries out a change. */
export function requestOf(change: Change): Request {
  return (REQUESTS[change.kind] as (change: Change) => Request)(change);
}

/** True for commands that change the kernel's state with one message. */
export function isChange(command: { readonly kind: string }): command is Change {
  return Object.hasOwn(REQUESTS, command.kind);
}
