/**
 * The kernel's IPVS for programs: `IpvsClient` talks to it, the model says what it holds, and rules are its text form.
 *
 * @packageDocumentation
 */
export { IpvsClient, type LiveService, type ReadOptions } from "./client/client.js";
export { readConnections } from "./client/connections.js";
export type { NetlinkReceiver, NetlinkSocket, OpenSocket } from "./client/socket.js";
export type { BatchResult, Refusal } from "./client/transport.js";
export { type Applied, applyTable, planTable, type RefusedChange } from "./command/apply.js";
export type { Change, Command } from "./command/command.js";
export { formatChange } from "./command/format.js";
export { type ParseContext, parseCommand } from "./command/parse.js";
export { refusalText } from "./command/refusals.js";
export { requestOf } from "./command/requests.js";
export { DecodeError, IpvsError, KernelError, RuleError, TransportError, UsageError } from "./errors.js";
export {
  type Address,
  addressBytes,
  addressFromBytes,
  type Family,
  familyOf,
  formatEndpoint,
  parseIpv4,
  parseIpv6,
} from "./model/address.js";
export type { Connection, Endpoint } from "./model/connection.js";
export {
  type Destination,
  type DestinationKey,
  destinationId,
  type ForwardingMethod,
  IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM,
  IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
  type Tunnel,
  type TunnelType,
} from "./model/destination.js";
export { type Configuration, DocumentError } from "./model/document.js";
export {
  type FirewallMark,
  FULL_NETMASK,
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
export { type Daemon, type DaemonState, formatVersion, type Info, type Timeouts } from "./model/settings.js";
export type { Stats } from "./model/stats.js";
export {
  type DestinationState,
  type LiveDestination,
  type LiveTable,
  sortTable,
  type Table,
  type TableEntry,
} from "./model/table.js";
export { type SystemNamesOptions, systemNames } from "./names/system.js";
export { type Names, withNames } from "./names.js";
export { settingsChanges, tableChanges } from "./rules/changes.js";
export { compareTables, type Difference, diffTables, type ServiceDifference } from "./rules/diff.js";
export { formatRules } from "./rules/format.js";
export { type ParsedRules, parseRules, type Rule } from "./rules/parse.js";
export { type Wanted, type WantedSetting, wantedDocument, wantedTable } from "./rules/wanted.js";
export { VERSION } from "./version.js";
