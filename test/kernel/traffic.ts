import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Addresses on `lo`: a virtual one, two real servers, and clients. */
export const VIP = "10.9.0.1";
export const SERVER_A = "10.9.0.2";
export const SERVER_B = "10.9.0.3";
export const CLIENT = "10.8.0.1";

const ADDRESSES = [VIP, SERVER_A, SERVER_B, CLIENT];

const ip = (...args: string[]) => execFileSync("ip", args);

export function addAddresses(): void {
  for (const address of ADDRESSES) ip("addr", "add", `${address}/32`, "dev", "lo");
}

export function removeAddresses(): void {
  for (const address of ADDRESSES) ip("addr", "del", `${address}/32`, "dev", "lo");
}

/** TCP servers that greet every client with their own address and then keep the connection. */
export class GreetingServers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  async open(port: number, ...addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      const server = createServer({ allowHalfOpen: false }, (socket) => {
        this.#sockets.add(socket);
        socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
        socket.write(address);
      });
      server.listen(port, address);
      await once(server, "listening");
      this.#servers.push(server);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** A TCP connection, and which server answered it. */
export interface Visit {
  readonly server: string;
  /** Ends it properly. */
  close(): Promise<void>;
  /** Forgets it, whatever the other side thinks. */
  abandon(): void;
}

export async function visit(port: number, address = VIP): Promise<Visit> {
  const socket = connect({ host: address, port, localAddress: CLIENT });
  const [greeting] = await once(socket, "data");
  socket.on("error", () => undefined);
  return {
    server: String(greeting),
    abandon: () => socket.destroy(),
    async close() {
      if (socket.closed) return;
      const closed = once(socket, "close");
      socket.end();
      await closed;
    },
  };
}

/**
 * Sends datagrams from one port; nobody needs to listen. Their connections outlive the test, and the service: each file of
 * tests has ports of its own.
 */
export async function sendDatagrams(port: number, count = 1): Promise<void> {
  const socket = createSocket("udp4").on("error", () => undefined);
  socket.bind(0, CLIENT);
  await once(socket, "listening");
  for (let sent = 0; sent < count; sent++) {
    await new Promise<void>((resolve, reject) => {
      socket.send("hello", port, VIP, (error) => (error ? reject(error) : resolve()));
    });
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}
