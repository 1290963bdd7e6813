import { DatabaseSync } from "node:sqlite";
import type { SearchDatabase } from "../../src/bucket/search-database.ts";
import type { Row } from "../../src/search/search-index.ts";

/** A database of SQLite in memory that counts what it is asked. */
export interface CountedDatabase extends SearchDatabase {
  readonly counts: { batches: number; statements: number };
  /** Fails from the batch of this number on, from 1. */
  failFrom: number | undefined;
}

/** Opens an empty database, which has the full-text extension that D1 has. */
export function openSearchDatabase(file = ":memory:"): CountedDatabase {
  const database = new DatabaseSync(file);
  const counts = { batches: 0, statements: 0 };
  return {
    name: "the database of the test",
    counts,
    failFrom: undefined,
    async run(statements) {
      counts.batches += 1;
      if (this.failFrom !== undefined && counts.batches >= this.failFrom) {
        const { BucketError } = await import("../../src/bucket/bucket.ts");
        throw new BucketError("unavailable", "It does not answer.");
      }
      counts.statements += statements.length;
      database.exec("BEGIN");
      try {
        const rows = statements.map(({ sql, values }) => database.prepare(sql).all(...values) as unknown as Row[]);
        database.exec("COMMIT");
        return rows;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
