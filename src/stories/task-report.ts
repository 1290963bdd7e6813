import { ImageError } from "../error.ts";
import { respondAdminPage, respondJson, respondTable } from "../http/respond.ts";
import { parseReport } from "../operation/kept-report.ts";
import { billOfTask } from "../operation/task-bill.ts";
import { formatTaskReportPage } from "../pages/task-report-page.tsx";
import { withTaskReport } from "../records.ts";
import type { Services } from "../services.ts";
import { formatReportCsv } from "../task/report-csv.ts";
import type { Visit } from "../visit.ts";
import { siteOf } from "./site.ts";

/** How a report is answered. */
const forms = ["json", "csv"] as const;

/** Who asks for the report of a task. */
export interface ReportVisit {
  readonly request: Request;
  readonly visit: Visit;
  readonly id: string;
}

/**
 * Answers the report of a task as it is kept in the catalogue, with what the task cost, as JSON or as a table: the Worker of
 * jobs is not asked. Throws `not-found`, `query-malformed`, `record-malformed`, `storage-failed`, `render-busy`.
 */
export function answerTaskReport(
  services: Services,
  { visit, id, format = "json" }: ReportVisit & { readonly format: string | undefined },
): Promise<Response> {
  const form = forms.find((known) => known === format);
  if (form === undefined) throw new ImageError("query-malformed", `A report is answered as ${forms.join(" or ")}.`);
  return withTaskReport(services.records, { id, visit }, async (bytes) => {
    const report = parseReport(bytes, id);
    const cost = billOfTask(report);
    return form === "csv"
      ? respondTable(formatReportCsv(report, cost), `${id}.csv`)
      : respondJson({ ...report, cost }, 200);
  });
}

/** Answers the page of a report. Throws `not-found`, `record-malformed`, `storage-failed`, `render-busy`. */
export function answerTaskReportPage(services: Services, { request, visit, id }: ReportVisit): Promise<Response> {
  return withTaskReport(services.records, { id, visit }, async (bytes) => {
    const report = parseReport(bytes, id);
    return respondAdminPage(formatTaskReportPage(siteOf(services, request), report, billOfTask(report)), 200);
  });
}
