import { isReserved } from "../access/asked-image.ts";
import { keyFault } from "../catalogue/record-name.ts";
import { ImageError } from "../error.ts";
import { identifierOf } from "../identity/identifier.ts";
import { nameItems, templateFaults } from "./item-identifiers.ts";
import type { PathFault } from "./path-fault.ts";

/** What the faults of items depend on. */
interface ItemsTask {
  readonly kind?: unknown;
  readonly identifiers?: unknown;
  readonly collection?: unknown;
}

/** Returns what is wrong with items beside each other and for their task: each alone has been looked at. Never throws. */
export function findItemFaults(items: readonly unknown[], task: ItemsTask): readonly PathFault[] {
  return [
    ...repeated(items, "key"),
    ...repeated(items, "identifier"),
    ...namedFaults(items, task),
    ...(task.kind === "manifest" ? folderFaults(items) : []),
  ];
}

/** Says whether a text may be an identifier. Never throws. */
export function isIdentifier(text: string): boolean {
  try {
    return identifierOf(text) === text && !isReserved(text);
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  }
}

function repeated(items: readonly unknown[], field: "key" | "identifier"): readonly PathFault[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index): readonly PathFault[] => {
    const named = (item as Readonly<Partial<Record<typeof field, unknown>>> | null)?.[field];
    if (typeof named !== "string" || named === "") return [];
    if (first.has(named)) return [{ path: ["items", index, field], message: `${named} is there already` }];
    first.set(named, index);
    return [];
  });
}

/** What a template makes of the keys of items that have no identifier: each another one. */
function namedFaults(items: readonly unknown[], { identifiers, collection }: ItemsTask): readonly PathFault[] {
  if (typeof identifiers !== "string" || templateFaults(identifiers).length > 0) return [];
  const nameOf = nameItems({
    identifiers,
    prefix: "",
    collection: typeof collection === "string" ? collection : undefined,
  });
  const first = new Map<string, string>();
  const fields = items.map((item) => (item ?? {}) as { readonly key?: unknown; readonly identifier?: unknown });
  for (const { key: named, identifier: own } of fields) {
    if (typeof named === "string" && typeof own === "string") first.set(own, named);
  }
  return fields.flatMap(({ key: named, identifier: own }, index): readonly PathFault[] => {
    if (typeof named !== "string" || named === "" || own !== undefined) return [];
    const made = nameOf(named);
    const path = ["items", index, "key"];
    if (made === "") return [{ path, message: `${named} has no letter or digit to make an identifier from` }];
    if (!isIdentifier(made)) return [{ path, message: `${named} would be ${made}, which is no identifier` }];
    const other = first.get(made);
    if (other !== undefined && other !== named)
      return [{ path, message: `${named} and ${other} would both be ${made}` }];
    first.set(made, named);
    return [];
  });
}

/** The items of a task that makes objects are folders, and their identifiers keys of objects. */
function folderFaults(items: readonly unknown[]): readonly PathFault[] {
  return items.flatMap((item, index): readonly PathFault[] => {
    const { key: folder, identifier: object } = (item ?? {}) as {
      readonly key?: unknown;
      readonly identifier?: unknown;
    };
    const isFile = typeof folder === "string" && folder !== "" && !folder.endsWith("/");
    const fault = typeof object === "string" && object !== "" ? keyFault(object) : undefined;
    return [
      ...(isFile
        ? [{ path: ["items", index, "key"], message: `${folder} is no folder: it does not end in a slash` }]
        : []),
      ...(fault === undefined ? [] : [{ path: ["items", index, "identifier"], message: fault }]),
    ];
  });
}
