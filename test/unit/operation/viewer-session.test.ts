import { describe, expect, it } from "vitest";
import { formatTileRequest, sessionTiles, viewKinds } from "../../../src/operation/viewer-session.ts";
import { loadLeafletIiif } from "../../support/viewers/leaflet-iiif.ts";
import { loadOpenSeadragon } from "../../support/viewers/open-seadragon.ts";

const url = "https://images.example/iiif/3/a";
const tile = 256;
const viewers = [loadOpenSeadragon("openseadragon"), loadOpenSeadragon("openseadragon-4"), loadLeafletIiif()];

function infoOf(width: number, height: number) {
  const count = 1 + Math.ceil(Math.log2(Math.max(width, height) / tile));
  const scaleFactors = Array.from({ length: count }, (_, level) => 2 ** level);
  const sizes = scaleFactors.map((factor) => ({
    width: Math.ceil(width / factor),
    height: Math.ceil(height / factor),
  }));
  return {
    "@context": "http://iiif.io/api/image/3/context.json",
    id: url,
    type: "ImageService3",
    protocol: "http://iiif.io/api/image",
    profile: "level2",
    width,
    height,
    sizes: sizes.toReversed(),
    tiles: [{ width: tile, scaleFactors }],
  };
}

describe("the tiles of a session", () => {
  it.each([
    [4993, 3877],
    [12_900, 9540],
    [3300, 2475],
    [6001, 4001],
  ])("are asked for in the same words by viewers, of an image of %i by %i", async (width, height) => {
    const offsets = [-0.3, 0, 0.3].flatMap((y) => [-0.3, 0, 0.3].map((x) => ({ x, y })));
    const asked = offsets.flatMap((offset) =>
      sessionTiles({ width, height }, { tile, journey: viewKinds.study, offset }).map(formatTileRequest),
    );
    for (const viewer of viewers) {
      const levels = await viewer.listLevels(infoOf(width, height), `${url}/info.json`);
      const paths = new Set(levels.flatMap(({ tiles }) => tiles.map(({ path }) => path.slice("/iiif/3/a/".length))));
      expect(asked.filter((path) => !paths.has(path))).toEqual([]);
    }
    // Of several levels, and some at the edge.
    expect(new Set(asked.map((path) => path.split("/")[0]?.split(",")[2])).size).toBeGreaterThan(2);
    expect(asked.some((path) => !path.includes(`/${tile},${tile}/`))).toBe(true);
  });
});
