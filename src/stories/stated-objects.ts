import type { StatedObject } from "../catalogue/object-access.ts";
import { ImageError } from "../error.ts";
import { statedObjectOf } from "../policies.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** Records that are read at once. */
const recordsAtOnce = 6;

/** What was found of an object. */
export type FoundObject =
  | { readonly kind: "stated"; readonly stated: StatedObject }
  /** It has no record. */
  | { readonly kind: "absent" }
  /** Its record can't be read: nobody knows who may see it. */
  | { readonly kind: "damaged" };

/**
 * Returns what is stated of each of some objects, in their order. Each is read once while it is trusted. Throws
 * `policy-unreadable` where storage fails.
 */
export async function statedObjects(
  services: Services,
  keys: readonly string[],
  visit: Visit,
): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = keys.map(() => ({ kind: "absent" }));
  const waiting = keys.entries();
  const work = async (): Promise<void> => {
    for (const [index, key] of waiting) found[index] = await statedIn(services, key, visit);
  };
  await Promise.all(Array.from({ length: recordsAtOnce }, work));
  return found;
}

async function statedIn({ policies }: Services, key: string, visit: Visit): Promise<FoundObject> {
  try {
    const stated = await statedObjectOf(policies, { key, visit });
    return stated === undefined ? { kind: "absent" } : { kind: "stated", stated };
  } catch (error) {
    const cause = error instanceof ImageError ? error.cause : undefined;
    if (cause instanceof ImageError && cause.code === "record-malformed") return { kind: "damaged" };
    throw error;
  }
}
