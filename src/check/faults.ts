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

/** What the readers add to what they don't read: a command for no file in particular. */
const generalAdvice = / (?:Convert it to a tiled pyramid|Ask for a smaller size or region).*$/s;

/** Words a fault in one line, with its details, less the advice that is meant for any master. */
export function wordFault({ message, detail }: ImageError): string {
  const sentence = message.replace(generalAdvice, "");
  return detail === undefined ? sentence : `${sentence} (${detail})`;
}
