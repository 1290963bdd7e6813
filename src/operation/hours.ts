import type { Batch } from "../statistics/counter.ts";
import { formatRollUp, parseRollUp, type RollUp, rollUpLimits } from "../statistics/roll-up.ts";
import { addTally } from "../statistics/tally.ts";

/** Most hours that wait to be written into the catalogue: a week. Where nobody writes them, the oldest ones are dropped. */
const mostHours = 7 * 24;

/** Hours that are told at once: each is less than a megabyte. */
const hoursPerAnswer = 6;

/** Some of the hours that wait, the latest ones first, as roll-ups in JSON. */
export interface WaitingHours {
  readonly rollUps: readonly string[];
  /** The hour before which there are more. */
  readonly next?: string;
}

/**
 * What isolates have counted and nobody has written into the catalogue yet, in the database of an object of which there is
 * one. Each batch has a name by which whoever writes it knows whether it is written.
 */
export class Hours {
  readonly #sql: SqlStorage;
  /** The batch that was added to last. */
  #latest: RollUp | undefined;

  /** Opens the hours that lie in a database, and makes a place for them in an empty one. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS hours (name TEXT PRIMARY KEY, hour TEXT NOT NULL, closed INTEGER NOT NULL, roll_up TEXT NOT NULL)",
    );
  }

  /** Adds what an isolate has counted. Returns the hours that were dropped for it. */
  add({ hour, tally }: Batch): readonly string[] {
    const open = this.#open(hour);
    const rollUp = open ?? { period: hour, from: [newName()], tally };
    if (open !== undefined) addTally(open.tally, tally, rollUpLimits);
    this.#latest = rollUp;
    this.#sql.exec(
      "INSERT OR REPLACE INTO hours (name, hour, closed, roll_up) VALUES (?, ?, 0, ?)",
      rollUp.from[0],
      hour,
      formatRollUp(rollUp),
    );
    return open === undefined ? this.#dropOldest() : [];
  }

  #open(hour: string): RollUp | undefined {
    if (this.#latest?.period === hour) return this.#latest;
    const [row] = this.#sql.exec("SELECT roll_up FROM hours WHERE hour = ? AND closed = 0", hour).toArray();
    return row === undefined ? undefined : parseRollUp(String(row.roll_up));
  }

  #dropOldest(): readonly string[] {
    const older = "SELECT name FROM hours ORDER BY hour DESC, name LIMIT -1 OFFSET ?";
    const dropped = this.#sql.exec(`DELETE FROM hours WHERE name IN (${older}) RETURNING hour`, mostHours).toArray();
    return dropped.map(({ hour }) => String(hour));
  }

  /** Returns the first batch of an hour before `hour`, to be written; nothing is added to it any more. Undefined if there is none. */
  close(hour: string): string | undefined {
    if (this.#latest !== undefined && this.#latest.period < hour) this.#latest = undefined;
    // Each row written is charged: those that are closed stay as they are.
    this.#sql.exec("UPDATE hours SET closed = 1 WHERE hour < ? AND closed = 0", hour);
    const [row] = this.#sql.exec("SELECT roll_up FROM hours WHERE closed = 1 ORDER BY hour, name LIMIT 1").toArray();
    return row === undefined ? undefined : String(row.roll_up);
  }

  /** Forgets a batch that is written. */
  drop(name: string): void {
    this.#sql.exec("DELETE FROM hours WHERE name = ? AND closed = 1", name);
  }

  /** Returns hours that wait, the latest ones first: those before `before`, or all. */
  waiting(before = "~"): WaitingHours {
    const hours = this.#sql
      .exec("SELECT DISTINCT hour FROM hours WHERE hour < ? ORDER BY hour DESC LIMIT ?", before, hoursPerAnswer + 1)
      .toArray()
      .map(({ hour }) => String(hour));
    const last = hours.slice(0, hoursPerAnswer).at(-1);
    if (last === undefined) return { rollUps: [] };
    const rollUps = this.#sql
      .exec("SELECT roll_up FROM hours WHERE hour < ? AND hour >= ? ORDER BY hour DESC, name", before, last)
      .toArray()
      .map(({ roll_up: rollUp }) => String(rollUp));
    return hours.length > hoursPerAnswer ? { rollUps, next: last } : { rollUps };
  }
}

/** Nobody guesses it, and nobody has to: it tells batches apart. */
function newName(): string {
  return crypto.randomUUID().slice(0, 18);
}
