import { itemStates } from "../task/states.ts";
import { purgeOptions } from "./operation-options.ts";
import { choice, flag, type OptionTable, text, type ValuesOf } from "./values.ts";

/** What `batch` takes, whatever it is asked to do. */
export const batchOptions = {
  to: purgeOptions.to,
  state: purgeOptions.state,
  service: purgeOptions.service,
  only: { kind: choice(...itemStates), help: "items: those in this state alone" },
  collection: { kind: text("KEY"), help: "report: all tasks of this collection" },
  csv: { kind: flag, help: "report: as a table, a row a task" },
  json: { kind: flag, help: "tell it as JSON on standard output; items: a line each" },
} as const satisfies OptionTable;

/** What is asked of a task and where, as far as it was said. */
export type BatchOptions = ValuesOf<typeof batchOptions>;
