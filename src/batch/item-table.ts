import type { ItemFailure, ItemStatus } from "../task/answers.ts";
import { type SpreadPart, spreadBounds, spreadStarts } from "../task/spread.ts";
import { addSeconds, type ItemCounts, type ItemState, itemStates, type StageSeconds } from "../task/states.ts";
import type { OrderedItem } from "../task/task.ts";
import { type ItemRow, readRow, readStatus } from "./item-rows.ts";
import type { ItemOutcome } from "./outcome.ts";
import { StageCounts } from "./stage-counts.ts";

/** What is known of all items together. It is added up as they change, so that no question reads them all. */
export interface Tally {
  readonly counts: ItemCounts;
  readonly seconds: StageSeconds;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly retries: number;
  /** Items that ended, by minute since 1970: the last few. */
  readonly minutes: Readonly<Record<string, number>>;
}

/** A value of the database has two megabytes at the most, and an item two names of a kilobyte. */
const itemsPerInsert = 250;

/** The code of what the queue has given up. */
export const deadLetter = "dead-letter";

/** For how many minutes it is kept how many items ended. */
const keptMinutes = 6;

const emptyCounts = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
const emptyTally: Tally = { counts: emptyCounts, seconds: {}, bytesIn: 0, bytesOut: 0, retries: 0, minutes: {} };

/** The items of a task, in the database of its object. */
export class ItemTable {
  readonly #sql: SqlStorage;
  #tally: Tally;

  /** Opens the items that lie in a database, and makes a place for them in an empty one. */
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS items (item INTEGER PRIMARY KEY, key TEXT NOT NULL, identifier TEXT, state TEXT NOT NULL,
       tries INTEGER NOT NULL DEFAULT 0, holder TEXT, until INTEGER NOT NULL DEFAULT 0, work TEXT, etag TEXT, seconds TEXT,
       spent REAL NOT NULL DEFAULT 0, bytesIn INTEGER NOT NULL DEFAULT 0, bytesOut INTEGER NOT NULL DEFAULT 0, failure TEXT,
       note TEXT, beganAt INTEGER, endedAt INTEGER);
       CREATE INDEX IF NOT EXISTS itemsByState ON items (state, item);
       CREATE TABLE IF NOT EXISTS tally (line INTEGER PRIMARY KEY, value TEXT NOT NULL)`,
    );
    const [kept] = sql.exec("SELECT value FROM tally WHERE line = 1").toArray();
    this.#tally = kept === undefined ? emptyTally : JSON.parse(String(kept.value));
  }

  get tally(): Tally {
    return this.#tally;
  }

  /** How many items are there. */
  get total(): number {
    return Object.values(this.#tally.counts).reduce((sum, count) => sum + count, 0);
  }

  /** How many have not ended. */
  get open(): number {
    const { waiting, queued, running } = this.#tally.counts;
    return waiting + queued + running;
  }

  /** Adds items behind those that are there, waiting, or in a state that they have from the beginning. */
  add(items: readonly OrderedItem[], state: ItemState): void {
    for (let at = 0; at < items.length; at += itemsPerInsert) {
      this.#sql.exec(
        "INSERT INTO items (key, identifier, state) SELECT value ->> 'key', value ->> 'identifier', ? FROM json_each(?)",
        state,
        JSON.stringify(items.slice(at, at + itemsPerInsert)),
      );
    }
    this.#count({ [state]: items.length });
  }

  find(item: number): ItemRow | undefined {
    const [row] = this.#sql
      .exec("SELECT item, key, identifier, state, tries, holder, until, failure FROM items WHERE item = ?", item)
      .toArray();
    return row === undefined ? undefined : readRow(row);
  }

  /** Returns the first items that wait. */
  waiting(count: number): readonly number[] {
    return this.#sql
      .exec("SELECT item FROM items WHERE state = 'waiting' ORDER BY item LIMIT ?", count)
      .toArray()
      .map(({ item }) => Number(item));
  }

  /** Marks items as sent, those that still wait. */
  queue(items: readonly number[], until: number): void {
    const queued = this.#sql
      .exec(
        `UPDATE items SET state = 'queued', until = ?
         WHERE item IN (SELECT value FROM json_each(?)) AND state = 'waiting' RETURNING item`,
        until,
        JSON.stringify(items),
      )
      .toArray().length;
    this.#count({ waiting: -queued, queued });
  }

  /** Gives an item to a delivery, however it stands. */
  begin(
    { item, state, tries }: ItemRow,
    { holder, until, now }: { readonly holder: string; readonly until: number; readonly now: number },
  ): void {
    this.#sql.exec(
      `UPDATE items SET state = 'running', tries = tries + 1, holder = ?, until = ?, beganAt = ?, endedAt = NULL
       WHERE item = ?`,
      holder,
      until,
      now,
      item,
    );
    if (tries > 0) this.#keep({ retries: this.#tally.retries + 1 });
    this.#move(state, "running");
  }

  /** Says when an item counts as lost. */
  hold(item: number, until: number): void {
    this.#sql.exec("UPDATE items SET until = ? WHERE item = ?", until, item);
  }

  /** Sets an item back, to wait or to be delivered again. */
  putBack(
    { item, state }: ItemRow,
    to: "waiting" | "queued" | "cancelled",
    { until, failure }: { readonly until: number; readonly failure?: ItemFailure },
  ): void {
    this.#sql.exec(
      "UPDATE items SET state = ?, holder = NULL, until = ?, failure = coalesce(?, failure) WHERE item = ?",
      to,
      until,
      failure === undefined ? null : JSON.stringify(failure),
      item,
    );
    this.#move(state, to);
  }

  /** Ends an item. */
  end({ item, state }: ItemRow, outcome: ItemOutcome, now: number): void {
    const { seconds, bytesIn, bytesOut, etag, work, failure, note } = outcome;
    const spent = Object.values(seconds).reduce((sum, part) => sum + part, 0);
    this.#sql.exec(
      `UPDATE items SET state = ?, holder = NULL, until = 0, work = ?, etag = ?, seconds = ?, spent = ?, bytesIn = ?,
       bytesOut = ?, failure = ?, note = ?, endedAt = ? WHERE item = ?`,
      outcome.state,
      work ?? null,
      etag ?? null,
      JSON.stringify(seconds),
      spent,
      bytesIn,
      bytesOut,
      failure === undefined ? null : JSON.stringify(failure),
      note ?? null,
      now,
      item,
    );
    const minute = Math.floor(now / 60_000);
    const minutes = Object.entries(this.#tally.minutes).filter(([at]) => Number(at) > minute - keptMinutes);
    this.#keep({
      seconds: addSeconds(this.#tally.seconds, seconds),
      bytesIn: this.#tally.bytesIn + bytesIn,
      bytesOut: this.#tally.bytesOut + bytesOut,
      minutes: { ...Object.fromEntries(minutes), [minute]: (this.#tally.minutes[minute] ?? 0) + 1 },
    });
    this.#move(state, outcome.state);
  }

  /** Cancels all that is not begun. */
  cancel(now: number): void {
    this.#sql.exec("UPDATE items SET state = 'cancelled', endedAt = ? WHERE state IN ('waiting', 'queued')", now);
    const { waiting, queued } = this.#tally.counts;
    this.#count({ waiting: -waiting, queued: -queued, cancelled: waiting + queued });
  }

  /** Has all wait again that failed or were cancelled. */
  retry(): void {
    this.#sql.exec(
      `UPDATE items SET state = 'waiting', failure = NULL, note = NULL, endedAt = NULL, holder = NULL
       WHERE state IN ('failed', 'cancelled')`,
    );
    const { failed, cancelled } = this.#tally.counts;
    this.#count({ failed: -failed, cancelled: -cancelled, waiting: failed + cancelled });
  }

  /** Writes down why an item will have failed, unless somebody reports something else. */
  mark({ item }: ItemRow, failure: ItemFailure): void {
    this.#sql.exec("UPDATE items SET failure = ? WHERE item = ?", JSON.stringify(failure), item);
  }

  /**
   * Has items wait again that count as lost: up to `most` of a state. Those whose message was given up have failed: they
   * would be lost again.
   */
  lapse(state: "queued" | "running", now: number, most: number): void {
    const ended = this.#sql
      .exec(
        `UPDATE items SET state = 'failed', holder = NULL, endedAt = ?
         WHERE state = ? AND until < ? AND failure ->> 'code' = ? RETURNING item`,
        now,
        state,
        now,
        deadLetter,
      )
      .toArray().length;
    if (ended > 0) this.#count({ [state]: -ended, failed: ended });
    const lapsed = this.#sql
      .exec(
        `UPDATE items SET state = 'waiting', holder = NULL
         WHERE item IN (SELECT item FROM items WHERE state = ? AND until < ? ORDER BY item LIMIT ?) RETURNING item`,
        state,
        now,
        most,
      )
      .toArray().length;
    if (lapsed > 0) this.#count({ [state]: -lapsed, waiting: lapsed });
  }

  /** Returns items behind a number, of one state or of all. */
  page(state: ItemState | undefined, after: number, count: number): readonly ItemStatus[] {
    const where = state === undefined ? "item > ?" : "state = ? AND item > ?";
    const given = state === undefined ? [after] : [state, after];
    return this.#statuses(`WHERE ${where} ORDER BY item LIMIT ?`, [...given, count]);
  }

  /** Returns the items that took longest. */
  slowest(count: number): readonly ItemStatus[] {
    return this.#statuses("WHERE spent > 0 ORDER BY spent DESC, item LIMIT ?", [count]);
  }

  /**
   * Returns the seconds below which shares of the items stay, by stage, to a hundredth of them. Reads all items once,
   * however many shares.
   */
  quantiles(shares: readonly number[]): readonly StageSeconds[] {
    const counts = new StageCounts();
    for (const { seconds } of this.#sql.exec("SELECT seconds FROM items WHERE seconds IS NOT NULL")) {
      counts.add(JSON.parse(String(seconds)));
    }
    return shares.map((share) => counts.quantile(share));
  }

  /** Returns how many items took how long, from the fastest on. Reads all items. */
  spread(): readonly SpreadPart[] {
    const parts = spreadBounds.map((bound, at) => `WHEN spent < ${bound} THEN ${at}`).join(" ");
    const found = this.#sql
      .exec(
        `SELECT CASE ${parts} ELSE ${spreadBounds.length} END AS part, count(*) AS many FROM items
         WHERE state IN ('done', 'kept', 'failed', 'refused') GROUP BY part`,
      )
      .toArray();
    const items = new Map(found.map(({ part, many }) => [Number(part), Number(many)]));
    return spreadStarts.map((from, at) => ({ from, items: items.get(at) ?? 0 }));
  }

  #statuses(rest: string, given: readonly (string | number)[]): readonly ItemStatus[] {
    return this.#sql
      .exec(
        `SELECT item, key, identifier, state, tries, seconds, bytesIn, bytesOut, etag, failure, note, beganAt, endedAt
         FROM items ${rest}`,
        ...given,
      )
      .toArray()
      .map(readStatus);
  }

  #move(from: ItemState, to: ItemState): void {
    if (from !== to) this.#count({ [from]: -1, [to]: 1 });
  }

  #count(changes: Readonly<Partial<Record<ItemState, number>>>): void {
    const { counts } = this.#tally;
    const changed = Object.entries(changes).map(([state, by]) => [state, counts[state as ItemState] + by] as const);
    this.#keep({ counts: { ...counts, ...Object.fromEntries(changed) } });
  }

  #keep(change: Partial<Tally>): void {
    this.#tally = { ...this.#tally, ...change };
    this.#sql.exec("INSERT OR REPLACE INTO tally (line, value) VALUES (1, ?)", JSON.stringify(this.#tally));
  }
}
