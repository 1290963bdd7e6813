import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, vi } from "vitest";
import { emptyBucket } from "./empty-bucket.ts";

/**
 * Runs before each test file of the project `workerd`. Its files share an isolate, since starting one takes longer than
 * most of them; so all that outlives a request is emptied first: the modules' own state, the buckets, the Cache API.
 */
vi.resetModules();
for (const bucket of [env.MASTERS, env.CATALOGUE, env.DERIVATIVES]) await emptyBucket(bucket);
await emptyEdge();
afterAll(endLedger);

/**
 * The ledger of the service holds an object of these modules, which the next file's would break, and its alarm would go off
 * beside that, or when there is nobody any more to bring modules.
 */
async function endLedger(): Promise<void> {
  const ledger = env.LEDGER.getByName("service");
  await runInDurableObject(ledger, async (_, { storage }) => {
    await storage.deleteAlarm();
    await storage.deleteAll();
  });
  await evictDurableObject(ledger);
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
