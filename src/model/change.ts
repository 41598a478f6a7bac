import type { Destination, DestinationKey } from "./destination.js";
import type { Service, ServiceKey } from "./service.js";
import type { Daemon, DaemonState, Timeouts } from "./settings.js";

/** A change of the kernel's state, one kernel message each. Rule files, differences and edits consist of these. */
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
