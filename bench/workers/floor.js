// The cost of a request in the benchmark's platform itself, no work of the service's own: one read of a tile from the
// bucket, `/read/KEY/OFFSET/LENGTH`; with one look-up in the cache and one put, `/floor/KEY/OFFSET/LENGTH`.
export default {
  async fetch(request, { MASTERS }, context) {
    const [, kind, key, offset, length] = new URL(request.url).pathname.split("/");
    const object = await MASTERS.get(decodeURIComponent(key), {
      range: { offset: Number(offset), length: Number(length) },
    });
    const bytes = await object.bytes();
    if (kind === "read") return new Response(bytes);
    const kept = "https://kept.invalid/floor";
    await caches.default.match(kept);
    const headers = { "Cache-Control": "public, max-age=86400" };
    context.waitUntil(caches.default.put(kept, new Response(bytes, { headers })).catch(() => undefined));
    return new Response(bytes, { headers: { "Content-Length": String(bytes.byteLength) } });
  },
};
