import { type AdministeredService, AdministrationError, administer } from "../bucket/administration.ts";
import type { TaskList } from "../task/answers.ts";
import { isEnded } from "../task/progress.ts";
import { latest } from "./batch-command.ts";

/** Returns the id of a task that is named by it, or as the latest. Throws AdministrationError where there is none. */
export async function findTask(service: AdministeredService, name: string): Promise<string> {
  if (name !== latest) return name;
  const { tasks } = (await administer(service, "tasks")) as TaskList;
  const [first] = tasks;
  if (first === undefined) throw new AdministrationError("There are no tasks.");
  return first.id;
}

/** Returns the tasks of a collection that have ended, the first one first. Throws AdministrationError. */
export async function tasksOf(service: AdministeredService, collection: string): Promise<readonly string[]> {
  const found: string[] = [];
  let before: string | undefined;
  do {
    const path = before === undefined ? "tasks" : `tasks?before=${before}`;
    const { tasks, next } = (await administer(service, path)) as TaskList;
    found.push(...tasks.filter((task) => task.collection === collection && isEnded(task.state)).map(({ id }) => id));
    if (before !== undefined && next !== undefined && next >= before) {
      throw new AdministrationError(`${service.url} tells the same tasks over and over.`);
    }
    before = next;
  } while (before !== undefined);
  return found.toReversed();
}
