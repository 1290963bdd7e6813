import { ImageError } from "../error.ts";

/** What a master itself is at fault for: broken, not read, too costly; and a page that it does not have. */
const codesOfMasters: readonly string[] = [
  ...["source-malformed", "source-unsupported", "not-found", "size-above-limit"],
  ...["render-too-costly", "render-memory"],
];

/** Says whether an error is one that a service would answer because of the master. */
export function isFaultOfMaster(error: unknown): error is ImageError {
  return error instanceof ImageError && codesOfMasters.includes(error.code);
}

/** Returns what `work` gives, or undefined where the master is at fault. Throws what else goes wrong. */
export async function unlessFault<T>(work: () => Promise<T>): Promise<T | undefined> {
  const done = await tryMaster(work);
  return "fault" in done ? undefined : done.value;
}

/** Returns what `work` gives, or the fault of the master that ended it. Throws what else goes wrong. */
export async function tryMaster<T>(
  work: () => Promise<T> | T,
): Promise<{ readonly value: T } | { readonly fault: ImageError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isFaultOfMaster(error)) throw error;
    return { fault: error };
  }
}

/** Formats a fault as one line, with its details. */
export function formatFault({ message, detail }: ImageError): string {
  return detail === undefined ? message : `${message} (${detail})`;
}
