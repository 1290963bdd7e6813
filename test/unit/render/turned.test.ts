import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff } from "../../support/make-tiff.ts";
import { decode, drawTiff, largestDifference, type Pixels } from "../../support/render.ts";

// More pixels than are held, with sides that fill no whole number of tiles or chroma samples.
const [width, height] = [2501, 1803];

/** What sharp makes of an upright picture for each rotation that is asked for. */
const turns: readonly [string, (picture: Sharp) => Sharp][] = [
  ["!0", (picture) => picture.flop()],
  ["90", (picture) => picture.rotate(90)],
  ["180", (picture) => picture.rotate(180)],
  ["270", (picture) => picture.rotate(270)],
  ["!90", (picture) => picture.flop().rotate(90)],
  ["!180", (picture) => picture.flip()],
];

async function turned(encoded: Uint8Array, turn: (picture: Sharp) => Sharp): Promise<Pixels> {
  const { data, info } = await turn(sharp(encoded)).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}

describe("a picture too large to hold", () => {
  let tiled: Uint8Array;
  let stripped: Uint8Array;
  let chroma: Uint8Array;
  let upright: Readonly<Record<"tiled" | "stripped" | "chroma" | "reduced", Uint8Array>>;
  beforeAll(async () => {
    const form = { width, height, samplesPerPixel: 1 } as const;
    tiled = await makeTiff({ ...form, tile: 256, compression: "deflate" });
    stripped = await makeTiff({ ...form, rowsPerStrip: 100, compression: "packbits" });
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const picture = sharp({ create: { width, height, channels: 3, background: "#888", noise } }).blur(3);
    chroma = await picture.tiff({ compression: "jpeg", quality: 80, tile: true }).toBuffer();
    const draw = async (file: Uint8Array, regionAndSize: string) =>
      (await drawTiff(file, `${regionAndSize}/0/default.png`)).encoded;
    upright = {
      tiled: await draw(tiled, "full/max"),
      stripped: await draw(stripped, "full/max"),
      chroma: await draw(chroma, "100,51,2301,1747/max"),
      reduced: await draw(tiled, "11,7,2483,1790/2399,"),
    };
  });

  it.each(turns)("streams with its tiles turned by %s, sample for sample", async (rotation, turn) => {
    const { plan, encoded } = await drawTiff(tiled, `full/max/${rotation}/default.png`);
    expect(plan).toMatchObject({ kind: "stream", turn: { mirror: false, quarterTurns: 0 } });
    expect(largestDifference(await decode(encoded), await turned(upright.tiled, turn))).toBe(0);
  });

  it.each(turns)("with subsampled chroma streams turned by %s", async (rotation, turn) => {
    const { plan, encoded } = await drawTiff(chroma, `100,51,2301,1747/max/${rotation}/default.png`);
    expect(plan.kind).toBe("stream");
    expect(largestDifference(await decode(encoded), await turned(upright.chroma, turn))).toBeLessThanOrEqual(1);
  });

  it.each(turns)("streams reduced and turned by %s", async (rotation, turn) => {
    const { plan, encoded } = await drawTiff(tiled, `11,7,2483,1790/2399,/${rotation}/default.png`);
    expect(plan.kind).toBe("stream");
    expect(largestDifference(await decode(encoded), await turned(upright.reduced, turn))).toBeLessThanOrEqual(1);
  });

  it("in strips streams mirrored and upside down, and from where it is held if it lies on its side", async () => {
    for (const [rotation, turn] of turns) {
      const { plan, encoded } = await drawTiff(stripped, `full/max/${rotation}/default.png`);
      expect(plan.kind).toBe("stream");
      const isHeld = rotation.endsWith("90") || rotation.endsWith("270");
      if (isHeld) expect(plan.cost.peakBytes).toBeGreaterThan(width * height);
      expect(plan.cost.peakBytes).toBeLessThan((isHeld ? width * height : 0) + (6 << 20));
      expect(largestDifference(await decode(encoded), await turned(upright.stripped, turn))).toBe(0);
    }
  });

  it("joins the turn of its orientation with the one asked for", async () => {
    const laid = await makeTiff({
      width,
      height,
      samplesPerPixel: 1,
      tile: 256,
      compression: "deflate",
      orientation: 6,
    });
    const { encoded } = await drawTiff(laid, "full/max/0/default.png");
    expect(largestDifference(await decode(encoded), await turned(upright.tiled, (it) => it.rotate(90)))).toBe(0);
    const back = await drawTiff(laid, "full/max/270/default.png");
    expect(back.plan).toMatchObject({ tileTurn: { mirror: false, quarterTurns: 0 } });
    expect(largestDifference(await decode(back.encoded), await decode(upright.tiled))).toBe(0);
  });
});
