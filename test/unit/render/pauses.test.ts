import { beforeAll, describe, expect, it } from "vitest";
import { soleAdmission } from "../../../src/budget/admission.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { drawPicture } from "../../../src/picture.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { openMeasuringTools } from "../../support/drawing-tools.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { planPath } from "../../support/render.ts";

/** A client that leaves when the signal has been looked at so many times. */
function leavingAfter(looks: number): { readonly signal: AbortSignal; readonly looked: () => number } {
  const { signal } = new AbortController();
  let looked = 0;
  Object.defineProperty(signal, "aborted", {
    get: () => {
      looked += 1;
      return looked > looks;
    },
  });
  return { signal, looked: () => looked };
}

const deflated = { width: 600, height: 500, tile: 128, samplesPerPixel: 3, compression: "deflate" } as const;
/** Drawn of its coefficients, at its own size. */
const grayJpeg = {
  ...deflated,
  width: 1600,
  height: 1000,
  samplesPerPixel: 1,
  compression: "jpeg",
  encodeTile: encodeTestTile,
} as const;

async function draw(path: string, looks: number, form: TiffOptions = deflated) {
  const file = await makeTiff(form);
  const source = memorySource(file);
  const image = await openImage({ source, prefix: file.subarray(0, prefixBytes) });
  const client = leavingAfter(looks);
  const admission = { ...soleAdmission(), patience: { milliseconds: 0, signal: client.signal } };
  const { tools } = openMeasuringTools();
  const drawing = drawPicture(tools, planPath({ ...image, source }, path), { admission, log: () => undefined });
  return { code: await codeOfAsync(drawing), looked: client.looked() };
}

describe("a drawing whose client leaves", () => {
  it.each([
    ["full/max/30/default.png", deflated],
    ["full/max/90/default.jpg", deflated],
    ["full/300,/0/default.png", deflated],
    ["full/300,/45/gray.jpg", deflated],
    ["full/max/0/default.jpg", grayJpeg],
    ["full/^1100,/0/default.webp", deflated],
    ["full/^1100,/90/default.webp", deflated],
    ["full/^1100,/90/default.png", deflated],
  ])("stops at whichever step it has come to: %s", async (path, form) => {
    const whole = await draw(path, Number.POSITIVE_INFINITY, form);
    expect(whole.code).toBe("none");
    expect(whole.looked).toBeGreaterThan(1);
    for (let looks = 0; looks < whole.looked; looks += 1) {
      // It looks once more, finds nobody, and does nothing after that.
      expect(await draw(path, looks, form)).toEqual({ code: "client-gone", looked: looks + 1 });
    }
  });

  describe("looks", () => {
    const looks = async (path: string) => (await draw(path, Number.POSITIVE_INFINITY)).looked;
    let plain: number;
    beforeAll(async () => {
      // Two megapixels, which is two pauses wherever all of them are gone through.
      plain = await looks("full/^1600,/0/default.png");
    });

    it("between the turn and the encoding of a picture that is turned whole, and while it is encoded", async () => {
      expect(await looks("full/^1600,/90/default.png")).toBe(plain + 1 + 2);
    });

    it("while a picture is rotated", async () => {
      // Upside down all of the canvas is made at once: it is four megapixels.
      expect(await looks("full/^1600,/170/default.png")).toBeGreaterThan(plain + 1);
    });

    it("while the modes and the levels of a WebP are coded, which have all waited for its last row", async () => {
      expect(await looks("full/^1600,/0/default.webp")).toBe(plain + 2 + 2);
      expect(await looks("full/^1600,/90/default.webp")).toBe(plain + 1 + 2 + 2 + 2);
    });
  });
});
