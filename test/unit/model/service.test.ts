import fc from "fast-check";
import { expect, test } from "vitest";
import { lookupKey, type ServiceKey, serviceId } from "../../../src/model/service.js";
import { address } from "../schema/arbitrary.js";

/** Few values, so that keys are often equal or differ in one place only, and the largest ones. */
const port = fc.constantFrom(0, 1, 80, 65534, 65535);
const near = fc.constantFrom("0.0.0.0", "0.0.0.1", "10.0.0.1", "255.255.255.254", "255.255.255.255", "::", "::1");
const key: fc.Arbitrary<ServiceKey> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom("tcp", "udp", "sctp", 50, 7),
    address: fc.oneof(near, address("ipv4"), address("ipv6")),
    port,
  }),
  fc.record({ fwmark: fc.constantFrom(1, 80, 2 ** 32 - 1), family: fc.constantFrom("ipv4", "ipv6") }),
) as fc.Arbitrary<ServiceKey>;

test("services are looked up by what is equal where their texts are", () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
      const texts = new Set(keys.map(serviceId));
      expect(new Set(keys.map(lookupKey)).size).toBe(texts.size);
      expect(new Set(keys.map((one) => `${lookupKey(one)} ${serviceId(one)}`)).size).toBe(texts.size);
    }),
  );
});
