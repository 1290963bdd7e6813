import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { TiffOptions } from "../support/make-tiff.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { send, untilReported } from "../support/tasks.ts";
import { askViewer, viewerNames } from "../support/viewers/viewer-client.ts";

const base = "https://files.example/site";
const versions = [3, 2] as const;

const shapes: Readonly<Record<string, TiffOptions>> = {
  "viewed/whole levels": { width: 1301, height: 907, tile: 256, levels: 3, compression: "deflate" },
  "viewed/smaller than a tile": { width: 90, height: 60, tile: 256, compression: "deflate" },
  "viewed/as wide as a tile": { width: 256, height: 1000, tile: 256, levels: 3, compression: "deflate" },
  "viewed/slim": { width: 1025, height: 33, tile: 256, levels: 2, compression: "deflate" },
};

beforeAll(async () => {
  for (const [key, options] of Object.entries(shapes)) await env.MASTERS.put(key, await makeTiff(options));
  for (const api of versions) {
    const { id } = await send({ kind: "export", from: { prefix: "viewed/" }, settings: { base, to: "site", api } });
    const { counts } = await untilReported(id);
    expect(counts.done).toBe(Object.keys(shapes).length);
  }
});

/** The keys in EXPORTS. */
async function listExports(): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const page = await env.EXPORTS.list({ prefix: "site/", ...(cursor === undefined ? {} : { cursor }) });
    for (const { key } of page.objects) keys.add(key);
    if (!page.truncated) return keys;
    ({ cursor } = page);
  }
}

describe.each(viewerNames)("what a task has exported holds all that is asked for by %s", (viewer) => {
  it.each(versions)("in version %i of the Image API", async (version) => {
    const keys = await listExports();
    let asked = 0;
    const missing: string[] = [];
    for (const identifier of Object.keys(shapes)) {
      const key = `site/iiif/${version}/${identifier}/info.json`;
      const info = await (await env.EXPORTS.get(key))?.json<object>();
      const url = `https://files.example/${encodeURI(key)}`;
      expect(info).toMatchObject({ [version === 3 ? "id" : "@id"]: url.replace("/info.json", "") });
      for (const { path } of (await askViewer({ viewer, info: info ?? {}, url })).flatMap(({ tiles }) => tiles)) {
        asked += 1;
        if (!keys.has(decodeURIComponent(path).slice(1))) missing.push(path);
      }
    }
    // The oldest asks 2.1 for tiles that are as wide as the image as `max`, which 2.1 calls `full`.
    const isKnown = viewer === "OpenSeadragon 2.4.2" && version === 2;
    const known = missing.filter(
      (path) => isKnown && /as%20wide%20as%20a%20tile\/[\d,]+\/max\/0\/default\.jpg$/.test(path),
    );
    expect(known).toHaveLength(isKnown ? 4 : 0);
    expect(missing).toEqual(known);
    expect(asked).toBeGreaterThan(30);
  });
});
