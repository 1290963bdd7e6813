import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { respondJson } from "../http/respond.ts";
import { sendingOf, taskFormOf } from "../http/task-form.ts";
import type { Services } from "../services.ts";
import type { TaskStatus } from "../task/answers.ts";
import type { Answered, ItemQuery, TaskAction, TaskDoor } from "../task/door.ts";
import type { Visit } from "../visit.ts";
import { noteAction } from "./audited.ts";

/** How long the Worker of jobs may take, in seconds. */
const jobsSeconds = 60;

/** Who sends a task, or does something to one. */
export interface TaskVisit {
  readonly request: Request;
  readonly visit: Visit;
  readonly operator: string;
}

/**
 * Starts the task whose file was sent, JSON or CSV, and answers how it stands, with 201. Throws `body-malformed` for what says
 * to be neither, `task-invalid` with all that is wrong with it, `tasks-unavailable`, `storage-failed`.
 */
export async function submitTask(services: Services, { request, visit, operator }: TaskVisit): Promise<Response> {
  const form = taskFormOf(request);
  if (form === undefined) {
    const hint = "Send it with the media type application/json or text/csv.";
    throw new ImageError("body-malformed", "The body is no task file.", { hint });
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  const status = await askJobs(services, (tasks) =>
    tasks.submit({ bytes, form, operator, sending: sendingOf(request) }),
  );
  const { id, kind, name } = status;
  await noteAction(services, { visit, operator, action: "task", detail: { id, kind, name } });
  return respondJson(status, 201);
}

/** Answers the tasks, the latest first. Throws `query-malformed`, `tasks-unavailable`, `storage-failed`. */
export async function answerTasks(services: Services, before: string | undefined): Promise<Response> {
  return respondJson(await askJobs(services, (tasks) => tasks.list(before)), 200);
}

/** Has what was lost or forgotten taken up, and answers the latest tasks. Throws `tasks-unavailable`, `storage-failed`. */
export async function sweepTasks(services: Services): Promise<Response> {
  return respondJson(await askJobs(services, (tasks) => tasks.sweep()), 200);
}

/** Answers how a task stands. Throws `not-found`, `tasks-unavailable`, `storage-failed`. */
export async function answerTask(services: Services, id: string): Promise<Response> {
  return respondJson(await askJobs(services, (tasks) => tasks.status(id)), 200);
}

/** Answers items of a task. Throws `not-found`, `query-malformed`, `tasks-unavailable`, `storage-failed`. */
export async function answerTaskItems(services: Services, id: string, query: ItemQuery): Promise<Response> {
  return respondJson(await askJobs(services, (tasks) => tasks.items(id, query)), 200);
}

/** Pauses, resumes, cancels a task, or tries again what failed of it. Throws `not-found`, `tasks-unavailable`, `storage-failed`. */
export async function answerTaskAction(services: Services, asked: AskedAction): Promise<Response> {
  return respondJson(await actOnTask(services, asked), 200);
}

/** What is done to a task, and by whom. */
type AskedAction = TaskVisit & { readonly id: string; readonly action: TaskAction };

/** Does something to a task, writes it down, and returns how the task stands then. Throws as `answerTaskAction` does. */
export async function actOnTask(services: Services, { id, action, visit, operator }: AskedAction): Promise<TaskStatus> {
  const status = await askJobs(services, (tasks) => tasks.act(id, action));
  await noteAction(services, { visit, operator, action: `task ${action}`, detail: { id, state: status.state } });
  return status;
}

/** Asks the Worker of jobs. Throws what it refuses with, `tasks-unavailable`, `storage-failed`. */
export async function askJobs<T>(
  { tasks, clock }: Services,
  ask: (tasks: TaskDoor) => Promise<Answered<T>>,
): Promise<T> {
  if (tasks === undefined) {
    const hint = "Deploy the Worker of jobs with npm run deploy, which binds it as JOBS.";
    throw new ImageError("tasks-unavailable", "This service has no Worker of jobs.", { hint });
  }
  const answer = await withDeadline(clock, jobsSeconds, () => ask(tasks)).catch((cause: unknown) => {
    throw new ImageError("storage-failed", "The Worker of jobs does not answer.", { cause });
  });
  if ("value" in answer) return answer.value;
  const { code, message, faults } = answer.refusal;
  throw new ImageError(code, message, { faults });
}
