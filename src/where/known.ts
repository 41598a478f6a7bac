import { type Address, addressBytes, addressFromBytes, type Family, familyOf } from "../model/address.js";
import type { Connection, Endpoint } from "../model/connection.js";
import { IP_VS_SVC_F_PERSISTENT, isFirewallMark, type Service } from "../model/service.js";
import type { Client } from "./choice.js";

/** Which connections to a service count. */
export interface Reach {
  readonly service: Service;
  /** Where clients of a firewall mark go to; absent: not known, so that its connections cannot be told from others. */
  readonly virtual?: { readonly address: Address; readonly port?: number };
  /** For a service of all ports (port 0): the ports of its address that other services have. */
  readonly taken: ReadonlySet<number>;
}

/** FTP needs more than one port, so persistent clients of its port are remembered for all ports (`ip_vs_sched_persist`). */
const FTP = 21;

/** The connections and templates that clients have with one service, of all clients or of those that matter. */
export class Known {
  readonly #reach: Reach;
  readonly #connections = new Map<Address, Connection[]>();
  readonly #templates = new Map<Address, Connection>();
  readonly #matters: (address: Address) => boolean;

  /** @param matters the clients whose connections are kept; default: all */
  constructor(reach: Reach, matters: (address: Address) => boolean = () => true) {
    this.#reach = reach;
    this.#matters = matters;
  }

  add(connection: Connection): void {
    const { client } = connection;
    if (isTemplate(connection)) {
      if (isTemplateOf(connection, this.#reach.service)) this.#templates.set(client.address, connection);
    } else if (this.#matters(client.address) && goesTo(connection, this.#reach)) {
      const found = this.#connections.get(client.address);
      if (found === undefined) this.#connections.set(client.address, [connection]);
      else found.push(connection);
    }
  }

  /** The connections that a client has, from its port alone where it has one. */
  connections({ address, port }: Client): readonly Connection[] {
    const found = this.#connections.get(address) ?? [];
    return port === undefined ? found : found.filter(({ client }) => client.port === port);
  }

  /** What ties a client to a server; absent when nothing does. */
  template({ address }: Client): Connection | undefined {
    const { service } = this.#reach;
    if ((service.flags & IP_VS_SVC_F_PERSISTENT) === 0) return undefined;
    return this.#templates.get(masked(address, service.netmask));
  }
}

/** No client has port 0; templates of persistence engines belong to what these recognise. */
function isTemplate({ client, persistence }: Connection): boolean {
  return client.port === 0 && persistence === undefined;
}

function isTemplateOf({ protocol, virtual }: Connection, service: Service): boolean {
  if (isFirewallMark(service)) {
    return protocol === "IP" && virtual.address === markAddress(service.fwmark, service.family);
  }
  const port = service.protocol === "tcp" && service.port === FTP ? 0 : service.port;
  return isProtocol(protocol, service.protocol) && isEndpoint(virtual, service.address, port);
}

function goesTo({ protocol, virtual }: Connection, { service, virtual: asked, taken }: Reach): boolean {
  if (isFirewallMark(service)) return asked !== undefined && isEndpoint(virtual, asked.address, asked.port);
  if (!isProtocol(protocol, service.protocol)) return false;
  if (service.port !== 0) return isEndpoint(virtual, service.address, service.port);
  return isEndpoint(virtual, service.address) && !taken.has(virtual.port);
}

function isProtocol(word: string, protocol: string | number): boolean {
  return word === String(protocol).toUpperCase();
}

function isEndpoint(endpoint: Endpoint, address: Address, port = endpoint.port): boolean {
  return endpoint.address === address && endpoint.port === port;
}

/** How the kernel keeps a mark where an address would be: in the first four bytes. */
function markAddress(mark: number, family: Family): Address {
  const bytes = new Uint8Array(family === "ipv4" ? 4 : 16);
  new DataView(bytes.buffer).setUint32(0, mark);
  return addressFromBytes(family, bytes);
}

/** The network that persistence takes a client for. */
function masked(address: Address, netmask: Service["netmask"]): Address {
  const bytes = addressBytes(address).slice();
  const mask = typeof netmask === "number" ? prefixMask(netmask, bytes.length) : addressBytes(netmask);
  for (let at = 0; at < bytes.length; at++) bytes[at]! &= mask[at] ?? 0;
  return addressFromBytes(familyOf(address), bytes);
}

function prefixMask(length: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => 0xff00 >> Math.min(8, Math.max(0, length - 8 * at)));
}
