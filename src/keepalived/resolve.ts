import { type Family, familyOf } from "../model/address.js";
import { type Destination, destinationId } from "../model/destination.js";
import {
  FULL_NETMASK,
  IP_VS_SVC_F_ONEPACKET,
  IP_VS_SVC_F_PERSISTENT,
  isFirewallMark,
  type Service,
  type ServiceKey,
  serviceFamily,
} from "../model/service.js";
import type { Member } from "./group-words.js";
import { netmask, readFamily } from "./netmask.js";
import { Mistake, type Place } from "./remarks.js";
import type { ServerDraft } from "./server-words.js";
import { DEFAULT_PERSISTENCE, type ServiceDraft } from "./service-words.js";

/** A server of the table, and what may become of it while keepalived runs. */
export interface IntendedServer {
  readonly place: Place;
  readonly server: Destination;
  readonly checked: boolean;
  readonly inhibited: boolean;
  readonly weighed: boolean;
}

/** A service of the table as keepalived makes it while all checks succeed. */
export interface IntendedService {
  readonly place: Place;
  readonly service: Service;
  readonly servers: readonly IntendedServer[];
  /** As it stands in the table while the quorum is lost. */
  readonly sorry?: Destination;
}

/** The services that a `virtual_server` makes: one, or one for each member of its group. Throws Mistake. */
export function resolveService(draft: ServiceDraft, members: readonly Member[] | undefined): IntendedService[] {
  const own = members ?? [ownMember(draft)];
  const servers = draft.servers.map(({ draft: server }) => server);
  const grouped = members !== undefined;
  return own.map((member) => {
    const key = keyOf(draft, member, own);
    const service = serviceOf(draft, key, own);
    const context = { draft, key, grouped };
    const sorry = draft.sorry && serverOf(draft.sorry, context, draft.sorryMethod, 1);
    return {
      place: member.place,
      service,
      servers: intended(draft, servers, context, sorry),
      ...(sorry && { sorry }),
    };
  });
}

function ownMember({ place, target }: ServiceDraft): Member {
  if ("group" in target) throw new Mistake(`there is no virtual_server_group ${target.group}`, place);
  return "fwmark" in target ? { place, ...target } : { place, address: target.address, port: target.port ?? 0 };
}

/** keepalived adds the real servers in their order, then a sorry server that only gets weight 0. */
function intended(
  draft: ServiceDraft,
  servers: readonly ServerDraft[],
  context: Context,
  sorry: Destination | undefined,
): IntendedServer[] {
  const found = new Map<string, IntendedServer>();
  const add = (one: IntendedServer) => {
    const id = destinationId(one.server);
    if (found.has(id)) throw new Mistake(`server ${id} is there already`, one.place);
    found.set(id, one);
  };
  for (const server of servers) {
    const { place, checked, weighed, inhibited = draft.inhibited } = server;
    const made = serverOf(server, context, server.method, server.weight ?? draft.weight ?? 1);
    add({ place, server: made, checked, weighed, inhibited });
  }
  if (sorry !== undefined && draft.sorryInhibited) {
    const flags = { checked: false, weighed: false, inhibited: true };
    add({ place: draft.sorry!.place, server: { ...sorry, weight: 0 }, ...flags });
  }
  return [...found.values()];
}

function keyOf(draft: ServiceDraft, member: Member, members: readonly Member[]): ServiceKey {
  const { place, protocol = "udp", family, granularity } = draft;
  if ("address" in member) {
    if (family !== undefined && family !== familyOf(member.address)) {
      throw new Mistake("ip_family is another one than that of the address", place);
    }
    return { protocol, address: member.address, port: member.port };
  }
  if (member.family !== undefined) return { fwmark: member.fwmark, family: member.family };
  const [ofGroup, other] = new Set(members.flatMap(familyOfMember));
  if (other !== undefined) throw new Mistake("a mark among both families needs inet or inet6", member.place);
  const said = family ?? (granularity === undefined ? undefined : readFamily(granularity));
  return { fwmark: member.fwmark, family: said ?? ofGroup ?? markFamily(draft) };
}

function familyOfMember(member: Member): Family[] {
  if ("address" in member) return [familyOf(member.address)];
  return member.family === undefined ? [] : [member.family];
}

/** A mark has the family of its servers. Those behind tunnels count only if all agree, and say nothing of the marks of a group. */
function markFamily(draft: ServiceDraft): Family {
  const servers = draft.servers.map(({ draft: server }) => ({ ...server, own: server.method }));
  const all = draft.sorry === undefined ? servers : [...servers, { ...draft.sorry, own: draft.sorryMethod }];
  const plain = all.filter(({ own }) => (own ?? draft.method)?.forwarding !== "tunnel");
  if (plain.length === 0 && "group" in draft.target) return "ipv4";
  const families = new Set((plain.length > 0 ? plain : all).map(({ address }) => familyOf(address)));
  return families.size === 1 && families.has("ipv6") ? "ipv6" : "ipv4";
}

function serviceOf(draft: ServiceDraft, key: ServiceKey, members: readonly Member[]): Service {
  const { scheduler = "wlc", schedulerFlags, granularity, engine } = draft;
  const anyPort = members.some((member) => "address" in member && member.port === 0);
  const implied = anyPort || granularity !== undefined ? DEFAULT_PERSISTENCE : 0;
  const timeout = draft.timeout ?? implied;
  const onePacket = draft.onePacket && (isFirewallMark(key) || key.protocol === "udp");
  const family = serviceFamily(key);
  if (granularity !== undefined && "group" in draft.target) {
    throw new Mistake(
      "keepalived ignores the persistence_granularity of a group (2.2.7), but not the persistence",
      draft.place,
    );
  }
  return {
    ...key,
    scheduler,
    flags: schedulerFlags | (onePacket ? IP_VS_SVC_F_ONEPACKET : 0) | (timeout > 0 ? IP_VS_SVC_F_PERSISTENT : 0),
    timeout,
    netmask: granularity === undefined ? FULL_NETMASK[family] : netmask(granularity, family),
    ...(engine !== undefined && timeout > 0 && { persistenceEngine: engine }),
  };
}

interface Context {
  readonly draft: ServiceDraft;
  readonly key: ServiceKey;
  readonly grouped: boolean;
}

function serverOf(
  written: ServerDraft,
  { draft, key, grouped }: Context,
  own: ServerDraft["method"],
  weight: number,
): Destination {
  const { address, upperThreshold, lowerThreshold, place } = written;
  const { forwarding, tunnel } = own ?? draft.method ?? { forwarding: "masq" as const };
  if (forwarding !== "tunnel" && familyOf(address) !== serviceFamily(key)) {
    throw new Mistake(`${address} is of another family than its virtual server, which only TUN allows`, place);
  }
  if (lowerThreshold > upperThreshold) throw new Mistake("lthreshold must not be above uthreshold", place);
  const servicePort = isFirewallMark(key) ? 0 : key.port;
  const port = forwarding === "masq" ? (written.port ?? (grouped ? 0 : servicePort)) : servicePort;
  return { address, port, forwarding, weight, upperThreshold, lowerThreshold, ...(tunnel && { tunnel }) };
}
