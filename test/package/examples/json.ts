import { diffTables, IpvsClient, sortTable, wantedDocument } from "ipvsadm";
import { parseDocument, renderSavedJson } from "ipvsadm/json";

/** The table as JSON, and back: nothing differs. */
const client = await IpvsClient.open();
try {
  const table = sortTable(await client.table());
  const text = renderSavedJson(table).join("");
  console.log(text);
  const { table: again = [] } = wantedDocument(parseDocument(text));
  console.log(diffTables(table, again).length, "differences");
} finally {
  client.close();
}
