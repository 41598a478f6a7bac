import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, complaints } from "../doctor/examine.js";
import { all, clients, type Director, Fleet, port, type Service, vips } from "./ecmp.js";

/** A connection of a client that lasts. */
interface Connection {
  readonly client: string;
  /** Address and port of the client, as tables of connections have it. */
  readonly source: string;
  readonly server: string;
}

describe("Several directors without synchronisation", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.build();
  });
  afterAll(() => fleet.close());

  /** Opens a connection from each client. */
  async function open(group: string, service: Service): Promise<Connection[]> {
    const answers = await fleet.caller.open(group, { address: vips[service], port, from: clients });
    const clientPorts = await fleet.caller.ports(group);
    return answers.map(({ client, server }, index) => ({ client, source: `${client}:${clientPorts[index]}`, server }));
  }

  /** Those that still carry a line there and back. */
  async function alive(group: string, connections: readonly Connection[]): Promise<Connection[]> {
    const echoes = await fleet.caller.echo(group);
    return connections.filter((_, index) => echoes[index]);
  }

  /** The director of each connection, by its source: the one that knows it and, where it has moved, did not know it before. */
  async function findDirectors(among: readonly Director[], before: ReadonlyMap<string, Director> = new Map()) {
    const found = new Map(before);
    for (const director of among) {
      const moved = [...(await fleet.connections(director))].filter((source) => before.get(source) !== director);
      for (const source of moved) found.set(source, director);
    }
    return found;
  }

  /** What each director would do with each client of a service. */
  const predictions = async (service: Service) =>
    new Map(await Promise.all(all.map(async (director) => [director, await fleet.where(director, service)] as const)));

  it("without sloppy_tcp, loses every connection that comes to another director", async () => {
    const connections = await open("strict", "mh");
    const onLb2 = await fleet.connections("lb2");
    await fleet.announce(["lb1", "lb3"]);
    const staying = connections.filter(({ source }) => !onLb2.has(source));
    expect(staying.length).toBeLessThan(connections.length);
    expect(await alive("strict", connections)).toEqual(staying);
    console.log(`without sloppy_tcp: ${staying.length} of ${connections.length} connections go on`);
    await fleet.announce(all);
  });

  it("with it, keeps those that find the same server there: all with mh and one order of servers, as predicted with another", async () => {
    for (const director of all) await fleet.setSloppy(director, true);
    expect((await compare(fleet.network, "lb1", "lb2")).findings).toEqual([]);
    expect(complaints(await compare(fleet.network, "lb1", "lb3"))).toEqual(["error peer-order"]);
    const predicted = { mh: await predictions("mh"), sh: await predictions("sh") };
    for (const director of all) expect(predicted.mh.get(director)).toEqual(predicted.mh.get("lb1"));
    const connections = { mh: await open("mh", "mh"), sh: await open("sh", "sh") };
    const before = await findDirectors(all);
    for (const service of ["mh", "sh"] as const) {
      for (const { client, source, server } of connections[service])
        expect(server).toBe(predicted[service].get(before.get(source)!)!.get(client));
    }

    await fleet.network.kill("lb1");
    await fleet.announce(["lb2", "lb3"]);
    const survivors = { mh: await alive("mh", connections.mh), sh: await alive("sh", connections.sh) };
    const after = await findDirectors(["lb2", "lb3"], before);
    for (const service of ["mh", "sh"] as const) {
      const moved = connections[service].filter(({ source }) => before.get(source) !== after.get(source));
      const keeping = connections[service].filter(
        ({ client, source, server }) => predicted[service].get(after.get(source)!)!.get(client) === server,
      );
      expect(moved.every(({ source }) => after.get(source) !== "lb1")).toBe(true);
      expect(survivors[service]).toEqual(keeping);
      console.log(`${service}: ${moved.length} of 60 connections move, ${survivors[service].length} go on`);
    }
    expect(survivors.mh).toEqual(connections.mh);
    expect(survivors.sh.length, "sh, and another order of servers on lb3").toBeLessThan(connections.sh.length);

    await fleet.revive("lb1");
    await fleet.setSloppy("lb1", true);
    await fleet.announce(all);
    expect(await alive("mh", connections.mh)).toEqual(connections.mh);
    expect((await fleet.connections("lb1")).size, "lb1 has its share again").toBeGreaterThan(0);
  });
});
