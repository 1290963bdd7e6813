import type { ItemFailure } from "../task/answers.ts";
import type { TaskState } from "../task/states.ts";
import type { TaskHeader } from "./ledger-calls.ts";

/** What stands in the object beside the header and the items. */
export interface Standing {
  readonly state: TaskState;
  /** Parts of its items that are known, the last key that was looked at, and whether these are all. */
  readonly parts: number;
  readonly after?: string | undefined;
  readonly isListed: boolean;
  /** When the last item was begun or ended. */
  readonly heardAt: number;
  /** Whether the run was told that it has something to do. */
  readonly isStirred: boolean;
  readonly run: number;
  readonly lastTurn: number;
  readonly endedAt?: number | undefined;
  /** For how long it had ended before it was tried again, in milliseconds. */
  readonly idle?: number | undefined;
  readonly fault?: ItemFailure | undefined;
  readonly report?: string | undefined;
}

/** What a task is to do and how it stands as a whole, in the database of its object. */
export class TaskStanding {
  readonly #sql: SqlStorage;

  /** Opens what lies in a database, and makes a place for it in an empty one. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS task (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
  }

  /** Writes a task down, once. */
  create(header: TaskHeader): void {
    if (this.stated() !== undefined) return;
    const at = Date.parse(header.createdAt);
    this.#write("header", header);
    this.#write("standing", {
      ...{ state: "listing", parts: 0, isListed: false, heardAt: at, isStirred: false, run: 0, lastTurn: at },
    } satisfies Standing);
  }

  /** Returns what the task was sent as; undefined where there is none. */
  stated(): TaskHeader | undefined {
    return this.#read<TaskHeader>("header");
  }

  /** Throws where there is no task. */
  standing(): Standing {
    const standing = this.#read<Standing>("standing");
    if (standing === undefined) throw new Error("There is no such task.");
    return standing;
  }

  keep(change: Partial<Standing>): void {
    this.#write("standing", { ...this.standing(), ...change });
  }

  #read<Value>(name: string): Value | undefined {
    const [row] = this.#sql.exec("SELECT value FROM task WHERE name = ?", name).toArray();
    return row === undefined ? undefined : JSON.parse(String(row.value));
  }

  #write(name: string, value: object): void {
    this.#sql.exec("INSERT OR REPLACE INTO task (name, value) VALUES (?, ?)", name, JSON.stringify(value));
  }
}
