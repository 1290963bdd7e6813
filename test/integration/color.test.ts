import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { maxEmbeddedProfileBytes } from "../../src/limits.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { asciiTag, gammaTag, makeGrayProfile, makeMatrixProfile, primariesOf } from "../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { decodeBySharp, describeBySharp, encodeBySharp } from "../support/oracle.ts";
import { drawPicture } from "../support/picture.ts";
import { meanDifference } from "../support/picture-edits.ts";
import { ask } from "../support/service.ts";

const size = { width: 256, height: 192 } as const;
const colors = (x: number, y: number) => [x, 255 - y, (x + y) >> 1];
const tile = "64,64,64,64/64,/0/default";
const embedding = { env: { COLOR_PROFILE: "embed" } };
const adobeRgb = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
const ycbcr = {
  ...{ ...size, tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1], pixel: colors },
  encodeTile: encodeTestTile,
} as const satisfies TiffOptions;

/** A profile that sharp knows by name. */
async function profileOf(name: "p3" | "srgb"): Promise<Uint8Array> {
  const pixel = { width: 1, height: 1, samplesPerPixel: 3, samples: Uint8Array.of(1, 2, 3) };
  return (await describeBySharp(await encodeBySharp(pixel, [["withIccProfile", name], ["png"]]))).icc!;
}

async function store(name: string, options: TiffOptions): Promise<Uint8Array> {
  const file = await makeTiff(options);
  await env.MASTERS.put(name, file);
  return file;
}

/** What the service answers, and what sharp reads of it. */
async function get(path: string, asking: Parameters<typeof ask>[1] = {}) {
  const answer = await ask(`/iiif/3/${path}`, asking);
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return { ...answer, described: await describeBySharp(answer.bytes) };
}

let p3: Uint8Array;

beforeAll(async () => {
  p3 = await profileOf("p3");
  await store("p3", { ...ycbcr, iccProfile: p3 });
  await store("adobe", { ...ycbcr, iccProfile: adobeRgb });
  await store("srgb", { ...ycbcr, iccProfile: await profileOf("srgb") });
  await store("none", ycbcr);
});

describe("colours that are not sRGB", () => {
  it.each(["p3", "adobe"])("are converted, so that a tile is never copied: %s", async (name) => {
    const right = await decodeBySharp(await makeTiff({ ...ycbcr, iccProfile: name === "p3" ? p3 : adobeRgb }), [
      ["extract", { left: 64, top: 64, width: 64, height: 64 }],
    ]);
    for (const format of ["jpg", "png", "webp"]) {
      const { timing, bytes, described } = await get(`${name}/${tile}.${format}`);
      expect(timing).toMatchObject({ strategy: "draw" });
      expect(described.icc).toBeUndefined();
      expect(meanDifference(await decodeBySharp(bytes), right)).toBeLessThan(format === "png" ? 1 : 3);
    }
    const plain = await get(`none/${tile}.png`);
    expect(meanDifference(await decodeBySharp(plain.bytes), right)).toBeGreaterThan(3);
  });

  it("go out with their profile where it is to be embedded: copied or drawn", async () => {
    const right = await decodeBySharp((await get(`p3/${tile}.png`)).bytes);
    for (const [path, strategy] of [
      [`p3/${tile}.jpg`, "copy"],
      ["p3/64,64,64,64/^65,/0/default.jpg", "draw"],
      [`p3/${tile}.png`, "draw"],
      [`p3/${tile}.webp`, "draw"],
      ["p3/64,64,64,64/64,/90/default.jpg", "draw"],
    ] as const) {
      const { timing, bytes, described } = await get(path, embedding);
      expect(timing).toMatchObject({ strategy });
      expect(described.icc).toEqual(p3);
      // Sharp converts what it decodes.
      if (path.startsWith(`p3/${tile}`)) expect(meanDifference(await decodeBySharp(bytes), right)).toBeLessThan(3);
    }
  });

  it("are other pictures, by their entity tags, than those that are embedded", async () => {
    const [converted, embedded] = [await get(`p3/${tile}.png`), await get(`p3/${tile}.png`, embedding)];
    expect(embedded.headers.get("ETag")).not.toBe(converted.headers.get("ETag"));
  });

  it.each(["gray.jpg", "gray.png", "bitonal.png"])("are converted before they become %s", async (quality) => {
    for (const asking of [{}, embedding]) {
      const { described } = await get(`p3/64,64,64,64/64,/0/${quality}`, asking);
      expect(described.icc).toBeUndefined();
    }
  });

  it("are converted where their profile is too large to go out", async () => {
    const desc = asciiTag("x".repeat(maxEmbeddedProfileBytes));
    const large = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2), { desc });
    await store("large", { ...ycbcr, iccProfile: large });
    const { timing, described, bytes } = await get(`large/${tile}.jpg`, embedding);
    expect(timing).toMatchObject({ strategy: "draw" });
    expect(described.icc).toBeUndefined();
    expect(bytes).toEqual((await get(`adobe/${tile}.jpg`)).bytes);
  });
});

describe("colours that are sRGB", () => {
  it.each(["srgb", "none"])("are copied as they are, whatever is set: %s", async (name) => {
    for (const asking of [{}, embedding]) {
      const { timing, described } = await get(`${name}/${tile}.jpg`, asking);
      expect(timing).toMatchObject({ strategy: "copy" });
      expect(described.icc).toBeUndefined();
    }
  });
});

describe("a profile that is broken", () => {
  it.each([
    ["cut off", adobeRgb.slice(0, 200)],
    ["of inks, where there are none", Uint8Array.from(adobeRgb, (byte, at) => "CMYK".charCodeAt(at - 16) || byte)],
    ["noise", Uint8Array.from({ length: 700 }, (_, at) => (at * 57) & 255)],
  ])("is ignored, and the log says so: %s", async (name, iccProfile) => {
    const key = `broken ${name}`;
    await store(key, { ...ycbcr, iccProfile });
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const answers = [await ask(`/iiif/3/${encodeURIComponent(key)}/${tile}.jpg`)];
    answers.push(await ask(`/iiif/3/${encodeURIComponent(key)}/${tile}.png`, embedding));
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await describeBySharp(answers[1]!.bytes)).icc).toBeUndefined();
    expect(lines.some((line) => line.includes('"warn"') && line.includes("the profile is ignored"))).toBe(true);
  });
});

describe("grey", () => {
  const grey = { ...size, tile: 64, photometric: "MinIsBlack", compression: "deflate" } as const;
  const profile = makeGrayProfile(gammaTag(1.4));

  beforeAll(async () => {
    await store("grey", { ...grey, pixel: (x) => [x] });
    await store("grey-profiled", { ...grey, pixel: (x) => [x], iccProfile: profile });
  });

  it("stays of one component, with a profile or without", async () => {
    for (const name of ["grey", "grey-profiled"]) {
      for (const path of ["full/200,/0/default.jpg", "full/max/0/color.jpg", "full/100,/90/gray.jpg"]) {
        expect((await get(`${name}/${path}`)).described.channels).toBe(1);
      }
    }
  });

  it("is brought to the curve of sRGB, or keeps its profile", async () => {
    const converted = await get("grey-profiled/full/max/0/default.png");
    const right = await decodeBySharp(await makeTiff({ ...grey, pixel: (x) => [x], iccProfile: profile }), [
      ["toColourspace", "b-w"],
    ]);
    const theirs = await decodeBySharp(converted.bytes, [["toColourspace", "b-w"]]);
    expect(meanDifference(theirs, right)).toBeLessThan(1);
    for (const format of ["jpg", "png"]) {
      const { described } = await get(`grey-profiled/full/max/0/default.${format}`, embedding);
      expect(described.icc).toEqual(profile);
    }
  });
});

describe("grey as WebP, which has colours only", () => {
  it("is converted, for its profile describes none", async () => {
    const path = "grey-profiled/full/max/0/default.webp";
    const { described, bytes } = await get(path, embedding);
    expect(described.icc).toBeUndefined();
    expect(bytes).toEqual((await get(path)).bytes);
  });
});

describe("inks and CIELab", () => {
  beforeAll(async () => {
    const pixel = (x: number, y: number) => [x, y, 20, 10];
    await store("inks", { ...size, tile: 64, photometric: "CMYK", compression: "lzw", pixel });
    const lab = (x: number, y: number) => [90 + (x >> 1), (x >> 3) & 255, (y >> 3) & 255];
    await store("lab", { ...size, tile: 64, photometric: "CIELab", compression: "lzw", pixel: lab });
  });

  it.each(["inks", "lab"])("come out in sRGB in every format, whatever is set: %s", async (name) => {
    const pictures = [];
    for (const format of ["png", "jpg", "webp"]) {
      for (const asking of [{}, embedding]) {
        const { described, bytes } = await get(`${name}/full/128,96/0/default.${format}`, asking);
        expect(described).toMatchObject({ space: "srgb", channels: 3 });
        expect(described.icc).toBeUndefined();
        pictures.push(await decodeBySharp(bytes));
      }
    }
    for (const picture of pictures) expect(meanDifference(picture, pictures[0]!)).toBeLessThan(3);
  });
});

describe("a plain master with a profile", () => {
  it("is converted, or drawn with it", async () => {
    const picture = drawPicture({
      ...{ ...size, samplesPerPixel: 3, bitsPerSample: 8, sampleFormat: "unsigned" },
      pixel: colors,
    });
    for (const format of ["jpeg", "png", "webp"] as const) {
      const file = await encodeBySharp(picture, [
        ["withIccProfile", "p3"],
        [format, { quality: 95 }],
      ]);
      await env.MASTERS.put(`plain.${format}`, file);
      const converted = await get(`plain.${format}/full/max/0/default.png`);
      const right = await decodeBySharp(file);
      expect(meanDifference(await decodeBySharp(converted.bytes), right)).toBeLessThan(1);
      const embedded = await get(`plain.${format}/full/max/0/default.png`, embedding);
      expect(embedded.described.icc).toEqual(p3);
      expect(meanDifference(await decodeBySharp(embedded.bytes), right)).toBeLessThan(1);
    }
  });
});
