import { DurableObject } from "cloudflare:workers";
import type { TaskList, TaskSummary } from "../task/answers.ts";

/** Tasks of a list. */
const tasksPerPage = 100;

/** For how long it is known by which sending a task was started, in milliseconds. */
const sendingMilliseconds = 86_400_000;

/** What the cron looks through, some of it each time. */
export type Walk = "tasks" | "inbox";

/** The list of all tasks, as it is called. */
export interface RegisterCalls {
  /** Writes down how a task stands; one is open until the report of its last run is written. */
  readonly put: (task: TaskSummary, standing: { readonly isOpen: boolean }) => Promise<void>;
  /** Returns tasks, the latest first. */
  readonly list: (before: string | undefined) => Promise<TaskList>;
  /** Returns the ids of open tasks in their order, behind `after`. */
  readonly open: (after: string | undefined) => Promise<readonly string[]>;
  /** Returns the id of the task that a sending has started, which is `id` where it is new. */
  readonly idOfSending: (sending: string, id: string, now: number) => Promise<string>;
  /** Returns where a walk that is done in parts goes on; undefined where it begins. */
  readonly place: (walk: Walk) => Promise<string | undefined>;
  /** Notes where it goes on; undefined where it begins anew. */
  readonly keepPlace: (walk: Walk, place: string | undefined) => Promise<void>;
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

  idOfSending(sending: string, id: string, now: number): string {
    this.#sql.exec("DELETE FROM sendings WHERE at < ?", now - sendingMilliseconds);
    this.#sql.exec("INSERT OR IGNORE INTO sendings (sending, id, at) VALUES (?, ?, ?)", sending, id, now);
    return String(this.#sql.exec("SELECT id FROM sendings WHERE sending = ?", sending).one().id);
  }

  place(walk: Walk): string | undefined {
    const [row] = this.#sql.exec("SELECT place FROM walks WHERE walk = ?", walk).toArray();
    return row === undefined ? undefined : String(row.place);
  }

  keepPlace(walk: Walk, place: string | undefined): void {
    if (place === undefined) this.#sql.exec("DELETE FROM walks WHERE walk = ?", walk);
    else this.#sql.exec("INSERT OR REPLACE INTO walks (walk, place) VALUES (?, ?)", walk, place);
  }
}

function opened(sql: SqlStorage): SqlStorage {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, isOpen INTEGER NOT NULL, value TEXT NOT NULL);
     CREATE INDEX IF NOT EXISTS openTasks ON tasks (isOpen, id);
     CREATE TABLE IF NOT EXISTS sendings (sending TEXT PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL);
     CREATE INDEX IF NOT EXISTS sendingsByTime ON sendings (at);
     CREATE TABLE IF NOT EXISTS walks (walk TEXT PRIMARY KEY, place TEXT NOT NULL)`,
  );
  return sql;
}
