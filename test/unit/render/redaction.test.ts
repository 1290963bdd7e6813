import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import type { Area, Size } from "../../../src/geometry.ts";
import type { DrawnMaster } from "../../../src/picture.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import type { Pyramid } from "../../../src/pyramid/pyramid.ts";
import { reducePyramid } from "../../../src/pyramid/reduced.ts";
import type { Marks } from "../../../src/render/marks.ts";
import { coverOnLevel } from "../../../src/render/redaction.ts";
import { drawMarked, openMaster, type RawPicture, redacting, twins } from "../../support/marked.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";
import { decode } from "../../support/render.ts";

const form = { width: 2501, height: 1803 };

/** In the middle, at an edge that is no whole tile, and one as thin as a pixel. */
const redactions: readonly Area[] = [
  { x: 701, y: 433, width: 211, height: 97 },
  { x: 2400, y: 1700, width: 400, height: 400 },
  { x: 1500, y: 1000, width: 1, height: 333 },
];

const raw = ({ samples, ...info }: RawPicture): Sharp => sharp(samples, { raw: info });
const pyramid = { tile: true, pyramid: true, tileWidth: 128, tileHeight: 128 } as const;

/** Masters that tell pictures apart in their pixels alone. */
const masters: Readonly<Record<string, { readonly channels: 1 | 3 | 4; readonly write: (picture: Sharp) => Sharp }>> = {
  "tiles of JPEG with halved chroma": {
    channels: 3,
    write: (picture) => picture.tiff({ ...pyramid, compression: "jpeg", quality: 75 }),
  },
  "tiles of JPEG with whole chroma": {
    channels: 3,
    write: (picture) => picture.tiff({ ...pyramid, compression: "jpeg", quality: 95 }),
  },
  "grey tiles of JPEG": {
    channels: 1,
    write: (picture) => picture.toColourspace("b-w").tiff({ ...pyramid, compression: "jpeg", quality: 60 }),
  },
  "deflated tiles with alpha": {
    channels: 4,
    write: (picture) => picture.tiff({ ...pyramid, compression: "deflate" }),
  },
  "deflated tiles of 16 bits": {
    channels: 3,
    write: (picture) => picture.toColourspace("rgb16").tiff({ ...pyramid, compression: "deflate" }),
  },
  "strips that lie on their side": {
    channels: 3,
    write: (picture) => picture.withMetadata({ orientation: 6 }).tiff({ compression: "lzw", predictor: "horizontal" }),
  },
  "a JPEG file": { channels: 3, write: (picture) => picture.jpeg({ quality: 70 }) },
  "a progressive JPEG file that is mirrored": {
    channels: 3,
    write: (picture) => picture.withMetadata({ orientation: 5 }).jpeg({ quality: 70, progressive: true }),
  },
  "a PNG file with alpha": { channels: 4, write: (picture) => picture.png({ compressionLevel: 1 }) },
};

interface Twins {
  readonly seen: Size;
  readonly masters: readonly [DrawnMaster, DrawnMaster];
}

const isOnSide = (name: string): boolean => name.includes("side") || name.includes("mirrored");

/** Areas of the image as it is seen, on the rows as they are stored. */
function storedAreas(name: string): readonly Area[] {
  if (!isOnSide(name)) return redactions;
  const isMirrored = name.includes("mirrored");
  // Seen is as wide as stored is high: orientation 5 exchanges the axes, 6 turns by a quarter as well.
  const inside = redactions.filter(({ x, y }) => x < form.height && y < form.width);
  return inside.map(({ x, y, width, height }) => ({
    x: y,
    y: isMirrored ? x : form.height - x - width,
    width: height,
    height: width,
  }));
}

async function openTwins(name: string): Promise<Twins> {
  const { channels, write } = masters[name]!;
  const seen = isOnSide(name) ? { width: form.height, height: form.width } : form;
  const [one, other] = twins({ ...form, channels }, storedAreas(name));
  const open = async (picture: RawPicture) => openMaster(await write(raw(picture)).toBuffer());
  return { seen, masters: [await open(one), await open(other)] };
}

const rotations = ["0", "0", "90", "180", "270", "!0", "!90", "!180", "13", "!45", "201.5"] as const;
const qualities = ["default", "default", "color", "gray", "bitonal"] as const;
const formats = ["jpg", "png", "tif", "webp", "gif", "pdf"] as const;

function randomPath(random: Random, { width, height }: Size): string {
  const format = random.pick(formats);
  const isWhole = random.next() < 0.3;
  const [x, y] = [random.integer(0, width - 20), random.integer(0, height - 20)];
  const region = { x, y, width: random.integer(10, width - x), height: random.integer(10, height - y) };
  const near = { x: 660 + random.integer(-80, 80), y: 400 + random.integer(-80, 80), width: 300, height: 200 };
  const chosen = isWhole ? { x: 0, y: 0, width, height } : random.next() < 0.4 ? near : region;
  const rotation = random.pick(rotations);
  const isHeld = format === "webp" || format === "gif";
  const longest = isHeld ? 500 : random.pick([90, 300, 800, 2500]);
  const scale = Math.min(1.3, longest / Math.max(chosen.width, chosen.height));
  const across = Math.max(1, Math.round(chosen.width * scale));
  const down = Math.max(1, Math.round(chosen.height * scale * random.pick([1, 1, 0.7])));
  const sides = [chosen.x, chosen.y, chosen.width, chosen.height].join();
  const size = random.next() < 0.3 && longest === 2500 ? "max" : `^${across},${down}`;
  return `${sides}/${size}/${rotation}/${random.pick(qualities)}.${format}`;
}

const requestsEach = 12;

/** Draws a request; of what is too costly, whose message tells the length of the file, the code. */
async function drawOrRefuse(master: DrawnMaster, path: string) {
  try {
    return await drawMarked(master, path, redacting(master, redactions));
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "render-too-costly")) throw error;
    return { plan: { kind: "refused" }, bytes: Buffer.from(error.code) };
  }
}

describe("pictures of images that differ in what is redacted alone", () => {
  it.each(Object.keys(masters))("are the same to the byte, of %s", { tags: "slow" }, async (name) => {
    const { seen, masters: pair } = await openTwins(name);
    const random = openRandom(name.length);
    const kinds = new Set<string>();
    const unmarked = await Promise.all(pair.map((master) => drawMarked(master, "full/300,/0/default.png", undefined)));
    expect(unmarked[0]?.bytes).not.toEqual(unmarked[1]?.bytes);
    const paths = Array.from({ length: requestsEach }, () => randomPath(random, seen));
    for (const path of ["full/max/0/default.jpg", "full/90,/0/default.png", "full/max/90/gray.tif", ...paths]) {
      const [one, other] = [await drawOrRefuse(pair[0], path), await drawOrRefuse(pair[1], path)];
      expect(Buffer.compare(one.bytes, other.bytes), path).toBe(0);
      kinds.add(one.plan.kind);
    }
    expect([...kinds].filter((kind) => kind !== "refused").sort()).toEqual(["draw", "stream"]);
  });
});

describe("what a redaction covers", () => {
  const rectangle = { x: 300, y: 300, width: 10, height: 10 };

  it("keeps tiles from being copied that it touches, and those that are padded, and no others", async () => {
    const [{ samples, ...info }] = twins({ width: 700, height: 601, channels: 3 }, []);
    const tiles = { tile: true, tileWidth: 128, tileHeight: 128 };
    const file = await sharp(samples, { raw: info })
      .tiff({ ...tiles, compression: "jpeg" })
      .toBuffer();
    const master = await openMaster(file);
    const given = redacting(master, [rectangle]);
    const kindOf = async (path: string, asked: Marks | undefined = given) =>
      (await drawMarked(master, path, asked)).plan.kind;
    for (const format of ["jpg", "tif"]) {
      expect(await kindOf(`256,256,128,128/max/0/default.${format}`)).toBe("draw");
      expect(await kindOf(`256,256,128,128/max/0/default.${format}`, redacting(master, []))).toBe("copy");
      expect(await kindOf(`384,256,128,128/max/0/default.${format}`)).toBe("copy");
    }
    // Padding of the last tiles may hold anything.
    expect(await kindOf("640,0,60,128/max/0/default.tif")).toBe("draw");
    expect(await kindOf("640,0,60,128/max/0/default.tif", redacting(master, []))).toBe("copy");
  });

  it("is dark grey and opaque where it is, and leaves what is beside its blocks as it was", async () => {
    const [{ samples, ...info }] = twins({ width: 700, height: 601, channels: 3 }, []);
    const file = await sharp(samples, { raw: info }).tiff({ compression: "deflate", tile: true }).toBuffer();
    const master = await openMaster(file);
    const region = "290,290,30,30/max/0/default.png";
    const drawn = await decode((await drawMarked(master, region, redacting(master, [rectangle]))).bytes);
    const plain = await decode((await drawMarked(master, region, undefined)).bytes);
    for (let y = 0; y < 30; y += 1) {
      for (let x = 0; x < 30; x += 1) {
        const at = (y * 30 + x) * 3;
        const isInside = x >= 10 && x < 20 && y >= 10 && y < 20;
        const expected = isInside ? [80, 80, 80] : [...plain.samples.subarray(at, at + 3)];
        expect([...drawn.samples.subarray(at, at + 3)]).toEqual(expected);
      }
    }
  });

  it("grows by what filters and blocks of the levels between may have spread, also where those are not there", () => {
    const pyramid = makePyramid({ width: 4096, height: 4096, levels: 3 });
    const [full, , smallest] = pyramid.levels as readonly [Level, Level, Level];
    const given = { redactions: [{ x: 1003, y: 1003, width: 4, height: 4 }], image: { width: 4096, height: 4096 } };
    const [own] = coverOnLevel(pyramid, full, given);
    expect(own).toEqual({ x: 992, y: 992, width: 16, height: 16 });
    const [covered] = coverOnLevel(pyramid, smallest, given);
    // 992 to 1008 becomes 493 to 507 with the filter, 480 to 512 in blocks; then 237 to 259, and 224 to 272.
    expect(covered).toEqual({ x: 224, y: 224, width: 48, height: 48 });
    const reduced: Pyramid = { width: 1024, height: 1024, orientation: 1, levels: [smallest] };
    expect(coverOnLevel(reduced, smallest, given)).toEqual([covered]);
  });

  it("is in a reduced image where it is in the whole, and as large", async () => {
    const [{ samples, ...info }] = twins({ width: 1400, height: 1000, channels: 3 }, []);
    const file = await sharp(samples, { raw: info })
      .tiff({ ...pyramid, compression: "deflate" })
      .toBuffer();
    const master = await openMaster(file);
    const given = redacting(master, [{ x: 700, y: 500, width: 350, height: 250 }]);
    const reduced = { ...master, pyramid: reducePyramid(master.pyramid, 500) };
    const drawn = await decode((await drawMarked(reduced, "full/max/0/default.png", given)).bytes);
    expect([drawn.width, drawn.height]).toEqual([500, 357]);
    const pixel = (x: number, y: number) => [...drawn.samples.subarray((y * 500 + x) * 3, (y * 500 + x) * 3 + 3)];
    for (const [x, y] of [
      [254, 182],
      [370, 264],
      [300, 220],
    ] as const)
      expect(pixel(x, y)).toEqual([80, 80, 80]);
    for (const [x, y] of [
      [238, 220],
      [390, 220],
      [300, 165],
      [300, 285],
    ] as const) {
      expect(pixel(x, y)).not.toEqual([80, 80, 80]);
    }
  });
});
