import { type AdministeredService, AdministrationError, administer, askText } from "../bucket/administration.ts";
import type { Terminal } from "../node/terminal.ts";
import type { BatchCommand } from "./batch-command.ts";
import { type AnsweredReport, formatReport, formatReports } from "./batch-report-text.ts";
import { findTask, tasksOf } from "./batch-tasks.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";

/** What is done with a task, and where it is told. */
export interface Telling {
  readonly command: BatchCommand;
  readonly terminal: Terminal;
}

/** Tells one report with all that is in it, or several by what they came to, and returns the exit status. Throws AdministrationError. */
export async function tellReports(service: AdministeredService, { command, terminal }: Telling): Promise<number> {
  const { csv = false, json = false, collection } = command.options;
  const tasks = collection === undefined ? command.names : await tasksOf(service, collection);
  if (tasks.length === 0) throw new AdministrationError(`No task of the collection ${collection} has a report.`);
  const reports: AnsweredReport[] = [];
  const rows = new Set<string>();
  for (const name of tasks) {
    const task = await findTask(service, name);
    if (csv) {
      const text = await askText(service, `tasks/${task}/report?format=csv`);
      // Their heads are the same.
      for (const row of text.split(/\r?\n/)) if (row !== "") rows.add(row);
    } else reports.push((await administer(service, `tasks/${task}/report`)) as AnsweredReport);
    if (tasks.length > 1) terminal.show(`${rows.size + reports.length} of ${tasks.length} reports`);
  }
  terminal.show("");
  const [first, ...others] = reports;
  if (first === undefined) terminal.print([...rows]);
  else if (others.length > 0) terminal.print(json ? formatJson(reports) : formatReports(reports));
  else terminal.print(json ? formatJson(first) : formatReport(first));
  return exitStatus.well;
}
