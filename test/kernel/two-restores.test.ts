import { afterEach, beforeEach, expect, it } from "vitest";
import { IpvsClient } from "../../src/client/client.js";
import { noNames } from "../../src/names/names.js";
import { applyTable } from "../../src/restore/apply.js";
import { parseRules } from "../../src/rules/read.js";
import { wantedTable } from "../../src/rules/wanted.js";
import { clearByOracle, savedByOracle } from "./oracle.js";
import { startProgram } from "./program.js";

/** Services of `first` and those after it: two such tables share half of them, with other servers and weights. */
const rules = (first: number, count: number, weight: number) =>
  Array.from({ length: count }, (_, index) => first + index)
    .map((mark) => {
      const server = (number: number) => `-a -f ${mark} -r 198.51.100.${number}:0 -m -w ${weight}\n`;
      return `-A -f ${mark} -s rr\n${[weight, 2 + weight, 7].map(server).join("")}`;
    })
    .join("");

const tables = (count: number) => [rules(1, count, 1), rules(1 + count / 2, count, 2)];

beforeEach(clearByOracle);
afterEach(clearByOracle);

/** Makes both tables at once, beginning with either, or with none. Returns how often both makers said that all went well. */
async function fight(rounds: number, texts: readonly string[], make: (index: number) => Promise<boolean>) {
  let agreed = 0;
  for (let round = 0; round < rounds; round++) {
    const fine = await Promise.all(texts.map((_, index) => make(index)));
    if (fine.every(Boolean)) {
      expect(texts).toContain(savedByOracle());
      agreed++;
    }
    if (round % 3 === 2) clearByOracle();
  }
  return agreed;
}

it("two restores at once leave one of the two tables, or one of them says that it is not", async () => {
  const texts = tables(80);
  const restore = async (index: number) => {
    const { status, stderr } = await startProgram("ipvsadm-restore", [], texts[index]!).outcome;
    if (status === 0) expect(stderr).toBe("");
    else expect([status, stderr]).toEqual([1, expect.stringContaining("keeps being changed by another program")]);
    return status === 0;
  };
  expect(await fight(10, texts, restore)).toBeGreaterThan(5);
});

it("and so do two whose messages take turns", async () => {
  const texts = tables(200);
  const makers = await Promise.all(
    texts.map(async (text) => ({
      client: await IpvsClient.open(),
      wanted: wantedTable((await parseRules(text, { names: noNames, program: "ipvsadm" })).rules).wanted,
    })),
  );
  const apply = async (index: number) => {
    const { client, wanted } = makers[index]!;
    const { refused, remaining } = await applyTable(client, await client.table(), wanted);
    expect(refused).toEqual([]);
    return remaining.length === 0;
  };
  expect(await fight(10, texts, apply)).toBeGreaterThan(5);
  for (const { client } of makers) client.close();
});
