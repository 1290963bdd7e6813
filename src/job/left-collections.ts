import type { Work } from "../catalogue/work.ts";
import { type CollectionOutcome, type CollectionRun, type WrittenObject, writeCollections } from "./collection-job.ts";

/**
 * Takes planned objects out of collections that they are in no more, which only the run that wrote them knows. What they are in now is
 * left for later; objects that were refreshed are in collections that are there.
 */
export function leaveCollections(
  written: readonly WrittenObject[],
  planned: ReadonlySet<string>,
  run: CollectionRun,
): Promise<readonly CollectionOutcome[]> {
  const refreshed = written.filter(({ work }) => !planned.has(work.key));
  const removed = written.flatMap(({ work, former }): readonly Work[] => {
    if (former === undefined || !planned.has(work.key)) return [];
    const now = new Set(work.collections.map(({ key }) => key));
    const left = former.collections.filter(({ key }) => !now.has(key));
    return left.length === 0 ? [] : [{ ...former, collections: left }];
  });
  return writeCollections(refreshed, [], { ...run, removed });
}
