// biome-ignore-all lint/suspicious/noTemplateCurlyInString: keepalived's own parameters
import fc from "fast-check";
import { exportKeepalived } from "../../../src/export/keepalived.js";
import { readKeepalived } from "../../../src/keepalived/read.js";
import { isKeepalived, SECTIONS } from "../../../src/keepalived/sections.js";
import { SERVER_WORDS } from "../../../src/keepalived/server-words.js";
import { SERVICE_WORDS } from "../../../src/keepalived/service-words.js";
import { tableChanges } from "../../../src/rules/write.js";
import { CONFIGURATIONS, INCLUDED } from "../../kernel/keepalived/configurations.js";
import { reader } from "../reader.js";
import { texts } from "../text.js";
import { useChange } from "./rules.js";

const SAMPLES = Object.values(CONFIGURATIONS);
const WORDS = [
  ...[...SECTIONS.keys(), ...SERVICE_WORDS.keys(), ...SERVER_WORDS.keys()],
  ...[
    "{\n",
    "\n}\n",
    "$X=3\n",
    "$X",
    "${X}",
    "${_RANDOM}",
    "@a ",
    "@^a ",
    "~SEQ(X, 1, 3) ",
    "~LST(Y, a, b) ",
    "\\\n",
    "!",
  ],
  ...[
    "include a\n",
    "include */b?[a-c]\n",
    "include {a,b{c,d}}\n",
    "10.0.0.1",
    "10.0.0.1-9",
    "10.0.0.8/29",
    "group G",
    "fwmark",
  ],
];
const configuration = texts(SAMPLES, WORDS);

export const KEEPALIVED_READERS = [
  reader({
    name: "keepalived-conf",
    inputs: fc.record({
      text: configuration,
      included: fc.oneof(configuration, fc.constantFrom(...Object.values(INCLUDED))),
      configId: fc.option(fc.constantFrom("director1", "a"), { nil: undefined }),
    }),
    read: ({ text, included, configId }) => {
      isKeepalived(text);
      const read = (input: string) =>
        readKeepalived(input, {
          path: "x/keepalived.conf",
          ...(configId !== undefined && { configId }),
          files: { read: () => included, list: () => ["a", "b", "conf.d", "servers.inc"] },
          mistake: () => {},
          warn: () => {},
        });
      const wanted = read(text);
      if (wanted === undefined) return;
      for (const change of tableChanges(wanted.table!)) useChange(change);
      if (read(exportKeepalived(wanted.table!, { daemons: [] }).text) === undefined)
        throw new Error("what was written cannot be read");
    },
    share: 0.5,
  }),
];
