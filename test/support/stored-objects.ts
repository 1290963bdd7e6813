import { env } from "cloudflare:workers";
import { attachmentKey } from "../../src/catalogue/attachment.ts";
import { feedEndKey, feedPageKey, formatFeedRecord } from "../../src/catalogue/feed.ts";
import { formatPageLines, pageLinesKey, textFileKey } from "../../src/catalogue/page-text.ts";
import type { Work } from "../../src/catalogue/work.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { addEntries, beginObject, entryOfPage, entryOfWork, finishObject } from "../../src/search/index-entries.ts";
import { indexLayout } from "../../src/search/index-layout.ts";

/** The file that the text of each page of an object comes from. */
export const pageText = { format: "plain", file: "page.txt" } as const;

/** Makes the index of searches. */
export async function makeIndex(): Promise<void> {
  await env.SEARCH.batch(indexLayout.map((sql) => env.SEARCH.prepare(sql)));
}

/** Stores an object with the text of its pages, `whisper word{page} of {object}`, and a PDF beside its images, and indexes it. */
export async function storeObject(work: Work): Promise<void> {
  await env.CATALOGUE.put(workKey(work.key), formatWork(work));
  const entries = [entryOfWork(work)];
  for (const [index, { key }] of work.pages.entries()) {
    const lines = [{ text: `whisper word${key} of ${work.key}` }];
    const lined = { width: 3000, height: 4000, ...pageText, lines };
    await env.CATALOGUE.put(pageLinesKey({ object: work.key, page: key }), formatPageLines(lined));
    entries.push(entryOfPage(lined, { number: index + 1, page: key }));
  }
  await env.CATALOGUE.put(textFileKey(work.key, pageText.file), "whisper");
  await env.CATALOGUE.put(attachmentKey(work.key, `${work.key}.pdf`), "%PDF-1.4");
  const statements = [...beginObject(work), addEntries(work.key, entries), finishObject(work.key, "1")];
  await env.SEARCH.batch(statements.map(({ sql, values }) => env.SEARCH.prepare(sql).bind(...values)));
}

/** Stores a feed of one full page that says of each of some objects that it was made. */
export async function storeFeed(keys: readonly string[]): Promise<void> {
  const made = { type: "Create", kind: "object", endTime: "2026-01-01T00:00:00Z" } as const;
  const activities = keys.map((key) => ({ ...made, key }));
  const page = { number: 1, startIndex: 0, activities, runs: [], isFull: true };
  await env.CATALOGUE.put(feedPageKey(1), formatFeedRecord(page));
  await env.CATALOGUE.put(feedEndKey, formatFeedRecord({ pages: 1, activities: activities.length }));
}
