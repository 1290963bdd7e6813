import { ImageError } from "../error.ts";
import { respondAdminPage, respondSeeOther } from "../http/respond.ts";
import { formatTaskListPage } from "../pages/task-list-page.tsx";
import { formatTaskPage } from "../pages/task-page.tsx";
import { taskPath } from "../pages/task-parts.tsx";
import type { Services } from "../services.ts";
import { taskActions } from "../task/door.ts";
import { siteOf } from "./site.ts";
import { actOnTask, askJobs, type TaskVisit } from "./tasks.ts";

/** Items that failed or were refused that a page shows of each. */
const mostShown = 50;

/** Answers the page of tasks. Throws `query-malformed`, `tasks-unavailable`, `storage-failed`. */
export async function answerTaskListPage(
  services: Services,
  { request, before }: { readonly request: Request; readonly before: string | undefined },
): Promise<Response> {
  const list = await askJobs(services, (tasks) => tasks.list(before));
  return respondAdminPage(formatTaskListPage(siteOf(services, request), list), 200);
}

/** Answers the page of a task. Throws `not-found`, `tasks-unavailable`, `storage-failed`. */
export async function answerTaskPage(
  services: Services,
  { request, id }: { readonly request: Request; readonly id: string },
): Promise<Response> {
  const status = await askJobs(services, (tasks) => tasks.status(id));
  const asked = (["failed", "refused"] as const).filter((state) => status.counts[state] > 0);
  const pages = await Promise.all(
    asked.map((state) => askJobs(services, (tasks) => tasks.items(id, { state, after: 0 }))),
  );
  const notDone = pages.flatMap(({ items }) => items.slice(0, mostShown));
  return respondAdminPage(formatTaskPage(siteOf(services, request), { status, notDone }), 200);
}

/** Does what a button of a task says, and leads back to its page. Throws `body-malformed`, and what `actOnTask` throws. */
export async function answerTaskForm(
  services: Services,
  { task = "", action: named }: Readonly<Record<string, string>>,
  asked: TaskVisit,
): Promise<Response> {
  const action = taskActions.find((known) => known === named);
  if (action === undefined) throw new ImageError("body-malformed", "The form names nothing that is done to a task.");
  const { id } = await actOnTask(services, { ...asked, id: task, action });
  return respondSeeOther(taskPath(id));
}
