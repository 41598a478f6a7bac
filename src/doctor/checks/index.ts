import type { Check } from "../check.js";
import * as arrival from "./arrival.js";
import * as connections from "./connections.js";
import * as direct from "./direct.js";
import * as load from "./load.js";
import * as local from "./local.js";
import * as loopback from "./loopback.js";
import * as marks from "./marks.js";
import * as nat from "./nat.js";
import * as reach from "./reach.js";
import * as replies from "./replies.js";
import * as services from "./services.js";
import * as surroundings from "./surroundings.js";
import * as symptoms from "./symptoms.js";
import * as sync from "./sync.js";
import * as tables from "./tables.js";
import * as udp from "./udp.js";

/**
 * All checks, the most likely cause first: what is missing altogether, then the way of a packet from the client to the
 * server and back, then what goes wrong only sometimes. Symptoms stand behind the causes that explain them.
 */
export const CHECKS: readonly Check[] = [
  services.noServers,
  services.noWeights,
  services.allFull,
  arrival.addressNotLocal,
  arrival.backupOnly,
  marks.markNotLocal,
  arrival.markNotSet,
  arrival.firewallDropsRequests,
  loopback.loopbackService,
  loopback.loopbackServer,
  local.nothingListens,
  local.firewallDropsLocal,
  reach.serverUnreachable,
  reach.linkDown,
  reach.neighbourFailed,
  reach.directBehindGateway,
  reach.directPortDiffers,
  replies.forwarding,
  replies.firewallDropsReplies,
  replies.firewallDropsInvalid,
  marks.markCatchesServers,
  nat.snatUntracked,
  symptoms.serverRefuses,
  symptoms.repliesLost,
  nat.noReturnPath,
  direct.directSilent,
  direct.tunnelSilent,
  local.localSilent,
  symptoms.oneSided,
  symptoms.clientsNeverServed,
  udp.udpSticks,
  udp.onePacketNat,
  load.conntrackFull,
  tables.connectionLimit,
  load.overloadDefence,
  replies.redirects,
  services.hashWithoutFallback,
  connections.removedServer,
  connections.persistenceKept,
  connections.reuseStall,
  sync.syncLink,
  sync.syncLoop,
  surroundings.ftpHelper,
  tables.smallTable,
  sync.syncSize,
  sync.syncSeldom,
  surroundings.emptyTable,
  surroundings.otherOwner,
  reach.directFromVirtual,
  load.estimationOff,
  load.reversePath,
  direct.tunnelMtu,
  connections.tcpTimeout,
];
