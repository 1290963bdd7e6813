import type { RunnableKind, SettingsOfKinds } from "./kinds.ts";

/**
 * A task as its file states it, read and found good. A task file in JSON is this very object:
 *
 *     { "kind": "verify", "name": "March", "from": { "prefix": "maps/", "suffix": ".tif" }, "settings": { "decode": true } }
 *     { "kind": "check", "items": [{ "key": "maps/1.tif" }, { "key": "maps/2.tif", "identifier": "maps/2" }] }
 *     { "kind": "convert", "from": { "prefix": "scans/" }, "identifiers": "maps/{path}" }
 *
 * In CSV each field is a column, those of `from` and `settings` by their own names (`kind`, `name`, `collection`, `prefix`,
 * `suffix`, `identifiers`, `decode`, `sizes`, `base` …), next to `key` and `identifier`, which make an item of each row that has a key. A
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
    /**
     * The template of the identifiers of all items that have none of their own, as `tessera ingest --identifier` takes it; for kinds
     * that make masters. Absent for the ones that KEY_TEMPLATE makes of keys.
     */
    readonly identifiers?: string;
    readonly settings: SettingsOfKinds[Kind];
  } & ItemSource;
}[RunnableKind];

/** Where the items of a task come from: exactly one of both. */
export type ItemSource =
  | { readonly from: ItemPrefix; readonly items?: never }
  | { readonly items: readonly OrderedItem[]; readonly from?: never };

/**
 * All objects of the bucket of masters whose keys begin and end so. Of a task that makes objects, all folders whose keys begin so,
 * up to the next slash; the masters in them whose keys end so are their pages.
 */
export interface ItemPrefix {
  /** Empty for all. */
  readonly prefix: string;
  readonly suffix?: string;
}

/** An object of the bucket of masters that a task names by its key, once; or a folder, whose key ends in a slash, of which an object is made. */
export interface OrderedItem {
  readonly key: string;
  /** Absent for the one that the template of the task or KEY_TEMPLATE makes of the key. Of a folder, the key of its object; absent for what its masters share. */
  readonly identifier?: string;
}
