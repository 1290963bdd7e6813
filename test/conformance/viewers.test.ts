import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchImage, fetchInfo, origin, storeMaster, versions } from "../support/image-client.ts";
import { readJpegFrame } from "../support/jpeg-frame.ts";
import type { TiffOptions } from "../support/make-tiff.ts";
import { encodeBySharp } from "../support/oracle.ts";
import { drawPicture } from "../support/picture.ts";
import { ask } from "../support/service.ts";
import { askViewer, viewerNames } from "../support/viewers/viewer-client.ts";
import type { ViewerQuestion } from "../support/viewers/viewer-server.ts";

const tiffs: Readonly<Record<string, TiffOptions>> = {
  "levels rounded up": { width: 333, height: 217, tile: 64, levels: 3 },
  "levels rounded down": { width: 333, height: 217, tile: 64, levels: 3, levelRounding: "floor" },
  "no levels": { width: 1030, height: 205, tile: 64 },
  "a level lacking": {
    width: 640,
    height: 480,
    tile: 64,
    levels: [
      { width: 160, height: 120 },
      { width: 80, height: 60 },
    ],
  },
  "only a quarter": { width: 500, height: 420, tile: 128, levels: [{ width: 125, height: 105 }] },
  thirds: {
    width: 300,
    height: 200,
    tile: 64,
    levels: [
      { width: 100, height: 67 },
      { width: 34, height: 23 },
    ],
  },
  "a level at no whole fraction": {
    width: 500,
    height: 350,
    tile: 64,
    levels: [
      { width: 320, height: 224 },
      { width: 125, height: 88 },
    ],
  },
  "strips and a level": { width: 1100, height: 900, levels: 2 },
  "sideways, oblong tiles": {
    width: 300,
    height: 200,
    tile: { tileWidth: 64, tileLength: 32 },
    levels: 2,
    orientation: 6,
  },
  "more levels than a tile needs": { width: 200, height: 100, tile: 128, levels: 6 },
  "one pixel": { width: 1, height: 1, tile: 64 },
  "one row": { width: 300, height: 1, tile: 64, levels: 2 },
  "one column": { width: 1, height: 300, tile: 64, levels: 2, levelRounding: "floor" },
};

const plain = {
  "plain 1500 by 1000": { width: 1500, height: 1000 },
  "plain and tiny": { width: 90, height: 60 },
  "plain and tall": { width: 100, height: 5000 },
  "plain and odd": { width: 2051, height: 1025 },
} as const;

const shapes = [...Object.keys(tiffs), ...Object.keys(plain)];

beforeAll(async () => {
  for (const [identifier, options] of Object.entries(tiffs)) await storeMaster(identifier, options);
  for (const [identifier, size] of Object.entries(plain)) {
    const pixel = (x: number, y: number): number[] => [x & 255, y & 255, (x + y) & 255];
    const picture = drawPicture({ ...size, samplesPerPixel: 3, bitsPerSample: 8, sampleFormat: "unsigned", pixel });
    await env.MASTERS.put(identifier, await encodeBySharp(picture, [["jpeg"]]));
  }
});

/** Pictures that are not as large as the viewer lays them down. Two sizes are equal if less than a pixel is between them. */
async function listMisplaced(question: ViewerQuestion, fetch: (path: string) => Promise<Uint8Array>) {
  const isV3 = new URL(question.url).pathname.startsWith("/iiif/3/");
  const misplaced: string[] = [];
  for (const { factor, tiles } of await askViewer(question)) {
    if (tiles.length === 0) misplaced.push(`no tile of factor ${factor}`);
    for (const { path, width, height } of tiles) {
      const frame = readJpegFrame(await fetch(path));
      // Of a column narrower than a pixel 2.1 asks for `1,` at several factors: only one of them can be meant.
      const isKnown = isV3 || width >= 1;
      const isPlaced = Math.abs(frame.width - width) < 1 && (!isKnown || Math.abs(frame.height - height) < 1);
      if (!isPlaced) misplaced.push(`${path}: ${frame.width},${frame.height} instead of ${width},${height}`);
    }
  }
  return misplaced;
}

for (const { name, version } of versions) {
  describe.each(viewerNames)(`${name} §5, %s`, (viewer) => {
    it.each(shapes)("is sent each picture in the size it is laid down in: %s", async (identifier) => {
      const url = `${origin}/iiif/${version}/${encodeURIComponent(identifier)}/info.json`;
      const info = await fetchInfo(new URL(url).pathname);
      expect(await listMisplaced({ viewer, info, url }, fetchImage)).toEqual([]);
    });

    it.each([200, 100])("is sent each picture in the size it is laid down in under a maxWidth of %i", async (side) => {
      const url = `${origin}/iiif/${version}/levels rounded up/info.json`;
      const limits = { MAX_WIDTH: String(side) };
      const info = JSON.parse((await ask(new URL(url).pathname, { env: limits })).text);
      const served = { ...info, [version === 3 ? "id" : "@id"]: url.replace("/info.json", "") };
      const fetchLimited = async (path: string) => (await ask(path, { env: limits })).bytes;
      expect(await listMisplaced({ viewer, info: served, url }, fetchLimited)).toEqual([]);
    });
  });
}
