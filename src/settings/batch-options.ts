import { itemStates } from "../task/states.ts";
import { purgeOptions } from "./operation-options.ts";
import { choice, flag, type OptionTable, type ValuesOf } from "./values.ts";

/** What `batch` takes, whatever it is asked to do. */
export const batchOptions = {
  to: purgeOptions.to,
  state: purgeOptions.state,
  service: purgeOptions.service,
  only: { kind: choice(...itemStates), help: "items: those in this state alone" },
  csv: { kind: flag, help: "report: as a table of one row" },
  json: { kind: flag, help: "tell it as JSON on standard output; items: a line each" },
} as const satisfies OptionTable;

/** What is asked of a task and where, as far as it was said. */
export type BatchOptions = ValuesOf<typeof batchOptions>;
