import type { TaskReport } from "../task/report.ts";
import { reportKey } from "../task/report-key.ts";
import { answered, callLedger, type Jobs } from "./jobs.ts";
import { register } from "./run-calls.ts";

/** Writes the report of a task. Returns whether there was still nothing left to do then. Throws `storage-failed`. */
export async function writeReport(jobs: Jobs, task: string): Promise<boolean> {
  const { status, ...figures } = await callLedger(jobs, task, (ledger) => ledger.figures(jobs.clock.now()));
  const key = reportKey(task);
  const report: TaskReport = { task: { ...status, report: key }, ...figures };
  const options = { httpMetadata: { contentType: "application/json" } };
  await answered(jobs, () => jobs.buckets.catalogue.put(key, JSON.stringify(report), options));
  const isReported = await callLedger(jobs, task, (ledger) => ledger.reported(key));
  await register(jobs, task);
  return isReported;
}
