/** The rule that clears the derivative bucket, as the deploy step sets it up and as it says so in the bucket. */
export const lifecycleRule = { name: "old-pictures", prefix: "derivatives/", days: 90 } as const;

/** Key of the object that says which rule was set up, and when. */
export const lifecycleMarkerKey = "setup/lifecycle.json";

/** What the marker says. */
export interface LifecycleMarker {
  readonly prefix: string;
  readonly days: number;
  /** ISO 8601. */
  readonly setAt: string;
}

/** Whether the rule is set up, and clears what it should. */
export type LifecycleState = "set" | "not set up" | "not working";

/** Days that an object may lie in the bucket past its time. Source: R2 removes within a day or so of it. */
const graceDays = 3;

const dayMilliseconds = 86_400_000;

/**
 * Says whether the bucket's lifecycle rule is set up, by the marker that the deploy step writes, and whether it works: no
 * more than one page of objects is listed (up to 1,000), and none may be left from before its time. Costs one get and one
 * list; throws what the bucket throws.
 */
export async function lifecycleState(
  bucket: Pick<R2Bucket, "get" | "list">,
  nowSeconds: number,
): Promise<LifecycleState> {
  const object = await bucket.get(lifecycleMarkerKey);
  const marker = object === null ? undefined : parseMarker(await object.text());
  if (marker === undefined) return "not set up";
  const { objects } = await bucket.list({ prefix: marker.prefix, limit: 1000 });
  const setAt = Date.parse(marker.setAt);
  const isOverdue = ({ uploaded }: R2Object): boolean => {
    // What was too old already when the rule was set up is due from then on.
    const dueAt = Math.max(uploaded.getTime() + marker.days * dayMilliseconds, setAt);
    return nowSeconds * 1000 > dueAt + graceDays * dayMilliseconds;
  };
  return objects.some(isOverdue) ? "not working" : "set";
}

function parseMarker(text: string): LifecycleMarker | undefined {
  try {
    const { prefix, days, setAt } = JSON.parse(text) as LifecycleMarker;
    const isMarker =
      typeof prefix === "string" && Number.isInteger(days) && days > 0 && !Number.isNaN(Date.parse(setAt));
    return isMarker ? { prefix, days, setAt } : undefined;
  } catch {
    return undefined;
  }
}
