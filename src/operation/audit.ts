/** Most lines that are kept; the log has them all. */
const mostLines = 1000;

/** What somebody did to the service. */
export interface AuditLine {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Who: an address of e-mail, `service token` or `secret`. */
  readonly operator: string;
  readonly action: string;
  /** To what, and how it ended. */
  readonly detail: string;
}

/** The latest lines of who did what, in the database of an object of which there is one. */
export class Audit {
  readonly #sql: SqlStorage;

  /** Opens the lines that lie in a database, and makes a place for them in an empty one. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS audit (line INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL)",
    );
  }

  /** Writes a line down. */
  add({ at, operator, action, detail }: AuditLine): void {
    this.#sql.exec(
      "INSERT INTO audit (at, operator, action, detail) VALUES (?, ?, ?, ?)",
      at,
      operator,
      action,
      detail,
    );
    this.#sql.exec("DELETE FROM audit WHERE line <= (SELECT MAX(line) FROM audit) - ?", mostLines);
  }

  /** Returns the latest lines, the last one first. */
  latest(count: number): readonly AuditLine[] {
    return this.#sql
      .exec("SELECT at, operator, action, detail FROM audit ORDER BY line DESC LIMIT ?", count)
      .toArray()
      .map(({ at, operator, action, detail }) => ({
        at: Number(at),
        operator: String(operator),
        action: String(action),
        detail: String(detail),
      }));
  }
}
