import type { StatedObject } from "../catalogue/object-access.ts";
import { ImageError } from "../error.ts";
import { statedObjectOf } from "../policies.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** Records that are read at once. */
const recordsAtOnce = 6;

/**
 * Returns what is stated of each of some objects, in their order: undefined of one that is not there, and of one whose record is
 * damaged, for nobody knows who may see it. Each is read once while it is trusted. Throws `policy-unreadable` where storage
 * fails.
 */
export async function statedObjects(
  services: Services,
  keys: readonly string[],
  visit: Visit,
): Promise<readonly (StatedObject | undefined)[]> {
  const found: (StatedObject | undefined)[] = keys.map(() => undefined);
  const waiting = keys.entries();
  const work = async (): Promise<void> => {
    for (const [index, key] of waiting) found[index] = await statedIn(services, key, visit);
  };
  await Promise.all(Array.from({ length: recordsAtOnce }, work));
  return found;
}

async function statedIn({ policies }: Services, key: string, visit: Visit): Promise<StatedObject | undefined> {
  try {
    return await statedObjectOf(policies, { key, visit });
  } catch (error) {
    const cause = error instanceof ImageError ? error.cause : undefined;
    if (cause instanceof ImageError && cause.code === "record-malformed") return undefined;
    throw error;
  }
}
