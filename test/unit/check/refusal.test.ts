import { describe, expect, it } from "vitest";
import { findRefusal } from "../../../src/check/refusal.ts";
import type { DrawnMaster, PictureStyle } from "../../../src/picture.ts";
import type { Orientation, Pyramid } from "../../../src/pyramid/pyramid.ts";
import { seenSize } from "../../../src/pyramid/pyramid.ts";
import type { TileEncoding } from "../../../src/pyramid/tile-encoding.ts";
import { planRender } from "../../../src/render/plan.ts";
import { codeOf } from "../../support/code-of.ts";
import { randomRequest, settle } from "../../support/image-requests.ts";
import { makePyramid, type PyramidOptions } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";

const facts = { sourceSize: 2 ** 40, isProfiled: false };
const style: PictureStyle = { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "none" };

/** A master of which nothing but its pyramid and its length is known: no byte of it is read. */
const masterOf = (pyramid: Pyramid, size = facts.sourceSize): DrawnMaster => ({
  pyramid,
  profile: undefined,
  metadata: {},
  source: { size, version: "v", read: () => Promise.reject(new Error("nothing is read")) },
});

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };

/** A file or strips of one column: `rows` pixels in each. */
function inStrips(options: PyramidOptions, rows: number): Pyramid {
  const pyramid = makePyramid({ ...options, tile: options.width });
  const [level] = pyramid.levels;
  const count = Math.ceil(options.height / rows);
  const offsets = Float64Array.from({ length: count }, (_, index) => 1000 + index * 5000);
  const grid = { tileLength: rows, columns: 1, rows: count, isStripped: true };
  const byteCounts = new Float64Array(count).fill(5000);
  return { ...pyramid, levels: [{ ...level, ...grid, offsets, byteCounts }] };
}

const rgb = { model: "rgb", subsampling: { x: 1, y: 1 } } as const;
const encodings: readonly Partial<TileEncoding>[] = [
  { compression: "jpeg" },
  { compression: "jpeg", isProgressive: true },
  { compression: "jpeg", model: "cmyk", subsampling: { x: 1, y: 1 } },
  { compression: "deflate", ...rgb },
  { compression: "png", ...rgb },
  { compression: "png", ...rgb, model: "gray" },
  { compression: "webp", ...rgb },
  { compression: "jpeg2000", ...rgb },
];

function randomPyramid(random: Random): Pyramid {
  const encoding = random.pick(encodings);
  const orientation = random.integer(1, 8) as Orientation;
  // Around what 64 MiB hold, whatever the encoding.
  const side = Math.round(Math.sqrt(2 ** (18 + random.next() * 9)));
  const options = { width: side, height: Math.ceil(side * (0.5 + random.next())), orientation, encoding };
  if (random.next() < 0.6) return inStrips(options, random.pick([options.height, Math.ceil(options.height / 3)]));
  const tile = random.pick([256, 512, 1024, 2048]);
  return makePyramid({ ...options, tile, levels: random.integer(1, 4), tileBytes: random.pick([5000, 9_000_000]) });
}

describe("a master of which nothing can be answered", () => {
  it("is refused if and only if no request is planned, near what memory holds", { tags: "slow" }, () => {
    const random = openRandom(4);
    const found = { refused: 0, answered: 0 };
    for (let round = 0; round < 400; round++) {
      const pyramid = randomPyramid(random);
      const seen = seenSize(pyramid);
      const image = { ...seen, isGray: pyramid.levels[0].encoding.model === "gray" };
      const isAnswered = (path: string): boolean => {
        let request: ReturnType<typeof settle>;
        try {
          request = settle(path, { image, limits, version: 3 });
        } catch {
          return false;
        }
        return codeOf(() => planRender(request, pyramid, facts)) === "none";
      };
      const asked = Array.from({ length: 30 }, () => randomRequest(random, seen, 3));
      const small = ["0,0,1,1/max/0/gray.jpg", "full/1,1/0/gray.jpg", "full/^1,1/0/default.jpg"];
      const answered = [...asked, ...small].filter(isAnswered);
      const refusal = findRefusal(masterOf(pyramid), style);
      if (refusal === undefined) found.answered += 1;
      else found.refused += 1;
      expect([round, refusal === undefined ? [] : answered]).toEqual([round, []]);
    }
    expect(found.refused).toBeGreaterThan(40);
    expect(found.answered).toBeGreaterThan(150);
  });

  it("says that the master is not supported, and never suggests a smaller request", () => {
    const pyramid = makePyramid({
      width: 4000,
      height: 4000,
      tile: 2048,
      encoding: { compression: "jpeg2000", ...rgb },
    });
    const request = settle("0,0,1,1/max/0/gray.jpg", { image: { ...pyramid, isGray: false }, limits, version: 3 });
    expect(codeOf(() => planRender(request, pyramid, facts))).toBe("source-unsupported");
    const refusal = findRefusal(masterOf(pyramid), style);
    expect(refusal?.code).toBe("source-unsupported");
    expect(refusal?.message).toMatch(/stored in tiles of 2048 by 2048 pixels, too large to decode whole\.$/);
  });

  it("is none whose tiles are too large to be decoded but are sent as they are", () => {
    const size = { width: 4096, height: 4096 };
    const form = { ...size, tile: 2048, tileBytes: 30_000_000 };
    const request = settle("0,0,1,1/max/0/gray.jpg", { image: { ...size, isGray: false }, limits, version: 3 });
    expect(codeOf(() => planRender(request, makePyramid(form), facts))).toBe("source-unsupported");
    expect(findRefusal(masterOf(makePyramid(form)), style)).toBeUndefined();
    expect(findRefusal(masterOf(makePyramid({ ...form, orientation: 6 })), style)?.code).toBe("source-unsupported");
  });

  it("is one with all tiles outside the file, and not one with any inside", () => {
    const pyramid = makePyramid({ width: 2000, height: 1500, tile: 256, levels: 3 });
    const last = pyramid.levels[2]!.offsets.at(-1)! + 5000;
    expect(findRefusal(masterOf(pyramid, last), style)).toBeUndefined();
    // All but the first tile, which is where nobody looks first.
    expect(findRefusal(masterOf(pyramid, 6000), style)).toBeUndefined();
    expect(findRefusal(masterOf(pyramid, 5999), style)?.code).toBe("source-malformed");
  });
});
