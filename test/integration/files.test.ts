import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { maxFilePixels, maxTileBytes } from "../../src/limits.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";
import { type Calls, decodeBySharp, encodeBySharp } from "../support/oracle.ts";
import { drawPicture, type Picture } from "../support/picture.ts";
import { largestDifference, meanDifference } from "../support/picture-edits.ts";
import { mapPixels } from "../support/picture-levels.ts";
import { readPng } from "../support/png-reader.ts";
import { ask } from "../support/service.ts";

const size = { width: 320, height: 210 } as const;
const soft = (x: number, y: number) => [40 + x / 2, 230 - y, 90 + (x + y) / 5, 255 - x / 2].map(Math.round);

function draw(samplesPerPixel: 1 | 3 | 4): Picture {
  const pixel = (x: number, y: number) => soft(x, y);
  return drawPicture({ ...size, samplesPerPixel, bitsPerSample: 8, sampleFormat: "unsigned", pixel });
}

async function png(identifier: string, path: string): Promise<Picture> {
  const { status, bytes, text } = await ask(`/iiif/3/${identifier}/${path}/0/default.png`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return readPng(bytes);
}

interface Master {
  readonly name: string;
  readonly samplesPerPixel: 1 | 3 | 4;
  readonly calls: Calls;
  /** How far single samples may be from those of another decoder: chroma is brought up in more than one way. */
  readonly tolerance: number;
}

const masters: readonly Master[] = [
  { name: "baseline.jpg", samplesPerPixel: 3, calls: [["jpeg", { quality: 92 }]], tolerance: 8 },
  { name: "full.jpg", samplesPerPixel: 3, calls: [["jpeg", { chromaSubsampling: "4:4:4" }]], tolerance: 3 },
  { name: "progressive.jpg", samplesPerPixel: 3, calls: [["jpeg", { progressive: true }]], tolerance: 8 },
  { name: "grey.jpg", samplesPerPixel: 1, calls: [["toColourspace", "b-w"], ["jpeg"]], tolerance: 2 },
  { name: "restarts.jpg", samplesPerPixel: 3, calls: [["jpeg", { optimiseCoding: false, quality: 70 }]], tolerance: 8 },
  { name: "colour.png", samplesPerPixel: 3, calls: [["png"]], tolerance: 0 },
  { name: "alpha.png", samplesPerPixel: 4, calls: [["png"]], tolerance: 0 },
  { name: "grey.png", samplesPerPixel: 1, calls: [["toColourspace", "b-w"], ["png"]], tolerance: 0 },
  { name: "palette.png", samplesPerPixel: 3, calls: [["png", { palette: true, colours: 64 }]], tolerance: 0 },
  { name: "palette-4.png", samplesPerPixel: 3, calls: [["png", { palette: true, colours: 12 }]], tolerance: 0 },
  { name: "palette-alpha.png", samplesPerPixel: 4, calls: [["png", { palette: true }]], tolerance: 0 },
  { name: "deep.png", samplesPerPixel: 3, calls: [["toColourspace", "rgb16"], ["png"]], tolerance: 1 },
  { name: "lossless.webp", samplesPerPixel: 3, calls: [["webp", { lossless: true }]], tolerance: 0 },
  { name: "lossy.webp", samplesPerPixel: 3, calls: [["webp", { quality: 85 }]], tolerance: 0 },
  { name: "alpha.webp", samplesPerPixel: 4, calls: [["webp", { lossless: true, exact: true }]], tolerance: 0 },
];

const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  for (const { name, samplesPerPixel, calls } of masters) {
    const file = await encodeBySharp(draw(samplesPerPixel), calls);
    files.set(name, file);
    await env.MASTERS.put(name, file);
  }
});

/** What sharp decodes has three or four channels: ours as it is seen, grey in all of them. */
function inColors(picture: Picture, channels: number): Picture {
  const { samplesPerPixel } = picture;
  if (samplesPerPixel === channels) return picture;
  return mapPixels(picture, channels, (pixel) => {
    const colors = samplesPerPixel < 3 ? [pixel[0]!, pixel[0]!, pixel[0]!] : pixel.slice(0, 3);
    return channels === 3 ? colors : [...colors, samplesPerPixel % 2 === 0 ? pixel.at(-1)! : 255];
  });
}

describe.each(masters)("a master that is $name", ({ name, tolerance }) => {
  it("says its size, and offers tiles that are large and few", async () => {
    const info = JSON.parse((await ask(`/iiif/3/${name}/info.json`)).text);
    expect(info).toMatchObject({ ...size, tiles: [{ width: 1024 }] });
  });

  it("is cropped as another decoder has it", async () => {
    const region = { left: 33, top: 21, width: 150, height: 97 };
    const right = await decodeBySharp(files.get(name)!, [["extract", region]]);
    const drawn = inColors(await png(name, "33,21,150,97/max"), right.samplesPerPixel);
    expect(largestDifference(drawn, right)).toBeLessThanOrEqual(tolerance);
    expect(meanDifference(drawn, right)).toBeLessThan(1);
  });

  it("is reduced as another decoder has it", async () => {
    const right = await decodeBySharp(files.get(name)!, [["resize", 60, 40, { fit: "fill" }]]);
    const drawn = inColors(await png(name, "full/60,40"), right.samplesPerPixel);
    expect(meanDifference(drawn, right)).toBeLessThan(1.5);
  });

  it("comes out as jpg and webp", async () => {
    const right = await decodeBySharp(files.get(name)!, [
      ["flatten", { background: "#fff" }],
      ["resize", 160, 105],
    ]);
    for (const format of ["jpg", "webp"]) {
      const { status, bytes } = await ask(`/iiif/3/${name}/full/160,105/0/default.${format}`);
      expect(status).toBe(200);
      const drawn = await decodeBySharp(bytes, [["flatten", { background: "#fff" }]]);
      expect(meanDifference(drawn, right)).toBeLessThan(3);
    }
  });

  it("is read whole with one read, once it is open", async () => {
    await ask(`/iiif/3/${name}/info.json`);
    const { timing } = await ask(`/iiif/3/${name}/10,10,50,50/max/0/default.jpg`);
    expect(timing).toMatchObject({ reads: "1", tiles: "1", strategy: "draw" });
  });
});

describe("a master with an orientation", () => {
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;

  it.each(orientations)("%i is seen upright, whatever its format", async (orientation) => {
    for (const [format, options] of [
      ["jpeg", { chromaSubsampling: "4:4:4" }],
      ["png", {}],
      ["webp", { lossless: true }],
    ] as const) {
      const file = await encodeBySharp(draw(3), [
        ["withMetadata", { orientation }],
        [format, options],
      ]);
      const name = `turned-${orientation}.${format}`;
      await env.MASTERS.put(name, file);
      const right = await decodeBySharp(file, [["autoOrient"]]);
      const { text } = await ask(`/iiif/3/${name}/info.json`);
      expect(JSON.parse(text)).toMatchObject({ width: right.width, height: right.height });
      const whole = await png(name, "full/max");
      expect(largestDifference(whole, right)).toBeLessThanOrEqual(format === "jpeg" ? 3 : 0);
      const region = { left: 20, top: 30, width: 100, height: 80 };
      const part = await decodeBySharp(file, [["autoOrient"], ["extract", region]]);
      const crop = await png(name, "20,30,100,80/max");
      expect(largestDifference(crop, part)).toBeLessThanOrEqual(format === "jpeg" ? 3 : 0);
    }
  });
});

describe("a JPEG of inks", () => {
  it("is shown in the colours of its profile", async () => {
    const file = await encodeBySharp(draw(3), [
      ["toColourspace", "cmyk"],
      ["withIccProfile", "cmyk"],
      ["jpeg", { quality: 97, chromaSubsampling: "4:4:4" }],
    ]);
    await env.MASTERS.put("inks.jpg", file);
    const right = await decodeBySharp(file, [["toColourspace", "srgb"]]);
    const drawn = await png("inks.jpg", "full/max");
    expect(drawn.samplesPerPixel).toBe(3);
    // Sharp asks for the perceptual intent, where libvips and we take the colorimetric one.
    expect(meanDifference(drawn, right)).toBeLessThan(8);
  });
});

describe("a file that is not read", () => {
  const refusals: readonly [string, () => Promise<Uint8Array> | Uint8Array, number, RegExp][] = [
    ["a GIF", () => encodeBySharp(draw(3), [["gif"]]), 501, /is a GIF file/],
    ["a PDF", () => new TextEncoder().encode("%PDF-1.7\n"), 501, /is a PDF file/],
    ["text", () => new TextEncoder().encode("<html>no image</html>"), 501, /is not a TIFF/],
    [
      "a JPEG of 12 bits",
      () => {
        const components = [{ horizontal: 1, vertical: 1, sampleAt: () => 9 }];
        return writeJpeg({ width: 16, height: 16, components, precision: 12 });
      },
      501,
      /12 bits per sample/,
    ],
    [
      "a JPEG larger than it could be held",
      () => {
        const side = Math.ceil(Math.sqrt(maxFilePixels)) + 8;
        const frame = [8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0];
        return Uint8Array.from([0xff, 0xd8, ...segmentOf(0xc0, frame), ...segmentOf(0xda, [1, 1, 0, 0, 63, 0])]);
      },
      501,
      /too large to decode whole/,
    ],
    [
      "a JPEG of more bytes than are read at once",
      async () => {
        const file = new Uint8Array(maxTileBytes + 1);
        file.set(await encodeBySharp(draw(1), [["jpeg"]]));
        return file;
      },
      501,
      /too large to read whole/,
    ],
    [
      "a JPEG that ends in its header",
      async () => (await encodeBySharp(draw(3), [["jpeg"]])).slice(0, 100),
      500,
      /damaged/,
    ],
  ];

  it.each(refusals)("is refused with the reason: %s", async (name, make, status, reason) => {
    const key = `refused ${name}`;
    await env.MASTERS.put(key, await make());
    const answer = await ask(`/iiif/3/${encodeURIComponent(key)}/full/max/0/default.jpg`);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(reason);
  });

  it("has no second page", async () => {
    const { status, text } = await ask("/iiif/3/colour.png;page=2/info.json");
    expect(status).toBe(404);
    expect(text).toContain("There is no page 2: the stored file has 1.");
    expect((await ask("/iiif/3/colour.png;page=1/info.json")).status).toBe(200);
  });

  it("that ends too early is damaged or shows what there is, but never a fault of the service", async () => {
    for (const name of ["baseline.jpg", "progressive.jpg", "colour.png", "palette.png", "lossy.webp"]) {
      const file = files.get(name)!;
      await env.MASTERS.put(`cut-${name}`, file.slice(0, Math.floor(file.byteLength * 0.6)));
      const { status, text } = await ask(`/iiif/3/cut-${name}/full/max/0/default.png`);
      expect([200, 500]).toContain(status);
      if (status === 500) expect(text).toMatch(/damaged|ends too early/);
    }
  });
});
