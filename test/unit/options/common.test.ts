import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noNames } from "../../../src/names/names.js";
import { readCommon } from "../../../src/options/common.js";
import { parseCommand } from "../../../src/options/parse.js";
import { Lines } from "../../../src/rules/lines.js";

const parse = (line: string) => parseCommand(line.split(" "), { names: noNames, program: "ipvsadm", inRules: true });

/** A line as the only one of a text, and between others. */
function read(line: string) {
  const alone = new Lines(line);
  alone.next();
  const among = new Lines(`-a -t 10.0.0.9:9\n${line}\n -w 1\n`);
  among.next();
  among.next();
  const [command, other] = [readCommon(alone), readCommon(among)];
  expect(other).toEqual(command);
  return command;
}

const octet = fc.oneof({ weight: 20, arbitrary: fc.nat(255) }, { weight: 1, arbitrary: fc.nat(999) }).map(String);
const address = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(octet, octet, octet, octet).map((parts) => parts.join(".")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("1.2.3", "01.2.3.4", "1.2.3.4.5", "....", "web", "[::1]", "0.0.0.0", "255.255.255.255"),
  },
);
const port = fc.oneof(fc.nat(65535), fc.constantFrom(0, 80, 65536, 99999)).map(String);
const padded = fc.tuple(fc.constantFrom("", "0"), port).map(([zero, digits]) => zero + digits);
const endpoint = fc.tuple(address, padded).map((parts) => parts.join(":"));
const service = fc.tuple(fc.constantFrom("-t", "-u", "-f"), endpoint).map((words) => words.join(" "));
const addition = fc
  .tuple(service, fc.oneof(fc.constantFrom("rr", "wlc", "mh", "averyveryverylongname", "RR", "l-c"), fc.string()))
  .map(([key, scheduler]) => `-A ${key} -s ${scheduler}`);
const server = fc
  .tuple(
    service,
    endpoint,
    fc.constantFrom("-m", "-g", "-i", ""),
    fc.oneof(fc.nat(), fc.constantFrom("", "-1", "007", "2147483648")),
  )
  .map(([key, real, method, weight]) => `-a ${key} -r ${real} ${method} -w ${weight}`);
const line = fc.oneof(addition, server);

describe("a common line", () => {
  it("is read as by the general way, or left to it", () => {
    let common = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (lines) => {
        for (const text of lines) {
          const command = read(text);
          if (command === undefined) continue;
          common++;
          expect(command).toEqual(parse(text));
        }
      }),
      { numRuns: 3000 },
    );
    expect(common).toBeGreaterThan(100);
  });

  it.each([
    "-A -t 10.0.0.1:80 -s wlc",
    "-A -u 10.0.0.1:53 -s rr",
    "-a -t 10.0.0.1:80 -r 10.0.0.2:8080 -m -w 100",
    "-a -t 10.0.0.1:80 -r 10.0.0.2:8080 -g -w 0",
    "-a -u 10.0.0.1:0 -r 10.0.0.2:0 -g -w 1",
  ])("is not left to it: %s", (text) => {
    expect(read(text)).toEqual(parse(text));
  });

  it("is forgotten when the next one names another service, or the same port of another protocol", () => {
    for (const text of ["-A -t 10.0.0.1:80 -s rr", "-A -u 10.0.0.1:80 -s rr", "-A -u 10.0.0.1:81 -s rr"]) {
      expect(read(text)).toEqual(parse(text));
    }
  });
});
