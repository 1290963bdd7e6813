import { DurableObject } from "cloudflare:workers";
import type { TaskList, TaskSummary } from "../task/answers.ts";

/** Tasks of a list. */
const tasksPerPage = 100;

/** The list of all tasks, as it is called. */
export interface RegisterCalls {
  /** Writes down how a task stands; one is open until the report of its last run is written. */
  readonly put: (task: TaskSummary, standing: { readonly isOpen: boolean }) => Promise<void>;
  /** Returns tasks, the latest first. */
  readonly list: (before: string | undefined) => Promise<TaskList>;
  /** Returns the ids of open tasks in their order, behind `after`. */
  readonly open: (after: string | undefined) => Promise<readonly string[]>;
}

/** The list of all tasks of a service: one object, that each task writes itself down in. */
export class TaskRegister extends DurableObject {
  readonly #sql = opened(this.ctx.storage.sql);

  put(task: TaskSummary, { isOpen }: { readonly isOpen: boolean }): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO tasks (id, isOpen, value) VALUES (?, ?, ?)",
      task.id,
      isOpen ? 1 : 0,
      JSON.stringify(task),
    );
  }

  list(before = "~"): TaskList {
    const rows = this.#sql
      .exec("SELECT value FROM tasks WHERE id < ? ORDER BY id DESC LIMIT ?", before, tasksPerPage + 1)
      .toArray()
      .map(({ value }): TaskSummary => JSON.parse(String(value)));
    const tasks = rows.slice(0, tasksPerPage);
    const next = rows.length > tasksPerPage ? tasks.at(-1)?.id : undefined;
    return { tasks, ...(next === undefined ? {} : { next }) };
  }

  open(after = ""): readonly string[] {
    return this.#sql
      .exec("SELECT id FROM tasks WHERE isOpen = 1 AND id > ? ORDER BY id LIMIT ?", after, tasksPerPage)
      .toArray()
      .map(({ id }) => String(id));
  }
}

function opened(sql: SqlStorage): SqlStorage {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, isOpen INTEGER NOT NULL, value TEXT NOT NULL);
     CREATE INDEX IF NOT EXISTS openTasks ON tasks (isOpen, id)`,
  );
  return sql;
}
