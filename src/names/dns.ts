import type { Resolver } from "node:dns/promises";
import type { Address } from "../model/address.js";

/** Queries on their way at any time. */
const AT_ONCE = 64;

/** Milliseconds until a query is sent again, or to the next name server. */
const RETRY_AFTER = 1000;

/** Names as glibc asks for them and accepts them in answers: nothing that could steer a terminal. */
const HOST_NAME = /^[A-Za-z0-9_.-]+$/;

/** Where and how long to ask. */
export interface Asking {
  /** Milliseconds for all of it. */
  readonly wait: number;
  /** Name servers instead of those in resolv.conf(5). */
  readonly servers: readonly string[] | undefined;
}

/**
 * Asks the name servers for the first IPv4 address of hosts and hands each one found to `found`. Ends after the wait at the
 * latest, with what was found until then.
 *
 * @param complete the names that a name may stand for, in the order in which they are asked for
 */
export function lookupHosts(
  hosts: readonly string[],
  asking: Asking,
  complete: (host: string) => readonly string[],
  found: (host: string, address: Address) => void,
): Promise<void> {
  const valid = hosts.filter((host) => HOST_NAME.test(host));
  return askForAll(valid, asking, async (resolver, host, isOver) => {
    for (const name of complete(host)) {
      if (isOver()) return;
      const [address] = await resolver.resolve4(name).catch(() => []);
      if (address !== undefined) return found(host, address);
    }
  });
}

/** Asks the name servers for the names of addresses and hands each one found to `found`. Ends as `lookupHosts` does. */
export function lookupAddresses(
  addresses: readonly Address[],
  asking: Asking,
  found: (address: Address, name: string) => void,
): Promise<void> {
  return askForAll(addresses, asking, async (resolver, address) => {
    const [name = ""] = await resolver.reverse(address).catch(() => []);
    if (HOST_NAME.test(name)) found(address, name);
  });
}

/**
 * Asks about many things at once. What has no answer, or none in time, is left out: a number is shown, a name is unknown.
 *
 * It does not go through getaddrinfo(3) and getnameinfo(3): those cannot be stopped, and keep the process from ending while a
 * name server is silent.
 */
async function askForAll<T>(
  things: readonly T[],
  { wait, servers }: Asking,
  ask: (resolver: Resolver, thing: T, isOver: () => boolean) => Promise<void>,
): Promise<void> {
  const dns = await import("node:dns/promises");
  const resolver = new dns.Resolver({ timeout: RETRY_AFTER, tries: 3 });
  if (servers !== undefined) resolver.setServers(servers);
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    resolver.cancel();
  }, wait);
  const left = things.values();
  async function work(): Promise<void> {
    for (const thing of left) {
      if (over) return;
      await ask(resolver, thing, () => over);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  clearTimeout(timer);
}
