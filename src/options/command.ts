import type { ConnectionFilter } from "../listing/filter-connections.js";
import type { TableFilter } from "../listing/filter-table.js";
import type { Destination, DestinationKey } from "../model/destination.js";
import type { Service, ServiceKey } from "../model/service.js";
import type { Daemon, DaemonState, Timeouts } from "../model/settings.js";

/** A change of the kernel's state: what rule files consist of, and one kernel message each. */
export type Change =
  | { readonly kind: "add-service" | "edit-service"; readonly service: Service }
  | { readonly kind: "delete-service"; readonly service: ServiceKey }
  | { readonly kind: "flush" }
  | { readonly kind: "add-server" | "edit-server"; readonly service: ServiceKey; readonly server: Destination }
  | { readonly kind: "delete-server"; readonly service: ServiceKey; readonly server: DestinationKey }
  /** Absent service: every counter. */
  | { readonly kind: "zero"; readonly service?: ServiceKey }
  | { readonly kind: "set"; readonly timeouts: Timeouts }
  | { readonly kind: "start-daemon"; readonly daemon: Daemon }
  | { readonly kind: "stop-daemon"; readonly state: DaemonState; readonly syncId: number };

/** Which columns a listing shows. */
export type Layout = "normal" | "stats" | "rate" | "thresholds" | "persistent-conn" | "tun-info";

/** `-L`: services and servers. */
export interface ListServices {
  readonly kind: "list";
  readonly show: "services";
  /** Absent: all services. */
  readonly service?: ServiceKey;
  readonly layout: Layout;
  readonly numeric: boolean;
  /** `--exact`: full numbers in statistics. */
  readonly exact: boolean;
  /** False with `--nosort`. */
  readonly sort: boolean;
  /** `--wide`: names are not cut. */
  readonly wide: boolean;
  /** Absent: everything. */
  readonly filter?: TableFilter;
  readonly json: boolean;
}

/** `-L -c`: connections. */
export interface ListConnections {
  readonly kind: "list";
  readonly show: "connections";
  readonly numeric: boolean;
  /** `--persistent-conn`: two more columns. */
  readonly persistenceEngine: boolean;
  /** `--wide`: names are not cut. */
  readonly wide: boolean;
  /** Absent: everything. */
  readonly filter?: ConnectionFilter;
  readonly json: boolean;
}

/** `-L --timeout`, `-L --daemon`. */
export interface ListSettings {
  readonly kind: "list";
  readonly show: "timeouts" | "daemons";
  readonly json: boolean;
}

/** What one command line asks for. */
export type Command =
  | Change
  | ListServices
  | ListConnections
  | ListSettings
  /** `all`: timeouts and sync daemons too. */
  | { readonly kind: "save"; readonly all: boolean; readonly json: boolean }
  | { readonly kind: "restore" }
  | { readonly kind: "help" }
  | { readonly kind: "version" };
