import type { DecodedText } from "../catalogue/csv-encoding.ts";
import type { TaskFault } from "./answers.ts";
import { findDoubledFields } from "./doubled-fields.ts";
import type { ReadTask } from "./task-file.ts";
import { findValueFaults, isRunnable, settingNames, suggestion } from "./task-schema.ts";

const fieldNames = ["kind", "name", "collection", "from", "items", "identifiers", "settings"] as const;
const sourceNames = ["prefix", "suffix"] as const;
const itemNames = ["key", "identifier"] as const;

/** Reads a task file that is JSON: nothing may stand in it that has no meaning. Never throws. */
export function readTaskJson({ text, encoding, isWhole }: DecodedText): ReadTask {
  const unread = (message: string): ReadTask => ({ task: undefined, faults: [{ message }], placeOf, valueFaults: [] });
  if (!isWhole) return unread(`characters are not ${encoding}`);
  let task: unknown;
  try {
    task = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    return unread(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const doubled = findDoubledFields(text).map((path): TaskFault => {
    const place = placeOf(path);
    return { ...(place !== undefined && { place }), message: "it stands there twice" };
  });
  return { task, faults: [...doubled, ...unknownFields(task)], placeOf, valueFaults: findValueFaults(task) };
}

/** `items[3].key`. */
function placeOf(path: readonly (string | number)[]): string | undefined {
  const place = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("");
  return place === "" ? undefined : place.replace(/^\./, "");
}

function unknownFields(task: unknown): readonly TaskFault[] {
  const { kind, from, items, settings } = (task ?? {}) as Readonly<Record<string, unknown>>;
  return [
    ...unknownIn(task, { known: fieldNames, place: [] }),
    ...unknownIn(from, { known: sourceNames, place: ["from"] }),
    ...(isRunnable(kind) ? unknownIn(settings, { known: settingNames[kind], place: ["settings"] }) : []),
    ...(Array.isArray(items)
      ? items.flatMap((item, index) => unknownIn(item, { known: itemNames, place: ["items", index] }))
      : []),
  ];
}

function unknownIn(
  value: unknown,
  { known, place }: { readonly known: readonly string[]; readonly place: readonly (string | number)[] },
): readonly TaskFault[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const stated = placeOf([...place, name]);
      const message = `there is no such field${suggestion(name, known)}`;
      return stated === undefined ? { message } : { place: stated, message };
    });
}
