import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { parseProfile } from "../../../src/color/profile.ts";
import { openFile } from "../../../src/files/open.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { gammaTag, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { writePng } from "../../support/png-writer.ts";
import { decode, drawTiff } from "../../support/render.ts";

const words = (...values: number[]): Uint8Array => {
  const data = new Uint8Array(4 * values.length);
  for (const [index, value] of values.entries())
    new DataView(data.buffer).setUint32(4 * index, Math.round(value * 1e5));
  return data;
};
const gAMA = (gamma: number) => formatChunk("gAMA", words(gamma));
const cHRM = (...values: number[]) => formatChunk("cHRM", words(...values));
const cICP = (...values: number[]) => formatChunk("cICP", Uint8Array.from(values));
const sRGB = formatChunk("sRGB", Uint8Array.of(0));
const iCCP = (profile: Uint8Array) => formatChunk("iCCP", Uint8Array.from([0x78, 0, 0, ...deflateSync(profile)]));

const ofSrgb = cHRM(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);
const ofAdobeRgb = cHRM(0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06);
const ofPrintersWhite = cHRM(0.3457, 0.3585, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);
const ofProPhoto = cHRM(0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001);
const adobeRgb = iCCP(makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2)));

const stored = [10, 10, 10, 128, 128, 128, 200, 100, 50];
const unchanged = stored;
const linear = [56, 56, 56, 188, 188, 188, 229, 168, 122];

const pngOf = (...chunks: Uint8Array[]) =>
  writePng({ width: 3, height: 1, bitDepth: 8, colorType: 2, rows: [0, ...stored], chunks });

async function shown(png: Uint8Array): Promise<number[]> {
  return [...(await decode((await drawTiff(png, "full/max/0/default.png")).encoded)).samples];
}

describe("colours of a PNG", () => {
  it.each([
    ["gAMA", gAMA(1)],
    ["iCCP", adobeRgb],
    ["cICP", cICP(1, 8, 0, 1)],
  ])("are not taken from a chunk whose CRC is wrong: %s", async (_, chunk) => {
    const wrong = chunk.with(chunk.length - 1, chunk.at(-1)! ^ 1);
    expect(await shown(pngOf(chunk))).not.toEqual(unchanged);
    expect(await shown(pngOf(wrong))).toEqual(unchanged);
  });

  it("are not said to be sRGB by a chunk whose CRC is wrong", async () => {
    const wrong = sRGB.with(sRGB.length - 1, sRGB.at(-1)! ^ 1);
    expect(await shown(pngOf(sRGB, gAMA(1)))).toEqual(unchanged);
    expect(await shown(pngOf(wrong, gAMA(1)))).toEqual(linear);
  });

  // What Chromium 156 shows of the same files, but for the last two of a gamma of 1/2.2.
  it.each([
    ["that says nothing are sRGB", [], unchanged],
    ["of linear light", [gAMA(1)], linear],
    ["of a gamma of 1/1.8", [gAMA(0.55556)], [10, 10, 10, 146, 146, 146, 210, 119, 65]],
    ["of a gamma of 1/2", [gAMA(0.5)], [5, 5, 5, 137, 137, 137, 206, 109, 55]],
    ["of a gamma of 0.48, which is not 1/2.2", [gAMA(0.48)], [4, 4, 4, 134, 134, 134, 204, 105, 51]],
    ["of a gamma of 0.43, which is not 1/2.2", [gAMA(0.43)], [2, 2, 2, 124, 124, 124, 199, 95, 41]],
    ["of a gamma of 1/2.2", [gAMA(0.45455)], unchanged],
    ["of a gamma of nearly 1/2.2", [gAMA(0.47)], unchanged],
    ["of linear light and the primaries of sRGB", [ofSrgb, gAMA(1)], linear],
    ["of linear light that are said to be sRGB", [gAMA(1), sRGB], unchanged],
    ["of primaries without a gamma", [ofAdobeRgb], unchanged],
    ["of another white", [gAMA(0.45455), ofPrintersWhite], [3, 3, 3, 129, 129, 129, 209, 101, 53]],
    ["of wide primaries", [gAMA(0.55556), ofProPhoto], [10, 10, 10, 146, 146, 146, 255, 80, 47]],
    ["of a gamma of 0", [gAMA(0)], unchanged],
    ["of primaries that are none", [gAMA(1), cHRM(0, 0, 0, 0, 0, 0, 0, 0)], unchanged],
    ["of Display P3 by code points", [cICP(12, 13, 0, 1)], [10, 10, 10, 128, 128, 128, 215, 93, 31]],
    ["of linear light by code points, whatever else", [cICP(1, 8, 0, 1), sRGB, adobeRgb], linear],
    ["of sRGB by code points, whatever else", [cICP(1, 13, 0, 1), gAMA(1), adobeRgb], unchanged],
    ["of sRGB by primaries and gamma", [gAMA(0.45455), ofSrgb], unchanged],
    ["of Adobe RGB by primaries and gamma", [gAMA(0.45455), ofAdobeRgb], [3, 3, 3, 129, 129, 129, 227, 100, 42]],
  ])("%s are shown as browsers show them", async (_, chunks, expected) => {
    expect(await shown(pngOf(...chunks))).toEqual(expected);
  });

  it("have the profile of the file rather than a gamma", async () => {
    expect(await shown(pngOf(adobeRgb, gAMA(1)))).toEqual(await shown(pngOf(adobeRgb)));
    expect(await shown(pngOf(adobeRgb))).not.toEqual(unchanged);
  });

  it("have the gamma where the profile can't be read, and where code points are of video or HDR", async () => {
    const broken = formatChunk("iCCP", Uint8Array.of(0x78, 0, 0, 1, 2, 3));
    expect(await shown(pngOf(broken, gAMA(1)))).toEqual(linear);
    for (const points of [
      [9, 16, 0, 1],
      [1, 13, 1, 1],
      [1, 13, 0, 0],
      [2, 13, 0, 1],
      [1, 13, 0],
    ]) {
      expect(await shown(pngOf(cICP(...points), gAMA(1)))).toEqual(linear);
    }
  });

  it.each([
    [0, [10, 128, 200]],
    [4, [10, 255, 128, 255, 200, 255]],
  ])("of colour type %i are grey with the gamma", async (colorType, samples) => {
    const png = writePng({ width: 3, height: 1, bitDepth: 8, colorType, rows: [0, ...samples], chunks: [gAMA(1)] });
    const { encoded } = await drawTiff(png, "full/max/0/default.png");
    const grays = await sharp(encoded).removeAlpha().toColourspace("b-w").raw().toBuffer();
    expect([...grays]).toEqual([56, 188, 229]);
  });

  it("of a palette and of 16 bits have the gamma too", async () => {
    const palette = formatChunk("PLTE", Uint8Array.from(stored));
    const chunks = [gAMA(1), palette];
    expect(
      await shown(writePng({ width: 3, height: 1, bitDepth: 8, colorType: 3, rows: [0, 0, 1, 2], chunks })),
    ).toEqual(linear);
    const rows = [0, ...stored.flatMap((value) => [value, value])];
    expect(await shown(writePng({ width: 3, height: 1, bitDepth: 16, colorType: 2, rows, chunks: [gAMA(1)] }))).toEqual(
      linear,
    );
  });

  it("are told by a profile that other programs read", async () => {
    const png = pngOf(gAMA(1), ofAdobeRgb);
    const { profile } = (await openFile(memorySource(png), png))!;
    expect(parseProfile(profile!)).toEqual({ colorSpace: "rgb", description: "PNG gAMA", isSrgb: false });
    const { encoded } = await drawTiff(pngOf(iCCP(profile!)), "full/max/0/default.png");
    expect([...(await decode(encoded)).samples]).toEqual(await shown(png));
  });
});
