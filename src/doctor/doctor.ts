import type { Host } from "../host/host.js";
import type { Address } from "../model/address.js";
import { type LiveTable, sortTable } from "../model/table.js";
import { CHECKS } from "./checks/index.js";
import { examine } from "./examine.js";
import type { Examination } from "./finding.js";
import { type Director, gather } from "./gather.js";

/** The services that somebody asks about. */
export interface Target {
  readonly address: Address;
  /** Absent: all ports. */
  readonly port?: number;
}

/** The services of a table that a target names; firewall marks have no address and are never among them. */
export function servicesOf(table: LiveTable, { address, port }: Target): LiveTable {
  return table.filter(
    ({ service }) =>
      !("fwmark" in service) &&
      service.address === address &&
      (port === undefined || service.port === port || service.port === 0),
  );
}

/**
 * Finds out why traffic does not flow: compares the table with the state of this host. Nothing is changed. Takes about a
 * second when there are half open connections, to see whether they stay so.
 */
export async function runDoctor(director: Director, host: Host, target?: Target): Promise<Examination> {
  const table = sortTable(target === undefined ? director.table : servicesOf(director.table, target));
  const facts = await gather({ ...director, table }, host);
  return { findings: examine(CHECKS, facts), unread: [...facts.unread] };
}
