import type { PairCheck } from "../pair.js";
import * as addresses from "./addresses.js";
import * as contents from "./contents.js";
import * as messages from "./messages.js";
import * as order from "./order.js";
import * as roles from "./roles.js";
import * as servers from "./servers.js";
import * as services from "./services.js";
import * as settings from "./settings.js";

/** All comparisons of two directors: who has the addresses, what the tables hold, how connections get across, and what else counts. */
export const PAIR_CHECKS: readonly PairCheck[] = [
  addresses.addressNowhere,
  addresses.addressTwice,
  addresses.addressOnce,
  services.serviceMissing,
  services.serviceDiffers,
  servers.serverMissing,
  servers.serverDiffers,
  servers.weightDiffers,
  servers.weightZero,
  order.order,
  order.hashing,
  roles.syncMissing,
  roles.syncRoles,
  roles.syncBackwards,
  messages.syncInterface,
  messages.syncId,
  messages.syncGroup,
  messages.syncLength,
  messages.syncTtl,
  contents.syncMixed,
  contents.syncOld,
  contents.syncSilent,
  roles.syncNone,
  settings.timeouts,
  settings.parameters,
];
