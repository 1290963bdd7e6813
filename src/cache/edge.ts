import { keptResponse, readKeptFacts } from "../http/kept-response.ts";
import type { TierGuard } from "./guard.ts";
import { parseSeal } from "./seal.ts";
import type { CacheTier } from "./tier.ts";

/** The host that keys of the Cache API live under: no request can ever reach it. Source: RFC 2606, .invalid. */
const host = "https://kept.invalid";

/** Returns the tier of the data centre's own cache, by the Cache API; it keeps for `maxAgeSeconds`. */
export function edgeTier(cache: Cache, maxAgeSeconds: number, guard: TierGuard): CacheTier {
  const remove = (key: string): Promise<boolean> => cache.delete(`${host}/${key}`);
  return {
    get: ({ key }, asking) =>
      guard.read(async () => {
        const response = await cache.match(`${host}/${key}`);
        if (response?.body == null) return undefined;
        const { length, sha256, statedBytes } = readKeptFacts(response);
        return { key, seal: parseSeal(length, sha256), statedBytes, body: response.body, remove: () => remove(key) };
      }, asking),
    put: ({ key }, { byteLength, sha256, mediaType, body }) =>
      guard.store(async (signal) => {
        // No Content-Length: if a stream with one breaks off, the cache keeps the part as if it were whole.
        const sent = body instanceof Uint8Array ? body : body.pipeThrough(new TransformStream(), { signal });
        const response = keptResponse(sent as BodyInit, { byteLength, sha256, mediaType, maxAgeSeconds });
        await cache.put(`${host}/${key}`, response);
      }),
    delete: ({ key }) => guard.remove(() => remove(key)),
  };
}
