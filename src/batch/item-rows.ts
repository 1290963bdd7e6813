import type { ItemFailure, ItemStatus } from "../task/answers.ts";
import type { ItemState } from "../task/states.ts";

/** A row of the table. */
export interface ItemRow {
  readonly item: number;
  readonly key: string;
  readonly identifier: string | undefined;
  readonly state: ItemState;
  readonly tries: number;
  /** Which delivery of which message it was given to. */
  readonly holder: string | undefined;
  /** When it counts as lost, in milliseconds since 1970. */
  readonly until: number;
  readonly failure: ItemFailure | undefined;
}

type SqlRow = Readonly<Record<string, SqlStorageValue>>;

/** Reads a row of the table of items. */
export function readRow({ item, key, identifier, state, tries, holder, until, failure }: SqlRow): ItemRow {
  return {
    item: Number(item),
    key: String(key),
    identifier: identifier === null ? undefined : String(identifier),
    state: String(state) as ItemState,
    tries: Number(tries),
    holder: holder === null ? undefined : String(holder),
    until: Number(until),
    failure: failure === null ? undefined : JSON.parse(String(failure)),
  };
}

/** Reads a row as it is shown. */
export function readStatus(row: SqlRow): ItemStatus {
  const { item, key, state, tries, seconds, bytesIn, bytesOut, failure } = row;
  const text = (name: "identifier" | "etag" | "note"): object =>
    row[name] === null ? {} : { [name]: String(row[name]) };
  const time = (name: "beganAt" | "endedAt"): object =>
    row[name] === null ? {} : { [name]: new Date(Number(row[name])).toISOString() };
  return {
    item: Number(item),
    key: String(key),
    ...text("identifier"),
    state: String(state) as ItemState,
    tries: Number(tries),
    seconds: seconds === null ? {} : JSON.parse(String(seconds)),
    bytesIn: Number(bytesIn),
    bytesOut: Number(bytesOut),
    ...text("etag"),
    ...(failure === null ? {} : { failure: JSON.parse(String(failure)) }),
    ...text("note"),
    ...time("beganAt"),
    ...time("endedAt"),
  };
}
