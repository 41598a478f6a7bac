import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Service, ServiceKey } from "../../../src/model/service.js";
import { noNames } from "../../../src/names/names.js";
import type { Command, ListServices } from "../../../src/options/command.js";
import { parseCommand } from "../../../src/options/parse.js";
import { COMMAND } from "../../../src/wire/attributes.js";
import { isChange, requestOf } from "../../../src/wire/change.js";
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from "../../../src/wire/constants.js";
import { writeRequest } from "../../../src/wire/message.js";
import { getConfig, getDaemon, getDest, getService, type Request } from "../../../src/wire/requests.js";
import { decodeService } from "../../../src/wire/service.js";
import { Writer } from "../../../src/wire/writer.js";

const FAMILY = 28;
const ONE = NLM_F_REQUEST | NLM_F_ACK;
const DUMP = ONE | NLM_F_DUMP;

const golden = readFileSync(new URL("golden.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(" | ") as [command: string, hex: string]);

function bytesOf(request: Request, flags: number): string {
  const out = new Writer();
  writeRequest(out, FAMILY, 0, flags, request);
  return out.bytes.toString("hex");
}

/** Every request that a command may send; a listing sends one for the services and one for each service's servers. */
function requestsFor(command: Command, hex: string): string[] {
  if (isChange(command)) return [bytesOf(requestOf(command), ONE)];
  if (command.kind !== "list") throw new Error(`no request for ${command.kind}`);
  if (command.show === "timeouts") return [bytesOf(getConfig(), ONE)];
  if (command.show === "daemons") return [bytesOf(getDaemon(), DUMP)];
  const { service } = command as ListServices;
  const key = service ?? keyIn(hex);
  return [
    service ? bytesOf(getService(service), ONE) : bytesOf(getService(), DUMP),
    ...(key ? [bytesOf(getDest(key), DUMP)] : []),
  ];
}

/** The service that a captured GET_DEST asks about. */
function keyIn(hex: string): ServiceKey | undefined {
  const bytes = Buffer.from(hex, "hex");
  const { SERVICE } = COMMAND.decode(bytes, 20, bytes.length - 20);
  return SERVICE && (decodeService(SERVICE) as Service);
}

describe("requests have the bytes of ipvsadm 1.31", () => {
  it.each(golden)("%s", (line, hex) => {
    const command = parseCommand(line.split(" "), { names: noNames, program: "ipvsadm" });
    expect(requestsFor(command, hex)).toContain(hex);
  });
});
