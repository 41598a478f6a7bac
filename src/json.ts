/**
 * The JSON document of `ipvsadm --json`: read, written, described. An entry of its own (`ipvsadm/json`), since it loads zod.
 *
 * @packageDocumentation
 */
export { type Configuration, DocumentError, isDocument, type Mistake } from "./model/document.js";
export { parseDocument } from "./model/document-input.js";
export {
  type ConnectionDocument,
  type Counter,
  type DestinationDocument,
  type Document,
  jsonSchema,
  type ServiceDocument,
  type StatsDocument,
} from "./model/schema.js";
export {
  renderConnectionsJson,
  renderDaemonsJson,
  renderSavedJson,
  renderServicesJson,
  renderTimeoutsJson,
} from "./render/json.js";
