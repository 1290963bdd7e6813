import { beforeAll, describe, expect, it } from "vitest";
import { fetchColors, fetchInfo, fetchSize, send, storeMaster, versions } from "../support/image-client.ts";
import type { TiffOptions } from "../support/make-tiff.ts";
import type { Picture } from "../support/picture.ts";
import { assemblePicture, largestDifference, orientPicture } from "../support/picture-edits.ts";
import { formatTileRequest, levelSize, listTiles } from "../support/tile-client.ts";

const masters: Readonly<Record<string, TiffOptions>> = {
  "rounded up": { width: 333, height: 217, tile: 64, levels: 3 },
  "rounded down": { width: 333, height: 217, tile: 64, levels: 3, levelRounding: "floor" },
  even: { width: 256, height: 128, tile: 64, levels: 2 },
  "turned and even": { width: 216, height: 332, tile: 64, levels: 3, orientation: 8 },
  "mirrored and even": { width: 332, height: 216, tile: 64, levels: 3, orientation: 2 },
};
const stored: Record<string, readonly Picture[]> = {};

/** Images whose last tiles are as narrow as tiles get. */
const awkward: Readonly<Record<string, TiffOptions>> = {
  "a pixel over": { width: 257, height: 129, tile: 64, levels: 3 },
  "a pixel over, rounded down": { width: 257, height: 129, tile: 64, levels: 3, levelRounding: "floor" },
  "one pixel": { width: 1, height: 1, tile: 64 },
  "one row": { width: 300, height: 1, tile: 64, levels: 2 },
  "one column": { width: 1, height: 300, tile: 64, levels: 2, levelRounding: "floor" },
};

beforeAll(async () => {
  for (const [identifier, options] of Object.entries({ ...masters, ...awkward })) {
    const levels = await storeMaster(identifier, options);
    stored[identifier] = levels.map((level) => orientPicture(level, options.orientation ?? 1));
  }
});

interface Described {
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly {
    readonly width: number;
    readonly height?: number;
    readonly scaleFactors: readonly number[];
  }[];
}

async function describeImage(version: number, identifier: string) {
  const info = (await fetchInfo(`/iiif/${version}/${identifier}/info.json`)) as unknown as Described;
  const [offer] = info.tiles;
  const tile = { width: offer!.width, height: offer!.height ?? offer!.width };
  return { image: { width: info.width, height: info.height }, tile, factors: offer!.scaleFactors };
}

describe.each(Object.keys(masters))("Image API 3.0 §5.4, tiles of a master whose levels are %s", (identifier) => {
  const base = `/iiif/3/${identifier}`;

  it.each(["ceil", "round"] as const)("meet without a seam when the viewer takes %s of the size", async (rounding) => {
    const { image, tile, factors } = await describeImage(3, identifier);
    const storedFactors = factors.slice(0, stored[identifier]!.length);
    for (const factor of storedFactors) {
      const level = levelSize({ image, factor }, rounding);
      const parts = [];
      for (const asked of listTiles({ image, tile, factor }, level)) {
        const picture = await fetchColors(`${base}/${formatTileRequest(asked)}/0/default.png`);
        expect({ width: picture.width, height: picture.height }).toEqual(asked.size);
        parts.push({ x: asked.x, y: asked.y, picture });
      }
      const whole = await fetchColors(`${base}/full/${level.width},${level.height}/0/default.png`);
      expect(largestDifference(assemblePicture(level, parts), whole)).toBe(0);
    }
  });

  it("are the pixels that are stored when the viewer takes the sizes of info.json", async () => {
    const { image, tile, factors } = await describeImage(3, identifier);
    for (const [index, level] of stored[identifier]!.entries()) {
      const parts = [];
      for (const asked of listTiles({ image, tile, factor: factors[index]! }, level)) {
        const picture = await fetchColors(`${base}/${formatTileRequest(asked)}/0/default.png`);
        parts.push({ x: asked.x, y: asked.y, picture });
      }
      expect(largestDifference(assemblePicture(level, parts), level)).toBe(0);
    }
  });
});

for (const { name, version } of versions) {
  describe.each(Object.keys(awkward))(`${name} §5 tiles of an image that is %s`, (identifier) => {
    it("are all served in the requested size, none of them empty", async () => {
      const { image, tile, factors } = await describeImage(version, identifier);
      for (const factor of factors) {
        for (const asked of listTiles({ image, tile, factor }, levelSize({ image, factor }, "ceil"))) {
          const path = `/iiif/${version}/${identifier}/${formatTileRequest(asked)}/0/default.png`;
          expect(await fetchSize(path)).toBe(`${asked.size.width},${asked.size.height}`);
        }
      }
    });

    it("are served by w, alone with a side of at least one pixel", async () => {
      const { image, tile, factors } = await describeImage(version, identifier);
      for (const factor of factors) {
        for (const { region, size } of listTiles({ image, tile, factor }, levelSize({ image, factor }, "ceil"))) {
          const area = `${region.x},${region.y},${region.width},${region.height}`;
          const [width, height] = (
            await fetchSize(`/iiif/${version}/${identifier}/${area}/${size.width},/0/default.png`)
          ).split(",");
          expect(Number(width)).toBe(size.width);
          expect(Number(height)).toBeGreaterThanOrEqual(1);
        }
      }
    });
  });
}

describe("Image API 3.0 §5.4, tiles of a turned master that no factor divides", () => {
  it("are pixels that are stored, though they count from the edge where the stored rows end", async () => {
    const pixel = (x: number, y: number): number[] => [x, (y * 3) >> 2, (x + y) >> 2];
    await storeMaster("turned and odd", { width: 217, height: 333, tile: 64, levels: 3, orientation: 3, pixel });
    const { image, tile } = await describeImage(3, "turned and odd");
    for (const factor of [1, 2, 4]) {
      const level = levelSize({ image, factor }, "ceil");
      const parts = [];
      for (const asked of listTiles({ image, tile, factor }, level)) {
        const picture = await fetchColors(`/iiif/3/turned and odd/${formatTileRequest(asked)}/0/default.png`);
        parts.push({ x: asked.x, y: asked.y, picture });
      }
      const whole = await fetchColors(`/iiif/3/turned and odd/full/${level.width},${level.height}/0/default.png`);
      expect(largestDifference(assemblePicture(level, parts), whole)).toBe(0);
    }
  });
});

describe("Image API 3.0 §5.4, a tile past the stored levels", () => {
  it("is drawn from the smallest level, so that every factor info.json offers is served", async () => {
    const { image, tile, factors } = await describeImage(3, "rounded up");
    const last = factors.at(-1)!;
    expect(factors).toEqual([1, 2, 4, 8]);
    for (const asked of listTiles({ image, tile, factor: last }, levelSize({ image, factor: last }, "ceil"))) {
      const response = await send(`/iiif/3/rounded up/${formatTileRequest(asked)}/0/default.jpg`);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  });
});
