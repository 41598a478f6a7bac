import { isExhausted } from "../host/firewall/walk.js";
import type { Host } from "../host/host.js";
import type { Address } from "../model/address.js";
import type { Destination } from "../model/destination.js";
import { type LiveTable, sortTable, type Table } from "../model/table.js";
import { CHECKS } from "./checks/index.js";
import { examine } from "./examine.js";
import type { Examination } from "./finding.js";
import { type Director, gather } from "./gather.js";
import { nameOwners } from "./owners.js";

/** The services that the user asks about. */
export interface Target {
  readonly address: Address;
  /** Absent: all ports. */
  readonly port?: number;
}

/** The services of a table that a target names; firewall marks have no address and are never among them. */
export function servicesOf<D extends Destination>(table: Table<D>, { address, port }: Target): Table<D> {
  return table.filter(
    ({ service }) =>
      !("fwmark" in service) &&
      service.address === address &&
      (port === undefined || service.port === port || service.port === 0),
  );
}

/**
 * Finds out why traffic does not flow: compares the table with the state of this host. Nothing is changed. Takes two
 * seconds when there are half open connections, to see whether they stay so.
 */
export async function runDoctor(director: Director, host: Host, target?: Target): Promise<Examination> {
  const wanted = (table: LiveTable) => sortTable(target === undefined ? table : servicesOf(table, target));
  const { again } = director;
  const later = again && { again: async () => wanted(await again()) };
  const facts = await gather({ ...director, ...later, table: wanted(director.table) }, host);
  const findings = nameOwners(examine(CHECKS, facts), facts);
  if (facts.firewall !== undefined && isExhausted(facts.firewall)) {
    facts.unread.add("firewall rules: too many to hold all of them against every service and server");
  }
  return { findings, unread: [...facts.unread] };
}
