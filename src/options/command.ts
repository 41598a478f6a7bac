import type { Change } from "../model/change.js";
import type { ServiceKey } from "../model/service.js";
import type { EndpointMatch, ServiceKind } from "./matches.js";

/** Which columns a listing shows. */
export type Layout = "normal" | "stats" | "rate" | "thresholds" | "persistent-conn" | "tun-info";

/** Which part of a table to show. Everything that is given has to hold; absent means that it does not matter. */
export interface TableFilter {
  /** Services of any of these protocols (or marks) and any of these families. */
  readonly only?: readonly ServiceKind[];
  /** Servers with this address, and the services that have one. */
  readonly server?: EndpointMatch;
  /** Servers of weight 0, and the services that have one. */
  readonly weightZero?: true;
  /** Services without servers. */
  readonly empty?: true;
}

/** Which connections to show. Everything that is given has to hold; absent means that it does not matter. */
export interface ConnectionFilter {
  readonly client?: EndpointMatch;
  /** The virtual service. */
  readonly virtual?: EndpointMatch;
  readonly server?: EndpointMatch;
  /** The kernel's word for the state, in any case: `ESTABLISHED`. */
  readonly state?: string;
}

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
  /** `--color`; absent: auto, on a terminal only. */
  readonly color?: "auto" | "always" | "never";
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
  /** `all`: timeouts and sync daemons too. `sort`: false with `--nosort`. */
  | { readonly kind: "save"; readonly all: boolean; readonly sort: boolean; readonly json: boolean }
  | { readonly kind: "restore" }
  | { readonly kind: "help" }
  | { readonly kind: "version" };
