/** A resource that a harvester has, or knows to be gone. */
export interface Harvest {
  /** URIs to read, the newest first. */
  readonly included: readonly string[];
  readonly removed: readonly string[];
  /** The newest time that was seen: the next harvest begins there. */
  readonly newest: string | undefined;
  readonly pages: number;
}

// biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
type Document = any;

/**
 * Harvests a feed as the specification says consumers do: from the last page backwards, until what was seen before. Throws
 * for a document that lacks what it has to have. Source: IIIF Change Discovery API 1.0 §3.1 to §3.3, §3.5.
 */
export async function harvest(
  read: (uri: string) => Promise<Document>,
  uri: string,
  lastCrawl?: string,
): Promise<Harvest> {
  const feed = await read(uri);
  expectDocument(feed, { id: uri, type: "OrderedCollection" });
  const processed = new Set<string>();
  const included: string[] = [];
  const removed: string[] = [];
  const visited = new Set<string>();
  let newest: string | undefined;
  let later = "9999";
  for (let next: Document = feed.last; next !== undefined; ) {
    const at = reference(next, "OrderedCollectionPage");
    if (visited.has(at)) throw new Error(`${at} leads back to itself`);
    visited.add(at);
    const page = await read(at);
    expectDocument(page, { id: at, type: "OrderedCollectionPage" });
    if (reference(page.partOf, "OrderedCollection") !== uri) throw new Error(`${at} is part of something else`);
    if (!Array.isArray(page.orderedItems)) throw new Error(`${at} has no orderedItems`);
    for (const { type, object, endTime } of page.orderedItems.toReversed()) {
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(endTime)) throw new Error(`${endTime} is no time in UTC`);
      if (endTime > later) throw new Error(`${endTime} stands before ${later}`);
      later = endTime;
      newest ??= endTime;
      if (lastCrawl !== undefined && endTime < lastCrawl) return { included, removed, newest, pages: visited.size };
      const of = reference(object, object.type === "Collection" ? "Collection" : "Manifest");
      if (processed.has(of)) continue;
      processed.add(of);
      if (type === "Delete") removed.push(of);
      else if (type === "Create" || type === "Update") included.push(of);
      else throw new Error(`${type} is an activity that nobody expects`);
    }
    if (page.prev === undefined && at !== reference(feed.first, "OrderedCollectionPage"))
      throw new Error(`${at} has no page before it`);
    next = page.prev;
  }
  return { included, removed, newest, pages: visited.size };
}

function expectDocument(document: Document, { id, type }: { readonly id: string; readonly type: string }): void {
  const isWhole =
    Object.keys(document)[0] === "@context" &&
    document["@context"] === "http://iiif.io/api/discovery/1/context.json" &&
    document.id === id &&
    document.type === type;
  if (!isWhole) throw new Error(`${id} is no ${type} of the API: ${JSON.stringify(document).slice(0, 200)}`);
}

function reference(value: Document, type: string): string {
  if (value?.type !== type || !/^https?:\/\//.test(value.id)) throw new Error(`${JSON.stringify(value)} is no ${type}`);
  return value.id;
}
