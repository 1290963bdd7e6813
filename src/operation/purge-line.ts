/** Most tags of one call of the platform. Source: Cloudflare, Workers Cache, purge. */
export const tagsPerCall = 100;

/** Most calls of the platform in `callWindowMilliseconds`, of the whole account. Source: the same. */
const callsPerWindow = 5;
const callWindowMilliseconds = 60_000;

/** Stands in line for everything that is cached. No tag has a star. */
export const everything = "*";

/** Tags of one call. */
export interface PurgeBatch {
  readonly tags: readonly string[];
  /** What was put in line after this is not in the batch. */
  readonly upTo: number;
}

/**
 * The Cache-Tags that wait to be purged from Workers Cache, which takes few calls a minute. They lie in the database of
 * an object of which there is one: nothing that waits is forgotten, whichever isolate ends.
 */
export class PurgeLine {
  readonly #sql: SqlStorage;

  /** Opens the line that lies in a database, and makes one in an empty database. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS waiting (place INTEGER PRIMARY KEY AUTOINCREMENT, tag TEXT NOT NULL UNIQUE)");
    sql.exec("CREATE TABLE IF NOT EXISTS calls (at INTEGER NOT NULL)");
    sql.exec("CREATE TABLE IF NOT EXISTS later (tag TEXT PRIMARY KEY, due INTEGER NOT NULL)");
  }

  /** How many tags wait. */
  get length(): number {
    return Number(this.#sql.exec("SELECT COUNT(*) AS count FROM waiting").one().count);
  }

  /** Puts tags at the end; one that waits already is purged once, at its new place. `everything` takes the place of all. */
  add(tags: readonly string[]): void {
    if (tags.includes(everything)) {
      this.#sql.exec("DELETE FROM waiting");
      this.#sql.exec("INSERT INTO waiting (tag) VALUES (?)", everything);
      return;
    }
    for (const tag of tags) this.#sql.exec("INSERT OR REPLACE INTO waiting (tag) VALUES (?)", tag);
  }

  /** Has tags put in line once more at a time, in milliseconds since 1970; where that is planned already, at the later one. */
  addLater(tags: readonly string[], due: number): void {
    for (const tag of tags) this.#sql.exec("INSERT OR REPLACE INTO later (tag, due) VALUES (?, ?)", tag, due);
  }

  /** Puts in line what is due, and returns when the next of the others is; undefined where there are none. */
  takeDue(now: number): number | undefined {
    const due = this.#sql.exec("DELETE FROM later WHERE due <= ? RETURNING tag", now).toArray();
    if (due.length > 0) this.add(due.map(({ tag }) => String(tag)));
    const { next } = this.#sql.exec("SELECT MIN(due) AS next FROM later").one();
    return next === null ? undefined : Number(next);
  }

  /** Returns how long to wait until the next call is allowed, in milliseconds; 0 if it is. `now` is in milliseconds since 1970. */
  wait(now: number): number {
    // A clock that was set back must not keep anybody waiting for longer than a window.
    this.#sql.exec("DELETE FROM calls WHERE at <= ? OR at > ?", now - callWindowMilliseconds, now);
    const { count, first } = this.#sql.exec("SELECT COUNT(*) AS count, MIN(at) AS first FROM calls").one();
    return Number(count) < callsPerWindow ? 0 : Number(first) + callWindowMilliseconds - now;
  }

  /** Returns the first tags in line, as many as a call takes; undefined if none waits. */
  first(): PurgeBatch | undefined {
    const rows = this.#sql.exec("SELECT place, tag FROM waiting ORDER BY place LIMIT ?", tagsPerCall).toArray();
    if (rows.length === 0) return undefined;
    return { tags: rows.map(({ tag }) => String(tag)), upTo: Number(rows.at(-1)?.place) };
  }

  /** Counts a call that is about to be made. */
  countCall(now: number): void {
    this.#sql.exec("INSERT INTO calls (at) VALUES (?)", now);
  }

  /** Takes a batch that is purged out of the line. Tags that were put in line again meanwhile stay. */
  remove({ upTo }: PurgeBatch): void {
    this.#sql.exec("DELETE FROM waiting WHERE place <= ?", upTo);
  }
}
