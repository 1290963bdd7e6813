import { describe, expect, it } from "vitest";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectoryChain } from "../../../src/tiff/directory-chain.ts";
import type { Fields } from "../../../src/tiff/fields.ts";
import { findPage } from "../../../src/tiff/page.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

/** The widths of the directories of one image: the image itself, then what may be its levels. */
async function widthsOf(file: Uint8Array, page: number): Promise<readonly number[]> {
  const { main, reduced } = await find(file, page);
  return Promise.all([main, ...reduced].map(widthOf));
}

async function find(file: Uint8Array, page: number) {
  const source = memorySource(file);
  return findPage(source, await readDirectoryChain(source), page);
}

async function widthOf(fields: Fields): Promise<number> {
  return (await fields.number(tags.imageWidth)) ?? 0;
}

async function countPages(file: Uint8Array): Promise<number> {
  for (let page = 1; ; page += 1) if ((await codeOfAsync(find(file, page))) === "not-found") return page - 1;
}

/** A picture that takes no more than its directories. */
const bare = { tile: 16, samplesPerPixel: 1, tileBytes: () => Uint8Array.of(1) } as const;

/** Three images, each with levels of its own and no width in common with another. */
const images = [
  { ...bare, width: 400, height: 300, levels: 3 },
  { ...bare, width: 390, height: 310, levels: 2 },
  { ...bare, width: 370, height: 200, levels: 4 },
] as const;

const widths = [
  [400, 200, 100],
  [390, 195],
  [370, 185, 93, 47],
];

describe("findPage", () => {
  const forms = (["chain", "sub-ifds"] as const).flatMap((levelLayout) =>
    [0, 1].flatMap((levelSubfileType) =>
      [0, 2].flatMap((subfileType) =>
        (["front", "back"] as const).map((directories) => ({
          levelLayout,
          levelSubfileType,
          subfileType,
          directories,
        })),
      ),
    ),
  );

  it.each(forms)(
    "gives each directory to one image: levels in $levelLayout flagged $levelSubfileType, images flagged $subfileType, directories in $directories",
    async ({ directories, ...form }) => {
      const [first, ...pages] = images.map((image) => ({ ...image, ...form }));
      const file = await makeTiff({ ...first!, directories, pages });
      expect(await countPages(file)).toBe(images.length);
      for (const [index, expected] of widths.entries()) expect(await widthsOf(file, index + 1)).toEqual(expected);
    },
  );

  it("gives each strip picture of a scanned book a page of its own, equal in size as they are", async () => {
    const leaf = { width: 60, height: 80, samplesPerPixel: 1, subfileType: 2 } as const;
    const file = await makeTiff({ ...leaf, pages: [leaf, leaf, leaf] });
    expect(await countPages(file)).toBe(4);
    expect(await widthsOf(file, 3)).toEqual([60]);
  });

  it("takes what stands before the first image for its levels", async () => {
    const file = await makeTiff({
      ...images[0],
      links: [
        { of: "header", to: { directory: 2 } },
        { of: 2, to: { directory: 1 } },
        { of: 1, to: { directory: 0 } },
        { of: 0, to: { offset: 0 } },
      ],
    });
    expect(await countPages(file)).toBe(1);
    expect(await widthsOf(file, 1)).toEqual([400, 100, 200]);
  });

  it("takes a page that is little smaller for another image, and one that is half as large for a level", async () => {
    const base = { ...bare, width: 300, height: 300 };
    const second = (side: number): TiffOptions => ({ ...base, pages: [{ ...bare, width: side, height: side }] });
    expect(await countPages(await makeTiff(second(201)))).toBe(2);
    expect(await countPages(await makeTiff(second(200)))).toBe(1);
    expect(await widthsOf(await makeTiff(second(200)), 1)).toEqual([300, 200]);
  });

  it("takes what is flagged as a page for one, however like a level it looks", async () => {
    const half = { ...bare, width: 200, height: 150 };
    const flagged = await makeTiff({ ...images[0], levels: 1, pages: [{ ...half, subfileType: 2 }] });
    expect([await countPages(flagged), await widthsOf(flagged, 1)]).toEqual([2, [400]]);
    const silent = await makeTiff({ ...images[0], levels: 1, pages: [half] });
    expect([await countPages(silent), await widthsOf(silent, 1)]).toEqual([1, [400, 200]]);
  });

  it("leaves out masks, in the chain and in SubIFDs, and strips that are not flagged as reduced", async () => {
    const chained = await makeTiff({
      ...images[0],
      extraPages: [
        { kind: "unrelated", width: 64, height: 48, position: "second" },
        { kind: "mask", width: 200, height: 150, tile: 16 },
      ],
    });
    expect(await countPages(chained)).toBe(1);
    expect(await widthsOf(chained, 1)).toEqual([400, 200, 100]);
    const overrides = [{ directory: 1, tag: 254, values: [5] }];
    const nested = await makeTiff({ ...images[0], levelLayout: "sub-ifds", overrides });
    expect(await widthsOf(nested, 1)).toEqual([400, 100]);
  });

  it("takes strips between an image and its levels for a thumbnail, whatever they show, as slide scanners have it", async () => {
    const thumbnail = { kind: "unrelated", width: 64, height: 64, position: "second" } as const;
    const file = await makeTiff({ ...images[0], levelSubfileType: 0, extraPages: [thumbnail] });
    expect(await countPages(file)).toBe(1);
    expect(await widthsOf(file, 1)).toEqual([400, 200, 100]);
  });

  it("takes strips that are flagged as reduced for what may be a level", async () => {
    const file = await makeTiff({ ...images[0], extraPages: [{ kind: "thumbnail", width: 50, height: 38 }] });
    expect(await widthsOf(file, 1)).toEqual([400, 200, 100, 50]);
  });

  it("takes the first directory for the image where all are flagged as reduced", async () => {
    const file = await makeTiff({ ...images[0], subfileType: 1 });
    expect(await countPages(file)).toBe(1);
    expect(await widthsOf(file, 1)).toEqual([400, 200, 100]);
  });

  it("finds the image of a file of which a level states no size", async () => {
    const file = await makeTiff({ ...images[0], overrides: [{ directory: 1, tag: 256, remove: true }] });
    expect(await countPages(file)).toBe(1);
    expect(await widthsOf(file, 1)).toEqual([400, 0, 100]);
  });

  it("says how many images there are where it is asked for one more", async () => {
    const file = await makeTiff(images[0]);
    await expect(find(file, 2)).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("has 1") });
    expect(await codeOfAsync(find(file, 0))).toBe("not-found");
  });
});
