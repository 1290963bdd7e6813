import { env } from "cloudflare:workers";
import { vi } from "vitest";

/**
 * Runs before each test file of the project `workerd`. Its files share an isolate, since starting one takes longer than
 * most of them; so all that outlives a request is emptied first: the modules' own state, the buckets, the Cache API.
 */
vi.resetModules();
for (const bucket of [env.MASTERS, env.CATALOGUE, env.DERIVATIVES]) await emptyBucket(bucket);
await emptyEdge();
await endFormerLedger();

/** The ledger that a file before has used is of the modules before: whoever calls it next is refused, and it starts anew. */
async function endFormerLedger(): Promise<void> {
  await env.LEDGER.getByName("service")
    .waiting()
    .catch(() => undefined);
}

async function emptyBucket(bucket: R2Bucket): Promise<void> {
  for (let isMore = true; isMore; ) {
    const { objects, truncated } = await bucket.list();
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    isMore = truncated;
  }
}

/** The Cache API can't list what it holds: what is put into it is written down, once an isolate. */
async function emptyEdge(): Promise<void> {
  const edge = caches.default as Cache & { addresses?: Set<string> };
  if (edge.addresses === undefined) {
    const addresses = new Set<string>();
    const put = edge.put.bind(edge);
    Object.assign(edge, {
      addresses,
      put(request: RequestInfo, response: Response) {
        addresses.add(typeof request === "string" ? request : request.url);
        return put(request, response);
      },
    });
  }
  for (const address of edge.addresses ?? []) await edge.delete(address);
  edge.addresses?.clear();
}
