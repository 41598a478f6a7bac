import type { Address } from "../model/address.js";

/** Reverse queries on their way at any time. */
const AT_ONCE = 64;

/** Milliseconds until a query is sent again, or to the next name server. */
const RETRY_AFTER = 1000;

/** Names as glibc accepts them in answers: nothing that could steer a terminal. */
const HOST_NAME = /^[A-Za-z0-9_.-]+$/;

/**
 * The first IPv4 address of a host, from wherever the system finds hosts (getaddrinfo(3), so nsswitch.conf counts).
 * Absent when there is none. Waits as long as resolv.conf(5) says.
 */
export async function lookupHost(host: string): Promise<Address | undefined> {
  try {
    const { lookup } = await import("node:dns/promises");
    const { address } = await lookup(host, { family: 4 });
    return address ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks the name servers for the names of addresses and hands each one found to `found`. Ends after `wait` milliseconds
 * at the latest, with what was found until then.
 *
 * It does not go through getnameinfo(3): that would keep the process from ending while a name server is silent.
 *
 * @param servers name servers instead of those in resolv.conf(5)
 */
export async function lookupAddresses(
  addresses: readonly Address[],
  wait: number,
  servers: readonly string[] | undefined,
  found: (address: Address, name: string) => void,
): Promise<void> {
  const { Resolver } = await import("node:dns/promises");
  const resolver = new Resolver({ timeout: RETRY_AFTER, tries: 3 });
  if (servers !== undefined) resolver.setServers(servers);
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    resolver.cancel();
  }, wait);
  const left = addresses.values();
  async function work(): Promise<void> {
    for (const address of left) {
      if (over) return;
      try {
        const [name = ""] = await resolver.reverse(address);
        if (HOST_NAME.test(name)) found(address, name);
      } catch {
        // No such name, no answer, or cancelled: the number is shown.
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  clearTimeout(timer);
}
