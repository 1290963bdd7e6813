import type { CacheTier } from "./tier.ts";

/** The host that keys of the Cache API live under: no request can ever reach it. Source: RFC 2606, .invalid. */
const host = "https://kept.invalid";

/** Returns the tier of the data centre's own cache, by the Cache API; it keeps for `maxAgeSeconds`. May throw. */
export function edgeTier(cache: Cache, maxAgeSeconds: number): CacheTier {
  return {
    async get(key) {
      const response = await cache.match(`${host}/${key}`);
      if (response === undefined) return undefined;
      return { bytes: await response.bytes(), mediaType: response.headers.get("Content-Type") ?? "" };
    },
    async put(key, { bytes, mediaType }) {
      const headers = { "Content-Type": mediaType, "Cache-Control": `public, max-age=${maxAgeSeconds}` };
      await cache.put(`${host}/${key}`, new Response(bytes, { headers }));
    },
    async delete(key) {
      await cache.delete(`${host}/${key}`);
    },
  };
}
