/**
 * Linux IPVS (the kernel's load balancer) from TypeScript: {@link IpvsClient} talks to the kernel over generic netlink, one
 * method for each of its commands; around it what belongs to tables and rule files: read, compare, write, apply.
 *
 * Everything is plain readonly data. A field that is absent is optional; no value stands for "nothing". Counters are
 * `bigint`, everything that the library throws on purpose is an {@link IpvsError}.
 *
 * @packageDocumentation
 */

export type { BatchResult, Refusal } from "./client/batch.js";
// The kernel
export { IpvsClient, type ReadOptions, type ReadRowsOptions } from "./client/client.js";
export { CONNECTIONS_FILE, readConnections } from "./client/connections.js";
export type { DatagramCalls, Room } from "./client/datagram-calls.js";
export type { NetlinkReceiver, NetlinkSocket, OpenSocket } from "./client/netlink-socket.js";
export { readTotals, TOTALS_FILE, type Totals } from "./client/totals.js";
// Errors
export {
  DecodeError,
  IpvsError,
  KernelError,
  RuleError,
  TransportError,
  UnknownOptionError,
  UsageError,
} from "./errors.js";
export { filterConnections } from "./listing/filter-connections.js";
export { filterTable } from "./listing/filter-table.js";
// What IPVS is
export {
  type Address,
  addressBytes,
  addressFromBytes,
  compareAddresses,
  type Family,
  familyOf,
  formatEndpoint,
  parseIpv4,
  parseIpv6,
} from "./model/address.js";
export type { Change } from "./model/change.js";
export type { Connection, Endpoint } from "./model/connection.js";
export {
  compareDestinations,
  type Destination,
  type DestinationKey,
  destinationId,
  type ForwardingMethod,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  PLAIN_TUNNEL,
  type Tunnel,
  type TunnelType,
} from "./model/destination.js";
export { type Configuration, DocumentError, type Mistake } from "./model/document.js";
export { EngineNames } from "./model/engine-names.js";
export { oldestFirst } from "./model/rows-entry.js";
export { COLUMN, ServerRows } from "./model/server-rows.js";
export {
  compareServices,
  type FirewallMark,
  FULL_NETMASK,
  IP_VS_SVC_F_HASHED,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  IP_VS_SVC_F_SCHED1,
  IP_VS_SVC_F_SCHED2,
  IP_VS_SVC_F_SCHED3,
  isFirewallMark,
  type Protocol,
  type Service,
  type ServiceKey,
  type ServiceOptions,
  serviceFamily,
  serviceId,
  serviceKey,
  type VirtualAddress,
} from "./model/service.js";
export { SERVICE_COLUMN, ServiceList, type ServiceOrder } from "./model/service-list.js";
export { ServiceRows, withRows, withServers } from "./model/service-rows.js";
export { type Daemon, type DaemonState, formatVersion, type Info, type Timeouts } from "./model/settings.js";
export { STATS_FIELDS, type Stats } from "./model/stats.js";
export {
  type DestinationState,
  type LiveDestination,
  type LiveService,
  type LiveTable,
  sortTable,
  type Table,
  type TableEntry,
} from "./model/table.js";
// Names of hosts and ports
export { type Names, withNames } from "./names/names.js";
export { type SystemNamesOptions, systemNames } from "./names/system.js";
export type {
  Command,
  ConnectionFilter,
  Layout,
  ListConnections,
  ListServices,
  ListSettings,
  TableFilter,
} from "./options/command.js";
export { formatChange } from "./options/format.js";
export type { EndpointMatch, ServiceKind } from "./options/matches.js";
export { type ParseContext, parseCommand } from "./options/parse.js";
export { refusalText } from "./program/refusal-text.js";
// Changes, and the tables and rules that they come from
export { type Applied, type ApplyTableOptions, applyTable, type RefusedChange } from "./restore/apply.js";
export { findMisordered, planTable } from "./restore/plan.js";
export {
  type CompareOptions,
  compareTables,
  type Difference,
  diffTables,
  type ServiceDifference,
} from "./rules/diff.js";
export type { Misordered } from "./rules/misordered.js";
export { heedsOrder, type ServerOrder } from "./rules/order.js";
export { type ParsedRules, parseRules, type Repetition, type Rule } from "./rules/read.js";
export {
  type Excuses,
  type SettingsChange,
  type Wanted,
  type WantedSetting,
  wantedDocument,
  wantedTable,
} from "./rules/wanted.js";
export { formatRules, settingsChanges, tableChanges } from "./rules/write.js";
// Rates from counters
export { RATES, type Rate, RateMeter, type Rates, SUMMATION } from "./top/rates.js";
export { VERSION } from "./version.js";
export { isChange, requestOf } from "./wire/change.js";
export type { Request } from "./wire/requests.js";
