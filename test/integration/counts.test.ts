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
/** Far behind the first bytes, and within them. */
const tile = "/512,512,64,64/64,/0/default.jpg";
const firstTile = "/0,0,64,64/64,/0/default.jpg";

beforeAll(async () => {
  const front = await makeTiff({ width: 1000, height: 800, tile: 64, levels: 4, directories: "front", ...jpeg });
  for (const name of ["front-first", "front-once", "front", "front-info", "front-draw", "front-ttl"]) {
    await env.MASTERS.put(name, front);
  }
});

describe("a file with its directories in front", () => {
  it("is opened with a read in vain, which brings no bytes, where it is the first of an isolate", async () => {
    const { timing } = await ask("/iiif/3/front-first/info.json");
    expect(timing).toMatchObject({ reads: "2", bytes: "65536", heads: "0" });
  });

  it("answers a cold tile with 2 reads, the second of exactly the tile", async () => {
    const cold = await ask(`/iiif/3/front${tile}`);
    expect(cold.status).toBe(200);
    expect(cold.timing).toMatchObject({ strategy: "copy", reads: "2", heads: "0", tiles: "1" });
  });

  it("answers a cold tile that came with its first bytes with that 1 read, and with 1 of the tile when warm", async () => {
    const cold = await ask(`/iiif/3/front-once${firstTile}`);
    expect(cold.timing).toMatchObject({ strategy: "copy", reads: "1", bytes: "65536", tiles: "1" });
    const warm = await ask(`/iiif/2/front-once${firstTile}`);
    expect(warm.timing).toMatchObject({ strategy: "copy", reads: "1", tiles: "1" });
    expect(warm.bytes).toEqual(cold.bytes);
    expect(Number(warm.timing.bytes)).toBeLessThan(65_536);
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

  it("answers a cold tile with fewer reads than levels", async () => {
    const cold = await ask("/iiif/3/back/2560,2560,256,256/256,/0/default.jpg");
    expect(cold.timing).toMatchObject({ strategy: "copy", heads: "0" });
    expect(Number(cold.timing.reads)).toBeLessThan(levels);
  });

  it("answers the next one from the end that came with its first bytes, and one that is smaller than that", async () => {
    await env.MASTERS.put("back-next", await (await env.MASTERS.get("back"))!.bytes());
    const next = await ask("/iiif/3/back-next/2560,2560,256,256/256,/0/default.jpg");
    // The first bytes, the end, and the tile.
    expect(next.timing.reads).toBe("3");
    const noise = (x: number, y: number): number[] => [Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 24];
    const small = { width: 400, height: 400, tile: 64, levels: 3, samplesPerPixel: 1, directories: "back" } as const;
    await env.MASTERS.put("back-small", await makeTiff({ ...small, pixel: noise }));
    const { width, height } = JSON.parse((await ask("/iiif/3/back-small/info.json")).text);
    expect([width, height]).toEqual([400, 400]);
    expect((await ask("/iiif/3/back-small/full/100,/0/default.jpg")).status).toBe(200);
  });

  it("costs a tile and a thumbnail of a warm image 1 read each", async () => {
    const warm = await ask("/iiif/3/back/512,256,256,256/256,/0/default.jpg");
    expect(warm.timing).toMatchObject({ strategy: "copy", reads: "1" });
    const thumbnail = await ask("/iiif/3/back/full/128,/0/default.jpg");
    expect(thumbnail.timing).toMatchObject({ strategy: "draw", reads: "1", tiles: "1" });
  });
});
