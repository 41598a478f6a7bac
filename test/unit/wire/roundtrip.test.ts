import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serviceFamily } from "../../../src/model/service.js";
import { COMMAND, STATS64 } from "../../../src/wire/attributes.js";
import { decodeDaemon, encodeDaemon } from "../../../src/wire/daemon.js";
import { decodeDestination, encodeDestination } from "../../../src/wire/destination.js";
import { readMessages, writeRequest } from "../../../src/wire/message.js";
import { newDest, type Request } from "../../../src/wire/requests.js";
import { decodeService, encodeService } from "../../../src/wire/service.js";
import { Writer } from "../../../src/wire/writer.js";
import { daemon, destination, service } from "../arbitraries.js";

/** The attributes of a request after a trip over the wire. */
function overTheWire(attributes: Request["attributes"]): Request["attributes"] {
  const out = new Writer(16);
  COMMAND.encode(out, attributes);
  const bytes = Buffer.from(out.bytes);
  return COMMAND.decode(bytes, 0, bytes.length);
}

describe("decode(encode(x)) = x", () => {
  it("services", () => {
    fc.assert(
      fc.property(service, (value) => {
        expect(decodeService(overTheWire({ SERVICE: encodeService(value) }).SERVICE!)).toEqual(value);
      }),
    );
  });

  it("servers", () => {
    fc.assert(
      fc.property(service, destination, (owner, value) => {
        const { DEST } = overTheWire({ DEST: encodeDestination(value) });
        const { activeConnections, inactiveConnections, persistentConnections, ...rest } = decodeDestination(
          DEST!,
          serviceFamily(owner),
        );
        expect(rest).toEqual(value);
        expect([activeConnections, inactiveConnections, persistentConnections]).toEqual([0, 0, 0]);
      }),
    );
  });

  it("sync daemons", () => {
    fc.assert(
      fc.property(daemon, (value) => {
        expect(decodeDaemon(overTheWire({ DAEMON: encodeDaemon(value) }).DAEMON!)).toEqual(value);
      }),
    );
  });

  it("64-bit counters", () => {
    const counter = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(counter, counter, (CONNS, OUTBPS) => {
        const out = new Writer();
        STATS64.encode(out, { CONNS, OUTBPS });
        expect(STATS64.decode(Buffer.from(out.bytes), 0, out.length)).toEqual({ CONNS, OUTBPS });
      }),
    );
  });
});

describe("damaged bytes end in an error, never in a crash or in reading too far", () => {
  const whole = (() => {
    const out = new Writer();
    const key = { protocol: "tcp", address: "192.0.2.1", port: 80 } as const;
    const server = { address: "198.51.100.1", port: 80, weight: 1, upperThreshold: 0, lowerThreshold: 0 } as const;
    writeRequest(out, 28, 1, 5, newDest(key, { ...server, forwarding: "masq" }));
    return Buffer.from(out.bytes);
  })();

  const readAll = (bytes: Buffer): void => {
    for (const message of readMessages(bytes)) {
      const { SERVICE, DEST, DAEMON } = COMMAND.decode(message.bytes, message.offset + 4, message.length - 4);
      if (SERVICE) decodeService(SERVICE);
      if (DEST) decodeDestination(DEST, "ipv4");
      if (DAEMON) decodeDaemon(DAEMON);
    }
  };

  it("truncated anywhere", () => {
    for (let length = 1; length < whole.length; length++) {
      expect(() => readAll(whole.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ name: "DecodeError" }),
      );
    }
  });

  it("inner lengths that lie", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 17), fc.nat(255), (position, value) => {
        const bytes = Buffer.from(whole);
        bytes[16 + position] = value;
        try {
          readAll(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "DecodeError" });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (random) => {
        try {
          readAll(Buffer.from(random));
        } catch (error) {
          expect(error).toMatchObject({ name: "DecodeError" });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("names a known attribute of the wrong length and ignores unknown ones", () => {
    const unknown = Buffer.from([8, 0, 99, 0, 1, 2, 3, 4]);
    expect(COMMAND.decode(unknown, 0, unknown.length)).toEqual({});
    const short = Buffer.from([6, 0, 4, 0, 1, 2, 0, 0]);
    expect(() => COMMAND.decode(short, 0, short.length)).toThrow("IPVS_CMD_ATTR_TIMEOUT_TCP: 2 bytes instead of 4");
  });
});
