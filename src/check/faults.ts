import { ImageError } from "../error.ts";

/** Faults of a master itself: broken, not supported, too expensive; and a page that it does not have. */
const codesOfMasters: readonly string[] = [
  ...["source-malformed", "source-unsupported", "not-found", "size-above-limit"],
  ...["render-too-costly", "render-memory"],
];

/** Returns whether an error is one that the service would answer because of the master. */
export function isFaultOfMaster(error: unknown): error is ImageError {
  return error instanceof ImageError && codesOfMasters.includes(error.code);
}

/** Returns the result of `work`, or undefined if it fails because of the master. Throws other errors. */
export async function unlessFault<T>(work: () => Promise<T>): Promise<T | undefined> {
  const done = await tryMaster(work);
  return "fault" in done ? undefined : done.value;
}

/** Returns the result of `work`, or the fault of the master that made it fail. Throws other errors. */
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
