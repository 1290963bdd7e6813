import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const jpeg = {
  compression: "jpeg",
  photometric: "YCbCr",
  ycbcrSubsampling: [1, 1],
  encodeTile: encodeTestTile,
} as const;
const tile = "/256,128,64,64/64,/0/default.jpg";

beforeAll(async () => {
  const front = await makeTiff({ width: 500, height: 400, tile: 64, levels: 4, directories: "front", ...jpeg });
  for (const name of ["front", "front-info", "front-draw", "front-ttl"]) await env.MASTERS.put(name, front);
});

describe("a file with its directories in front", () => {
  it("answers a cold tile with 2 reads, the second of exactly the tile", async () => {
    const cold = await ask(`/iiif/3/front${tile}`);
    expect(cold.status).toBe(200);
    expect(cold.timing).toMatchObject({ strategy: "copy", reads: "2", heads: "0", tiles: "1" });
  });

  it("answers a tile of a warm image with 1 read of no byte beyond it", async () => {
    await ask("/iiif/3/front/info.json");
    const warm = await ask("/iiif/3/front/64,128,64,64/64,/0/default.jpg");
    expect(warm.timing).toMatchObject({ strategy: "copy", reads: "1", heads: "0" });
    // What is sent is the stored tile less its own APP0 and with ours: the difference is the 18 bytes of JFIF.
    expect(Math.abs(warm.bytes.byteLength - Number(warm.timing.bytes))).toBeLessThanOrEqual(36);
  });

  it("answers an unaligned tile of a warm image with 1 read where the gaps are small", async () => {
    await ask("/iiif/3/front-draw/info.json");
    const drawn = await ask("/iiif/3/front-draw/70,70,64,64/64,/0/default.jpg");
    expect(drawn.timing).toMatchObject({ strategy: "draw", reads: "1", tiles: "4" });
  });

  it("answers info.json with 1 read when cold and none when warm", async () => {
    expect((await ask("/iiif/3/front-info/info.json")).timing).toMatchObject({ reads: "1", heads: "0" });
    expect((await ask("/iiif/3/front-info/info.json")).timing).toMatchObject({ reads: "0", heads: "0" });
    expect((await ask("/iiif/2/front-info/info.json")).timing).toMatchObject({ reads: "0", heads: "0" });
  });

  it("asks with one head once what is kept is no longer trusted", async () => {
    await ask("/iiif/3/front-ttl/info.json");
    const late = { env: { MASTER_TTL_SECONDS: "0" } };
    expect((await ask("/iiif/3/front-ttl/info.json", late)).timing).toMatchObject({ reads: "0", heads: "1" });
    expect((await ask(`/iiif/3/front-ttl${tile}`, late)).timing).toMatchObject({ reads: "1", heads: "1" });
  });
});

describe("a file of 120 megapixels with each directory behind its tiles, as vips writes it", () => {
  const levels = 7;

  beforeAll(async () => {
    const pixels = { width: 256, height: 256, samplesPerPixel: 1 };
    const noise = Uint8Array.from({ length: 65_536 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24);
    const stored = encodeTestTile({ ...pixels, samples: noise });
    const file = await makeTiff({
      width: 12_800,
      height: 9600,
      tile: 256,
      levels,
      levelRounding: "floor",
      directories: "back",
      compression: "jpeg",
      samplesPerPixel: 1,
      photometric: "MinIsBlack",
      tileBytes: () => stored,
    });
    await env.MASTERS.put("back", file);
  });

  it("answers a cold tile with at most one read a level and 2 more", async () => {
    const cold = await ask("/iiif/3/back/256,256,256,256/256,/0/default.jpg");
    expect(cold.timing).toMatchObject({ strategy: "copy", heads: "0" });
    expect(Number(cold.timing.reads)).toBeLessThanOrEqual(levels + 2);
  });

  it("costs a tile and a thumbnail of a warm image 1 read each", async () => {
    const warm = await ask("/iiif/3/back/512,256,256,256/256,/0/default.jpg");
    expect(warm.timing).toMatchObject({ strategy: "copy", reads: "1" });
    const thumbnail = await ask("/iiif/3/back/full/128,/0/default.jpg");
    expect(thumbnail.timing).toMatchObject({ strategy: "draw", reads: "1", tiles: "1" });
  });
});
