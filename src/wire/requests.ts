import { ANY, familyOf } from "../model/address.js";
import type { Destination, DestinationKey } from "../model/destination.js";
import { FULL_NETMASK, isFirewallMark, type Service, type ServiceKey } from "../model/service.js";
import type { Daemon, DaemonState, Timeouts } from "../model/settings.js";
import type { COMMAND } from "./attributes.js";
import type { Values } from "./codec.js";
import {
  IPVS_CMD_DEL_DAEMON,
  IPVS_CMD_DEL_DEST,
  IPVS_CMD_DEL_SERVICE,
  IPVS_CMD_FLUSH,
  IPVS_CMD_GET_CONFIG,
  IPVS_CMD_GET_DAEMON,
  IPVS_CMD_GET_DEST,
  IPVS_CMD_GET_INFO,
  IPVS_CMD_GET_SERVICE,
  IPVS_CMD_NEW_DAEMON,
  IPVS_CMD_NEW_DEST,
  IPVS_CMD_NEW_SERVICE,
  IPVS_CMD_SET_CONFIG,
  IPVS_CMD_SET_DEST,
  IPVS_CMD_SET_SERVICE,
  IPVS_CMD_ZERO,
} from "./constants.js";
import { encodeDaemon, encodeDaemonReference } from "./daemon.js";
import { destinationReference, encodeDestination } from "./destination.js";
import { encodeService, encodeServiceKey, encodeServiceQuestion, encodeServiceReference } from "./service.js";
import { Template } from "./template.js";
import type { Writer } from "./writer.js";

/** A message to the kernel's IPVS before it is bytes: IPVS_CMD_* and the attributes. */
export interface Request {
  readonly command: number;
  readonly attributes: Values<(typeof COMMAND)["rows"]>;
  /** In a batch: the request behind this one has to be in the same datagram, so that the kernel carries out both at once. */
  readonly withNext?: true;
  /**
   * Appends the attributes more cheaply than by the tables. False, and nothing is written, where that cannot be done.
   *
   * @internal
   */
  write?(out: Writer): boolean;
}

const NOTHING: Request["attributes"] = {};

const ANY_KEY: ServiceKey = { protocol: "tcp", address: ANY.ipv4, port: 0 };
const ANY_SERVER = destinationReference({ address: ANY.ipv4, port: 0 });

/** One of the requests that come by the thousands: the attributes are made when something looks at them. */
class ServerRequest implements Request {
  static readonly #template = new Template(() => new ServerRequest(IPVS_CMD_NEW_DEST, ANY_KEY, ANY_SERVER).attributes);

  constructor(
    readonly command: number,
    readonly key: ServiceKey,
    readonly server: Destination,
  ) {}

  get attributes(): Request["attributes"] {
    return { SERVICE: encodeServiceReference(this.key), DEST: encodeDestination(this.server) };
  }

  write(out: Writer): boolean {
    const { key, server } = this;
    if (isFirewallMark(key) || familyOf(key.address) === "ipv6") return false;
    if (server.tunnel !== undefined || familyOf(server.address) === "ipv6") return false;
    return ServerRequest.#template.writeServer(out, key, server);
  }
}

/** More names of schedulers than this are not worth templates of their own. */
const MOST_TEMPLATES = 16;

/** The same about services themselves. */
class ServiceRequest implements Request {
  /** By the scheduler, whose name has no fixed length. */
  static readonly #templates = new Map<string, Template>();

  constructor(
    readonly command: number,
    readonly service: Service,
  ) {}

  get attributes(): Request["attributes"] {
    return { SERVICE: encodeService(this.service) };
  }

  write(out: Writer): boolean {
    const { service } = this;
    const { scheduler, flags, timeout, netmask, persistenceEngine } = service;
    if (isFirewallMark(service) || netmask !== FULL_NETMASK.ipv4 || persistenceEngine !== undefined) return false;
    let template = ServiceRequest.#templates.get(scheduler);
    if (template === undefined) {
      if (ServiceRequest.#templates.size === MOST_TEMPLATES) return false;
      const sample = { ...ANY_KEY, scheduler, flags: 0, timeout: 0, netmask };
      template = new Template(() => ({ SERVICE: encodeService(sample) }));
      ServiceRequest.#templates.set(scheduler, template);
    }
    return template.writeService(out, service, flags, timeout);
  }
}

/** One function per request that ipvsadm 1.31 sends, with the same bytes. */
export const getInfo = (): Request => ({ command: IPVS_CMD_GET_INFO, attributes: NOTHING });

export const newService = (service: Service): Request => new ServiceRequest(IPVS_CMD_NEW_SERVICE, service);

export const setService = (service: Service): Request => new ServiceRequest(IPVS_CMD_SET_SERVICE, service);

export const delService = (key: ServiceKey): Request => ({
  command: IPVS_CMD_DEL_SERVICE,
  attributes: { SERVICE: encodeServiceReference(key) },
});

/** One service; without a key (as a dump) all of them. */
export const getService = (key?: ServiceKey): Request => ({
  command: IPVS_CMD_GET_SERVICE,
  attributes: key === undefined ? NOTHING : { SERVICE: encodeServiceQuestion(key) },
});

export const newDest = (key: ServiceKey, server: Destination): Request =>
  new ServerRequest(IPVS_CMD_NEW_DEST, key, server);

export const setDest = (key: ServiceKey, server: Destination): Request =>
  new ServerRequest(IPVS_CMD_SET_DEST, key, server);

export const delDest = (key: ServiceKey, server: DestinationKey): Request =>
  new ServerRequest(IPVS_CMD_DEL_DEST, key, destinationReference(server));

export const getDest = (key: ServiceKey): Request => ({
  command: IPVS_CMD_GET_DEST,
  attributes: { SERVICE: encodeServiceKey(key) },
});

/** Without a key: all counters. */
export const zero = (key?: ServiceKey): Request => ({
  command: IPVS_CMD_ZERO,
  attributes: key === undefined ? NOTHING : { SERVICE: encodeServiceReference(key) },
});

export const flush = (): Request => ({ command: IPVS_CMD_FLUSH, attributes: NOTHING });

export const setConfig = (timeouts: Timeouts): Request => ({
  command: IPVS_CMD_SET_CONFIG,
  attributes: { TIMEOUT_TCP: timeouts.tcp, TIMEOUT_TCP_FIN: timeouts.tcpFin, TIMEOUT_UDP: timeouts.udp },
});

export const getConfig = (): Request => ({ command: IPVS_CMD_GET_CONFIG, attributes: NOTHING });

export const newDaemon = (daemon: Daemon): Request => ({
  command: IPVS_CMD_NEW_DAEMON,
  attributes: { DAEMON: encodeDaemon(daemon) },
});

export const delDaemon = (state: DaemonState, syncId: number): Request => ({
  command: IPVS_CMD_DEL_DAEMON,
  attributes: { DAEMON: encodeDaemonReference(state, syncId) },
});

export const getDaemon = (): Request => ({ command: IPVS_CMD_GET_DAEMON, attributes: NOTHING });
