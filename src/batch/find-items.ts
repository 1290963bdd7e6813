import { ImageError } from "../error.ts";
import { nameItems } from "../task/item-identifiers.ts";
import type { OrderedItem } from "../task/task.ts";
import { answered, type Jobs } from "./jobs.ts";
import type { FoundItems, NextTurn } from "./ledger-calls.ts";

/** Items that are found at once: as many as one call lists. Source: Cloudflare R2, Workers API, list. */
export const itemsPerPart = 1000;

/** Returns the key, in SCRATCH, of a part of the items that a task names. */
export function partKey(task: string, part: number): string {
  return `tasks/${task}/items/${String(part).padStart(5, "0")}.json`;
}

/**
 * Finds the next part of the items of a task: those of a page of the bucket's listing, or some of those that it names. Throws
 * `storage-failed`, and `not-found` where the named ones are no longer there.
 */
export function findItems(jobs: Jobs, listing: NonNullable<NextTurn["listing"]>): Promise<FoundItems> {
  const { from, kind } = listing.header;
  if (from === undefined) return readPart(jobs, listing);
  return kind === "manifest" ? listFolders(jobs, listing) : listPart(jobs, listing);
}

async function readPart(jobs: Jobs, { header, part }: NonNullable<NextTurn["listing"]>): Promise<FoundItems> {
  const text = await answered(jobs, async () => (await jobs.buckets.scratch.get(partKey(header.id, part)))?.text());
  if (text === undefined) {
    throw new ImageError("not-found", "The list of its items is no longer in the bucket SCRATCH. Send the task again.");
  }
  const items: readonly OrderedItem[] = JSON.parse(text);
  return { part, items, after: undefined, isLast: part + 1 >= header.parts };
}

async function listPart(jobs: Jobs, { header, part, after }: NonNullable<NextTurn["listing"]>): Promise<FoundItems> {
  const { prefix = "", suffix = "" } = header.from ?? {};
  const asked = { prefix, limit: itemsPerPart, ...(after === undefined ? {} : { startAfter: after }) };
  const { objects, truncated } = await answered(jobs, () => jobs.buckets.masters.list(asked));
  const { identifiers, collection } = header;
  const nameOf = identifiers === undefined ? undefined : nameItems({ identifiers, prefix, collection });
  const items = objects
    .filter(({ key }) => key.endsWith(suffix))
    .map(({ key }) => ({ key, ...(nameOf === undefined ? {} : { identifier: nameOf(key) }) }));
  return { part, items, after: objects.at(-1)?.key ?? after, isLast: !truncated };
}

/** A folder that is looked at once can't be begun after, as a key can: the bucket says how it goes on. */
async function listFolders(jobs: Jobs, { header, part, after }: NonNullable<NextTurn["listing"]>): Promise<FoundItems> {
  const { prefix = "" } = header.from ?? {};
  const asked = { prefix, delimiter: "/", limit: itemsPerPart, ...(after === undefined ? {} : { cursor: after }) };
  const page = await answered(jobs, () => jobs.buckets.masters.list(asked));
  const items = page.delimitedPrefixes.map((key) => ({ key }));
  return { part, items, after: page.truncated ? page.cursor : after, isLast: !page.truncated };
}
