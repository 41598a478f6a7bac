import type { LiveDestination, TableEntry } from "../model/table.js";

/** A service with its servers, as the kernel lists it. */
export type LiveEntry = TableEntry<LiveDestination>;

/** What a check looks at: a server of a service, a service (no server), or the director as a whole (neither). */
export interface Subject {
  readonly entry: LiveEntry;
  readonly server: LiveDestination;
}
