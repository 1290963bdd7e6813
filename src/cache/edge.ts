import type { TierGuard } from "./guard.ts";
import { parseSeal } from "./seal.ts";
import type { CacheTier } from "./tier.ts";

/** The host that keys of the Cache API live under: no request can ever reach it. Source: RFC 2606, .invalid. */
const host = "https://kept.invalid";

const lengthHeader = "X-Kept-Length";
const checksumHeader = "X-Kept-Sha256";

/** Returns the tier of the data centre's own cache, by the Cache API; it keeps for `maxAgeSeconds`. */
export function edgeTier(cache: Cache, maxAgeSeconds: number, guard: TierGuard): CacheTier {
  const remove = (key: string): Promise<boolean> => cache.delete(`${host}/${key}`);
  return {
    get: ({ key }, asking) =>
      guard.read(async () => {
        const response = await cache.match(`${host}/${key}`);
        if (response?.body == null) return undefined;
        const { headers, body } = response;
        const seal = parseSeal(headers.get(lengthHeader), headers.get(checksumHeader));
        const length = headers.get("Content-Length");
        const statedBytes = length === null ? undefined : Number(length);
        return { key, seal, statedBytes, body, remove: () => remove(key) };
      }, asking),
    put: ({ key }, { byteLength, sha256, mediaType, body }) =>
      guard.store(async (signal) => {
        const headers = {
          "Content-Type": mediaType,
          "Cache-Control": `public, max-age=${maxAgeSeconds}`,
          [lengthHeader]: String(byteLength),
          [checksumHeader]: sha256,
        };
        // Without a length that is stated: of a stream that has one and breaks off, what came is kept as if it were all.
        const sent = body instanceof Uint8Array ? body : body.pipeThrough(new TransformStream(), { signal });
        await cache.put(`${host}/${key}`, new Response(sent as BodyInit, { headers }));
      }),
    async delete({ key }) {
      await guard.look(() => remove(key));
    },
  };
}
