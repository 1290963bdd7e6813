import type { RunnableKind, SettingsOfKinds } from "./kinds.ts";

/**
 * A task as its file states it, read and found good. A task file in JSON is this very object:
 *
 *     { "kind": "verify", "name": "March", "from": { "prefix": "maps/", "suffix": ".tif" }, "settings": { "decode": true } }
 *     { "kind": "check", "items": [{ "key": "maps/1.tif" }, { "key": "maps/2.tif", "identifier": "maps/2" }] }
 *
 * In CSV each field is a column, those of `from` and `settings` by their own names (`kind`, `name`, `collection`, `prefix`,
 * `suffix`, `decode`, `sizes`, `formats`, `base` …), next to `key` and `identifier`, which make an item of each row that has a key. A
 * field of the task stands in one row, or in several with the same value; several sizes, formats or widths in a cell are divided by
 * spaces:
 *
 *     kind,name,prefix,suffix,decode        kind,key,identifier
 *     verify,March,maps/,.tif,true          check,maps/1.tif,
 *                                           ,maps/2.tif,maps/2
 */
export type TaskOrder = {
  readonly [Kind in RunnableKind]: {
    readonly kind: Kind;
    /** What people call it, up to 200 characters. */
    readonly name?: string;
    /** By which reports are put together: the key of a collection, up to 200 characters. */
    readonly collection?: string;
    readonly settings: SettingsOfKinds[Kind];
  } & ItemSource;
}[RunnableKind];

/** Where the items of a task come from: exactly one of both. */
export type ItemSource =
  | { readonly from: ItemPrefix; readonly items?: never }
  | { readonly items: readonly OrderedItem[]; readonly from?: never };

/** All objects of the bucket of masters whose keys begin and end so. */
export interface ItemPrefix {
  /** Empty for all. */
  readonly prefix: string;
  readonly suffix?: string;
}

/** An object of the bucket of masters that a task names by its key, once. */
export interface OrderedItem {
  readonly key: string;
  /** Absent for the one that KEY_TEMPLATE makes of the key. */
  readonly identifier?: string;
}
