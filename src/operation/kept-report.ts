import * as v from "valibot";
import { ImageError } from "../error.ts";
import type { TaskReport } from "../task/report.ts";
import { itemStates, stages, taskStates } from "../task/states.ts";

const amount = v.pipe(v.number(), v.minValue(0));
const time = v.pipe(v.string(), v.isoTimestamp());
const seconds = v.object(Object.fromEntries(stages.map((stage) => [stage, v.exactOptional(amount)])));
const failure = v.looseObject({ code: v.string(), message: v.string(), command: v.exactOptional(v.string()) });

const item = v.looseObject({
  item: amount,
  key: v.string(),
  identifier: v.exactOptional(v.string()),
  state: v.picklist(itemStates),
  tries: amount,
  seconds,
  bytesIn: amount,
  bytesOut: amount,
  failure: v.exactOptional(failure),
  note: v.exactOptional(v.string()),
});

const reportSchema = v.looseObject({
  task: v.looseObject({
    id: v.string(),
    kind: v.string(),
    name: v.exactOptional(v.string()),
    collection: v.exactOptional(v.string()),
    state: v.picklist(taskStates),
    counts: v.object(Object.fromEntries(itemStates.map((state) => [state, amount]))),
    createdAt: time,
    endedAt: v.exactOptional(time),
    idleSeconds: v.exactOptional(amount),
    settings: v.looseObject({}),
    operator: v.string(),
    total: amount,
    seconds,
    bytesIn: amount,
    bytesOut: amount,
    retries: amount,
    fault: v.exactOptional(failure),
  }),
  median: seconds,
  p95: seconds,
  spread: v.array(v.object({ from: amount, items: amount })),
  slowest: v.array(item),
  failures: v.array(item),
});

/** Reads the report of a task as it is kept in CATALOGUE. Throws `record-malformed`. */
export function parseReport(bytes: Uint8Array, id: string): TaskReport {
  try {
    const report = v.parse(reportSchema, JSON.parse(new TextDecoder().decode(bytes))) as unknown as TaskReport;
    if (report.task.id === id) return report;
    throw new SyntaxError(`it is of the task ${report.task.id}`);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof v.ValiError)) throw cause;
    const detail = cause instanceof v.ValiError ? v.getDotPath(cause.issues[0]) : undefined;
    throw new ImageError("record-malformed", "The report of the task can't be read.", {
      detail: `${cause.message}${detail === null || detail === undefined ? "" : ` at ${detail}`}`,
      cause,
    });
  }
}
