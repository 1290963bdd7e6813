import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { respondAdminPage, respondJson, respondTable } from "../http/respond.ts";
import { parseReport } from "../operation/kept-report.ts";
import { billOfTask } from "../operation/task-bill.ts";
import { formatTaskReportPage } from "../pages/task-report-page.tsx";
import type { Services } from "../services.ts";
import type { TaskReport } from "../task/report.ts";
import { formatReportCsv } from "../task/report-csv.ts";
import { reportKey } from "../task/report-key.ts";
import { isTaskId } from "../task/task-id.ts";
import { siteOf } from "./site.ts";

/** How a report is answered. */
const forms = ["json", "csv"] as const;

/**
 * Answers the report of a task as it is kept in the catalogue, with what the task cost, as JSON or as a table: the Worker of
 * jobs is not asked. Throws `not-found`, `query-malformed`, `record-malformed`, `storage-failed`.
 */
export async function answerTaskReport(
  services: Services,
  { id, format = "json" }: { readonly id: string; readonly format: string | undefined },
): Promise<Response> {
  const form = forms.find((known) => known === format);
  if (form === undefined) {
    throw new ImageError("query-malformed", `A report is answered as ${forms.join(" or ")}.`);
  }
  const report = await readReport(services, id);
  const cost = billOfTask(report);
  return form === "csv"
    ? respondTable(formatReportCsv(report, cost), `${id}.csv`)
    : respondJson({ ...report, cost }, 200);
}

/** Answers the page of a report. Throws `not-found`, `record-malformed`, `storage-failed`. */
export async function answerTaskReportPage(
  services: Services,
  { request, id }: { readonly request: Request; readonly id: string },
): Promise<Response> {
  const report = await readReport(services, id);
  return respondAdminPage(formatTaskReportPage(siteOf(services, request), report, billOfTask(report)), 200);
}

async function readReport({ buckets, clock, config }: Services, id: string): Promise<TaskReport> {
  const missing = new ImageError("not-found", `There is no report of a task ${id}.`, {
    hint: "It is written when the task has ended.",
  });
  if (!isTaskId(id)) throw missing;
  const text = await withDeadline(clock, config.storageTimeoutSeconds, async () => {
    const object = await buckets.catalogue.get(reportKey(id));
    return object === null ? undefined : object.text();
  }).catch((cause: unknown) => {
    throw new ImageError("storage-failed", "The bucket of the catalogue does not answer.", { cause });
  });
  if (text === undefined) throw missing;
  return parseReport(text, id);
}
