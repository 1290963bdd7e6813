import { digest } from "../digest.ts";

/** Hexadecimal digits that tell tasks of one second apart. */
const tailDigits = 12;

/** Legal as the id of an instance of a Workflow with some digits more. Source: Cloudflare Workflows, limits. */
const idPattern = /^\d{8}-\d{6}-[0-9a-f]{12}$/;

/**
 * Returns the id of a task: its second, then what tells it from others, which is made of `seed`: the same file at the same
 * time is the same task, however often it is announced. `at` is in ISO 8601 and UTC.
 */
export async function taskIdOf(at: string, seed: string): Promise<string> {
  const time = at.replaceAll(/[-:]|\..*$/g, "").replace("T", "-");
  return `${time}-${(await digest(seed)).slice(0, tailDigits)}`;
}

/** Says whether a text may be the id of a task. */
export function isTaskId(text: string): boolean {
  return idPattern.test(text);
}

/**
 * Returns by what the work on an item is known: the same object, as it is, with the same settings is the same work, whichever
 * task asks for it.
 */
export function workKeyOf(work: {
  readonly kind: string;
  readonly key: string;
  readonly etag: string;
  readonly settings: object;
}): Promise<string> {
  const { kind, key, etag, settings } = work;
  const sorted = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify([kind, key, etag, sorted]));
}
