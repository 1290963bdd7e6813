import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { DrawnMaster } from "../../../src/picture.ts";
import { type Marks, type Watermark, watermarkPositions } from "../../../src/render/marks.ts";
import { discWatermark, drawMarked, openMaster, redacting, twins } from "../../support/marked.ts";
import { decode, largestDifference, type Pixels } from "../../support/render.ts";

const form = { width: 1000, height: 701, channels: 3 } as const;
const tile = { tile: true, pyramid: true, tileWidth: 128, tileHeight: 128 } as const;

const marksOf = (changed: Partial<Watermark> = {}): Marks => ({
  redactions: [],
  image: form,
  watermark: discWatermark(changed),
});

/** A mark of one colour that covers all of its area. */
const red: Watermark["image"] = {
  width: 20,
  height: 10,
  samples: Uint8Array.from({ length: 20 * 10 * 4 }, (_, at) => [255, 0, 0, 255][at % 4]!),
};

async function draw(master: DrawnMaster, path: string, marks: Marks | undefined): Promise<Pixels> {
  return decode((await drawMarked(master, path, marks)).bytes);
}

function pixelAt({ width, channels, samples }: Pixels, x: number, y: number): readonly number[] {
  return [...samples.subarray((y * width + x) * channels, (y * width + x + 1) * channels)];
}

describe("a watermark", () => {
  let deflated: DrawnMaster;
  let jpeg: DrawnMaster;
  let grey: DrawnMaster;
  beforeAll(async () => {
    const [{ samples, ...raw }] = twins(form, []);
    const picture = sharp(samples, { raw });
    deflated = await openMaster(
      await picture
        .clone()
        .tiff({ ...tile, compression: "deflate" })
        .toBuffer(),
    );
    jpeg = await openMaster(
      await picture
        .clone()
        .tiff({ ...tile, compression: "jpeg", quality: 80 })
        .toBuffer(),
    );
    const flat = sharp({ create: { width: 400, height: 200, channels: 3, background: "#646464" } });
    grey = await openMaster(await flat.tiff({ tile: true, compression: "deflate" }).toBuffer());
  });

  it.each(watermarkPositions)("at %s is the same in tiles and in the whole, on two levels", async (position) => {
    const marks = marksOf({ position, scale: 0.37 });
    for (const factor of [1, 2]) {
      const [width, height] = [Math.floor(form.width / factor), Math.floor(form.height / factor)];
      const whole = await draw(deflated, `full/${width},${height}/0/default.png`, marks);
      const joined = new Uint8Array(whole.samples.length);
      for (let y = 0; y < height; y += 128) {
        for (let x = 0; x < width; x += 128) {
          const [across, down] = [Math.min(128, width - x), Math.min(128, height - y)];
          const isLast = { x: x + across === width, y: y + down === height };
          const region = [
            x * factor,
            y * factor,
            isLast.x ? form.width - x * factor : across * factor,
            isLast.y ? form.height - y * factor : down * factor,
          ];
          const part = await draw(deflated, `${region}/${across},${down}/0/default.png`, marks);
          for (let row = 0; row < down; row += 1) {
            const line = part.samples.subarray(row * across * 3, (row + 1) * across * 3);
            joined.set(line, ((y + row) * width + x) * 3);
          }
        }
      }
      expect(largestDifference({ ...whole, samples: joined }, whole)).toBe(0);
      expect(largestDifference(await draw(deflated, `full/${width},/0/default.png`, undefined), whole)).toBeGreaterThan(
        50,
      );
    }
  });

  it("lies where its place says, as opaque as it is said to be", async () => {
    // Its longer side is half of 200; 5 pixels are free around it.
    const at = { image: red, scale: 0.5, opacity: 0.5 } as const;
    const mixed = [178, 50, 50];
    const drawn = await draw(grey, "full/max/0/default.png", marksOf({ ...at, position: "top-left" }));
    expect(pixelAt(drawn, 50, 30)).toEqual(mixed);
    expect([pixelAt(drawn, 6, 6), pixelAt(drawn, 103, 53)]).toEqual([mixed, mixed]);
    expect([pixelAt(drawn, 3, 30), pixelAt(drawn, 107, 30), pixelAt(drawn, 50, 57)]).toEqual(
      Array(3).fill([100, 100, 100]),
    );
    const corner = await draw(grey, "full/max/0/default.png", marksOf({ ...at, position: "bottom-right" }));
    expect([pixelAt(corner, 393, 193), pixelAt(corner, 300, 147), pixelAt(corner, 250, 193)]).toEqual([
      mixed,
      mixed,
      [100, 100, 100],
    ]);
    const middle = await draw(grey, "full/max/0/default.png", marksOf({ ...at, position: "center", opacity: 1 }));
    expect([pixelAt(middle, 200, 100), pixelAt(middle, 200, 70)]).toEqual([
      [255, 0, 0],
      [100, 100, 100],
    ]);
  });

  it("is put on from a size of the whole on, and tiles count as the whole that they belong to", async () => {
    const marks = marksOf({ fromPixels: 600 });
    const same = async (path: string) =>
      Buffer.compare(
        (await drawMarked(deflated, path, marks)).bytes,
        (await drawMarked(deflated, path, undefined)).bytes,
      );
    expect(await same("full/500,/0/default.png")).toBe(0);
    expect(await same("256,256,512,256/256,/0/default.png")).toBe(0);
    expect(await same("full/601,/0/default.png")).not.toBe(0);
    expect(await same("440,300,100,80/max/0/default.png")).not.toBe(0);
    expect(await same("440,300,100,80/64,/0/default.png")).not.toBe(0);
    // Narrow, but as high as the whole at 701 pixels.
    expect(await same("full/100,701/0/default.png")).not.toBe(0);
  });

  it("leaves the copying of tiles alone that it does not touch", async () => {
    const marks = marksOf({ position: "top-left", scale: 0.1 });
    for (const format of ["jpg", "tif"]) {
      const far = `512,256,128,128/max/0/default.${format}`;
      const drawn = await drawMarked(jpeg, far, marks);
      expect(drawn.plan.kind).toBe("copy");
      expect(Buffer.compare(drawn.bytes, (await drawMarked(jpeg, far, undefined)).bytes)).toBe(0);
      expect((await drawMarked(jpeg, `0,0,128,128/max/0/default.${format}`, marks)).plan.kind).toBe("draw");
    }
    const wide = "0,0,256,128/max/0/default.tif";
    expect((await drawMarked(jpeg, wide, marks)).plan.kind).toBe("draw");
    expect((await drawMarked(jpeg, wide, undefined)).plan.kind).toBe("copy");
  });

  it("turns with the image, and stands upright on one that was stored turned", async () => {
    const [{ samples, ...raw }] = twins({ width: 300, height: 200, channels: 3 }, []);
    const upright = await openMaster(await sharp(samples, { raw }).tiff({ compression: "deflate" }).toBuffer());
    const seen = sharp(samples, { raw });
    const laid = await seen
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .tiff({ compression: "deflate", tile: true })
      .toBuffer();
    const turned = await openMaster(laid);
    expect(turned.pyramid.orientation).toBe(6);
    for (const position of ["top-right", "tile", "left"] as const) {
      const marks = marksOf({ position, image: { ...red, width: 10, height: 20 } });
      for (const path of ["full/max/0/default.png", "0,0,300,130/max/!90/default.png", "full/max/180/default.png"]) {
        const [one, other] = [await draw(upright, path, marks), await draw(turned, path, marks)];
        // Edges are rounded from another corner.
        const markedShare = changedShare(one, await draw(upright, path, undefined));
        expect(markedShare, path).toBeGreaterThan(0.02);
        expect(changedShare(one, other), path).toBeLessThan(markedShare / 3);
      }
    }
  });

  it("is the same in a picture whose tiles are turned as they stream", async () => {
    const [{ samples, ...raw }] = twins({ width: 2501, height: 1803, channels: 3 }, []);
    const large = await openMaster(
      await sharp(samples, { raw }).tiff({ tile: true, compression: "deflate" }).toBuffer(),
    );
    const marks = marksOf({ position: "top-left" });
    const [upright, turned] = await Promise.all(
      ["0", "90"].map((rotation) => drawMarked(large, `full/max/${rotation}/default.png`, marks)),
    );
    expect([upright?.plan.kind, turned?.plan.kind]).toEqual(["stream", "stream"]);
    const { data, info } = await sharp(upright!.bytes).rotate(90).raw().toBuffer({ resolveWithObject: true });
    const expected = { width: info.width, height: info.height, channels: info.channels, samples: data };
    const found = await decode(turned!.bytes);
    // Edges are rounded from another corner.
    expect(changedShare(expected, found)).toBeLessThan(0.001);
    expect(changedShare(expected, await draw(large, "full/max/90/default.png", undefined))).toBeGreaterThan(0.01);
  });

  it.each(["jpg", "tif", "webp", "pdf", "gif"])("is in pictures of %s", async (format) => {
    for (const quality of ["default", "gray", "bitonal"]) {
      const path = `full/^!400,400/0/${quality}.${format}`;
      const [one, other] = [await drawMarked(deflated, path, marksOf()), await drawMarked(deflated, path, undefined)];
      expect(Buffer.compare(one.bytes, other.bytes), path).not.toBe(0);
    }
  });

  it.each([
    "full/max/0/default.jpg",
    "201,3,640,481/max/!0/default.jpg",
    "37,11,631,489/max/0/default.jpg",
    "full/333,/180/default.jpg",
  ])("has in halved chroma the place that it has in whole: %s", async (path) => {
    const marks = marksOf({ opacity: 1 });
    for (const master of [jpeg, deflated]) {
      const [lossy, exact] = [await draw(master, path, marks), await draw(master, path.replace("jpg", "png"), marks)];
      const { samples, ...raw } = exact;
      const encoded = await sharp(samples, { raw: { ...raw, channels: 3 } })
        .jpeg({ quality: 80 })
        .toBuffer();
      expect(meanDifference(lossy, exact)).toBeLessThan(1.1 * meanDifference(await decode(encoded), exact) + 0.2);
    }
  });

  it("is opaque where the image is transparent", async () => {
    const clear = sharp({
      create: { width: 200, height: 200, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
    });
    const master = await openMaster(await clear.png().toBuffer());
    const drawn = await draw(master, "full/max/0/default.png", marksOf({ image: red, opacity: 0.5, scale: 0.5 }));
    expect(drawn.channels).toBe(4);
    expect(pixelAt(drawn, 100, 100)).toEqual([255, 0, 0, 128]);
    expect(pixelAt(drawn, 5, 5)[3]).toBe(0);
    const white = await draw(
      master,
      "full/max/0/default.png",
      redacting(master, [{ x: 0, y: 0, width: 9, height: 9 }]),
    );
    expect(pixelAt(white, 3, 3)).toEqual([80, 80, 80, 255]);
  });

  it.each(["0", "90", "13"])(
    "takes no more memory of the kernel than its plan says, rotated by %s",
    async (rotation) => {
      const image = { width: 512, height: 512, samples: new Uint8Array(512 * 512 * 4).fill(130) };
      for (const position of ["center", "tile"] as const) {
        for (const path of ["full/max", "400,300,256,256/max", "full/120,", "500,300,30,20/^900,"]) {
          for (const format of ["jpg", "png"]) {
            const asked = `${path}/${rotation}/default.${format}`;
            const { plan, kernelBytes } = await drawMarked(deflated, asked, marksOf({ image, position, scale: 0.9 }));
            expect(kernelBytes, asked).toBeLessThanOrEqual(plan.cost.peakBytes);
            expect(plan.cost.peakBytes).toBeGreaterThan(image.samples.byteLength);
          }
        }
      }
    },
  );
});

/** Returns the share of samples that clearly differ. */
function changedShare(one: Pixels, other: Pixels): number {
  expect(other.samples.length).toBe(one.samples.length);
  let changed = 0;
  for (let at = 0; at < one.samples.length; at += 1) {
    if (Math.abs(one.samples[at]! - other.samples[at]!) > 40) changed += 1;
  }
  return changed / one.samples.length;
}

function meanDifference(one: Pixels, other: Pixels): number {
  expect(other.samples.length).toBe(one.samples.length);
  return one.samples.reduce((sum, sample, at) => sum + Math.abs(sample - other.samples[at]!), 0) / one.samples.length;
}
