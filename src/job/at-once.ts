/** Works on all items, at most `most` of them at once, and returns the results in their order. Throws what the work throws. */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

/**
 * Works on items as they come, at most `most` of them at once, and yields the results in the order of the items: no more are
 * held than are worked on. Throws what the items and the work throw.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, undefined, undefined> {
  const pending: Promise<Result>[] = [];
  for await (const item of items) {
    const started = work(item);
    // What fails while an earlier one is waited for is told in its turn, or is nobody's once that has failed.
    started.catch(() => undefined);
    pending.push(started);
    if (pending.length === most) yield await takeFirst(pending);
  }
  while (pending.length > 0) yield await takeFirst(pending);
}

function takeFirst<Result>(pending: Promise<Result>[]): Promise<Result> {
  const [first] = pending.splice(0, 1);
  return first as Promise<Result>;
}
