import type { Names } from "../../src/names/names.js";

/** A system without any names. */
export const noNames: Names = {
  addressOf: () => undefined,
  hostOf: () => undefined,
  portOf: () => undefined,
  serviceOf: () => undefined,
  pending: false,
  load: async () => {},
};
