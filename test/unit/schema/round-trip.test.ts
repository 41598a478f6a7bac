import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isDocument } from "../../../src/model/document.js";
import { parseDocument } from "../../../src/model/document-input.js";
import { jsonSchema } from "../../../src/model/schema.js";
import type { LiveTable, Table } from "../../../src/model/table.js";
import { liveDestinationDocument, serviceDocument } from "../../../src/render/document.js";
import {
  renderDaemonsJson,
  renderSavedJson,
  renderServicesJson,
  renderTimeoutsJson,
} from "../../../src/render/json.js";
import { daemons, table, timeouts } from "./arbitrary.js";

const info = { version: 0x010201, connectionTableSize: 4096 };

function configured(live: LiveTable): Table {
  return live.map(({ service, destinations }) => ({
    service,
    destinations: destinations.map(
      ({ activeConnections: _a, inactiveConnections: _i, persistentConnections: _p, stats: _s, ...rest }) => rest,
    ),
  }));
}

test("a saved table comes back", () => {
  fc.assert(
    fc.property(table, timeouts, daemons, (live, seconds, running) => {
      const text = renderSavedJson(live, seconds, running).join("");
      expect(isDocument(text)).toBe(true);
      expect(parseDocument(text)).toEqual({ table: configured(live), timeouts: seconds, daemons: running });
    }),
  );
});

test("a listing with all its live figures gives the same table", () => {
  fc.assert(
    fc.property(table, (live) => {
      expect(parseDocument(renderServicesJson(info, live).join(""))).toEqual({ table: configured(live) });
    }),
  );
});

test("settings alone say nothing about services", () => {
  fc.assert(
    fc.property(timeouts, daemons, (seconds, running) => {
      expect(parseDocument(renderTimeoutsJson(seconds))).toEqual({ timeouts: seconds });
      expect(parseDocument(renderDaemonsJson(running))).toEqual({ daemons: running });
    }),
  );
});

describe("the exported JSON Schema", () => {
  const schema = z.fromJSONSchema(jsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

  test("allows everything that is printed", () => {
    fc.assert(
      fc.property(table, timeouts, daemons, (live, seconds, running) => {
        for (const text of [renderSavedJson(live, seconds, running), renderServicesJson(info, live)]) {
          expect(schema.safeParse(JSON.parse(text.join(""))).error?.issues).toBeUndefined();
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    { service: [] },
    { services: [{ protocol: "tcp", address: "10.0.0.1", port: 80, shceduler: "rr" }] },
    { services: [{ protocol: "tcp", address: "10.0.0.1", port: 65536 }] },
    { services: [{ fwmark: 0 }] },
    { timeouts: { tcp: 900 } },
  ])("refuses %j", (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  test("is plain JSON and describes what it is about", () => {
    expect(JSON.parse(JSON.stringify(jsonSchema()))).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "ipvsadm",
      $defs: {
        destination: { properties: { weight: { type: "integer", minimum: 0, maximum: 2147483647, default: 1 } } },
      },
    });
  });
});

test("services are written as JSON.stringify writes their documents", () => {
  fc.assert(
    fc.property(table, (live) => {
      const services = live.map(({ service, stats, destinations }) => ({
        ...serviceDocument(service, stats),
        destinations: destinations.map(liveDestinationDocument),
      }));
      const { services: listed } = JSON.parse(renderServicesJson(info, live).join(""));
      expect(JSON.stringify(listed)).toBe(JSON.stringify(services));
    }),
  );
});
