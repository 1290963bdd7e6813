import { decodeText } from "../catalogue/csv-encoding.ts";
import { maxTaskFileBytes } from "../limits.ts";
import type { TaskFault } from "./answers.ts";
import type { PathFault } from "./path-fault.ts";
import type { TaskOrder } from "./task.ts";
import { readTaskJson } from "./task-json.ts";
import { readTaskTable } from "./task-table.ts";

/** How a task file is written. */
export type TaskForm = "json" | "csv";

/** What a file says, as its form gives it, and all that is wrong with it by then. */
export interface ReadTask {
  /** What should be a TaskOrder; undefined where the file can't be read at all. */
  readonly task: unknown;
  readonly faults: readonly TaskFault[];
  /** Where a value stands in the file; undefined where the whole file is meant. */
  readonly placeOf: (path: PathFault["path"]) => string | undefined;
  /** What is wrong with the values. */
  readonly valueFaults: readonly PathFault[];
}

/** Faults that are told one by one. */
const mostTold = 1000;

/**
 * Reads a task file: JSON or CSV, in UTF-8 or UTF-16 with or without a byte order mark. Returns the task, or all that is wrong
 * with the file and its values. Never throws.
 */
export function readTaskFile(
  bytes: Uint8Array,
  form: TaskForm,
): { readonly order: TaskOrder } | { readonly faults: readonly TaskFault[] } {
  if (bytes.byteLength > maxTaskFileBytes) {
    const message = `the file has ${bytes.byteLength} bytes, and a task file ${maxTaskFileBytes} at the most: name a prefix, or divide it`;
    return { faults: [{ message }] };
  }
  const read = form === "csv" ? readTaskTable(bytes) : readTaskJson(decodeText(bytes));
  const faults = [...read.faults, ...read.valueFaults.map((fault) => placed(fault, read))];
  if (faults.length === 0) return { order: withSettings(read.task) };
  if (faults.length <= mostTold) return { faults };
  return { faults: [...faults.slice(0, mostTold), { message: `and ${faults.length - mostTold} faults more` }] };
}

/** Returns the form of a task file by its name; undefined for a file that is none. */
export function formOfName(name: string): TaskForm | undefined {
  const ending = /\.(json|csv)$/i.exec(name)?.[1]?.toLowerCase();
  return ending === "json" || ending === "csv" ? ending : undefined;
}

function placed({ path, message }: PathFault, { placeOf }: ReadTask): TaskFault {
  const place = placeOf(path);
  return place === undefined ? { message } : { place, message };
}

/** The values have been found to be those of an order. */
function withSettings(task: unknown): TaskOrder {
  return { settings: {}, ...(task as object) } as TaskOrder;
}
