import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { joinMissing, missingFrom } from "../../../src/codec/missing-rows.ts";
import { maxLostHundredths } from "../../../src/limits.ts";
import { writeCcitt } from "../../support/ccitt-writer.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { damagedMasters, faxOf } from "../../support/damaged-masters.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { drawTiff } from "../../support/render.ts";

const rotations = ["0", "90", "!180"];

describe.each(damagedMasters)("a picture of $name", ({ make, firstRow, rows, wholeRegion }) => {
  it("says which rows it lacks, however it is turned", async () => {
    const file = await make();
    for (const rotation of rotations) {
      const { damage } = await drawTiff(file, `full/max/${rotation}/default.png`);
      expect(damage).toMatchObject({ firstRow, ...(rows === undefined ? {} : { rows }) });
      expect(damage?.lostPercent).toBeGreaterThan(0);
      expect(damage?.lostPercent).toBeLessThan(maxLostHundredths);
    }
  });

  it("says so of a small one", async () => {
    expect((await drawTiff(await make(), "full/40,/0/default.jpg")).damage).toBeDefined();
  });

  it("lacks nothing where the rows it shows are whole", async () => {
    expect((await drawTiff(await make(), `${wholeRegion}/max/0/default.png`)).damage).toBeUndefined();
  });
});

describe("a tile that ends short", () => {
  it.each(damagedMasters.filter(({ name }) => name.includes("ends short")))(
    "shows its samples up to there, and 0 behind: $name",
    async ({ make }) => {
      const shown = async (region: string) => {
        const { encoded } = await drawTiff(await make(), `${region}/max/0/default.png`);
        return sharp(encoded).toColourspace("b-w").raw().toBuffer();
      };
      // The tiles of all three rows begin with the same samples.
      const [whole, half] = [await shown("0,0,160,80"), await shown("0,80,160,80")];
      expect(half.subarray(0, 160 * 40)).toEqual(whole.subarray(0, 160 * 40));
      expect(half.subarray(160 * 40)).toEqual(Buffer.alloc(160 * 40));
    },
  );
});

describe("a picture of which much is lost", () => {
  it("is shown at half and refused beyond", async () => {
    const half = (240 * (100 - maxLostHundredths)) / 100;
    const { damage } = await drawTiff(await faxOf(half), "full/max/0/default.png");
    expect(damage).toEqual({ firstRow: half, rows: 240 - half, lostPercent: maxLostHundredths });
    expect(await codeOfAsync(drawTiff(await faxOf(half - 1), "full/max/0/default.png"))).toBe("source-malformed");
    expect(await codeOfAsync(drawTiff(await faxOf(0), "full/max/0/default.png"))).toBe("source-malformed");
  });

  it("is measured by what is asked for", async () => {
    const file = await faxOf(60);
    expect((await drawTiff(file, "0,0,160,100/max/0/default.png")).damage?.lostPercent).toBe(40);
    expect(await codeOfAsync(drawTiff(file, "0,50,160,100/max/0/default.png"))).toBe("source-malformed");
  });
});

describe("a picture that is streamed", () => {
  it("breaks off at the first rows that can't be read", async () => {
    const side = 5000;
    const strip = writeCcitt(Array(100).fill("01".repeat(side / 2)), { scheme: "g4" });
    const form = { width: side, height: side, bitsPerSample: 1, rowsPerStrip: 100, photometric: "MinIsWhite" } as const;
    const file = (damagedRow: number) =>
      makeTiff({
        ...form,
        compression: "ccitt-g4",
        tileBytes: ({ row }) => (row === damagedRow ? strip.subarray(0, 99) : strip),
      });
    const whole = await drawTiff(await file(-1), "full/max/0/default.png");
    expect([whole.plan.kind, whole.damage]).toEqual(["stream", undefined]);
    expect(await codeOfAsync(drawTiff(await file(49), "full/max/0/default.png"))).toBe("source-malformed");
    expect((await drawTiff(await file(49), "full/400,/0/default.png")).damage).toMatchObject({ firstRow: 4900 });
  });
});

describe("rows missing from parts of a tile", () => {
  it("are all from the first to the last of both", () => {
    const asked = { y: 0, height: 64 };
    expect(joinMissing(missingFrom(50, asked), missingFrom(20, asked))).toEqual({
      first: 20,
      count: 44,
      lost: 44,
      asked: 64,
    });
    expect(joinMissing(undefined, missingFrom(64, asked))).toBeUndefined();
    expect(joinMissing(missingFrom(60, asked), undefined)).toEqual({ first: 60, count: 4, lost: 4, asked: 64 });
  });
});
