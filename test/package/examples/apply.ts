import { readFile } from "node:fs/promises";
import { applyTable, diffTables, formatChange, IpvsClient, parseRules, systemNames, wantedTable } from "ipvsadm";

/** Makes the table equal to a file of rules, and says what it changes. */
const text = await readFile(process.argv[2]!, "utf8");
const { rules, mistakes } = await parseRules(text, { names: systemNames(), program: "ipvsadm" });
const { wanted, mistakes: more } = wantedTable(rules);
for (const { message } of [...mistakes, ...more]) console.error(message);
if (mistakes.length + more.length > 0) process.exit(2);

const client = await IpvsClient.open();
try {
  const live = await client.table();
  for (const change of diffTables(live, wanted.table ?? [])) console.log(formatChange(change));
  const { applied, refused, remaining } = await applyTable(client, live, wanted);
  for (const { origin, error } of refused) console.error(origin, error.code);
  console.log(`${applied} changes, ${remaining.length} open`);
} finally {
  client.close();
}
