import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectoryChain } from "../../../src/tiff/directory-chain.ts";
import type { Fields } from "../../../src/tiff/fields.ts";
import { findPage, type PageFields } from "../../../src/tiff/page.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { type FieldOverride, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

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

/** Where the first tile of an image and of each of its levels is, after the first of the file. */
async function placesOf({ main, reduced }: PageFields): Promise<readonly number[]> {
  const offsets = await Promise.all([main, ...reduced].map((fields) => fields.number(tags.tileOffsets)));
  return offsets.map((offset) => offset ?? 0);
}

/** Two like pages, each followed by its levels. */
async function plainPages(page: TiffOptions): Promise<Uint8Array> {
  return makeTiff({ ...page, pages: [page] });
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

  it("takes a page that is in proportion for another image, and one whose sides are half as long for a level", async () => {
    const base = { ...bare, width: 300, height: 300 };
    const second = (side: number): TiffOptions => ({ ...base, pages: [{ ...bare, width: side, height: side }] });
    expect(await countPages(await makeTiff(second(200)))).toBe(2);
    expect(await countPages(await makeTiff(second(149)))).toBe(2);
    expect(await countPages(await makeTiff(second(150)))).toBe(1);
    expect(await widthsOf(await makeTiff(second(150)), 1)).toEqual([300, 150]);
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

  it("gives each page its levels where all pages stand first", async () => {
    const page = { ...bare, width: 400, height: 300, levels: 2 };
    const order = [0, 2, 1, 3];
    const links = order.map((of, index) => {
      const next = order[index + 1];
      return { of, to: next === undefined ? { offset: 0 } : { directory: next } };
    });
    const file = await makeTiff({ ...page, pages: [page], links });
    const offsets = await Promise.all([1, 2].map(async (number) => placesOf(await find(file, number))));
    const inOrder = await Promise.all(
      [1, 2].map(async (number) => placesOf(await find(await plainPages(page), number))),
    );
    expect(offsets).toEqual(inOrder);
  });

  it("reads tag 255 where tag 254 says nothing", async () => {
    const level = (flags: readonly FieldOverride[]): TiffOptions => ({
      ...{ ...bare, width: 300, height: 300, levels: [{ width: 200, height: 200 }], levelSubfileType: 0 },
      overrides: flags,
    });
    const old = (value: number) =>
      ({ directory: 1, tag: tags.oldSubfileType, type: "SHORT", values: [value] }) as const;
    const none = { directory: 1, tag: tags.newSubfileType, remove: true } as const;
    expect(await widthsOf(await makeTiff(level([old(2), none])), 1)).toEqual([300, 200]);
    expect(await widthsOf(await makeTiff(level([old(2)])), 1)).toEqual([300, 200]);
    expect(await countPages(await makeTiff(level([old(1), none])))).toBe(2);
    const page = level([{ directory: 1, tag: tags.oldSubfileType, type: "SHORT", values: [3] }]);
    expect(await countPages(await makeTiff({ ...page, levels: [{ width: 150, height: 150 }] }))).toBe(2);
  });

  it("takes directories with one PageNumber for a pyramid, as ImageMagick 6 writes them", async () => {
    const numbers = [0, 1, 2].map((directory) => ({
      directory,
      tag: tags.pageNumber,
      type: "SHORT" as const,
      values: [0, 3],
    }));
    const file = await makeTiff({ ...images[0], subfileType: 2, levelSubfileType: 2, overrides: numbers });
    expect([await countPages(file), await widthsOf(file, 1)]).toEqual([1, [400, 200, 100]]);
    const broken = numbers.map((number) => ({ ...number, values: [0] }));
    expect(
      await countPages(await makeTiff({ ...images[0], subfileType: 2, levelSubfileType: 2, overrides: broken })),
    ).toBe(3);
  });

  it("takes the picture that a thumbnail has as its SubIFD, turned and described as the thumbnail is", async () => {
    const file = await makeTiff({
      ...{ width: 24, height: 16, orientation: 6, subfileType: 1, levelSubfileType: 0, levelLayout: "sub-ifds" },
      levels: [{ width: 96, height: 64 }],
      overrides: [{ directory: 1, tag: tags.orientation, remove: true }],
      fields: [{ tag: 270, type: "ASCII", values: [104, 105, 0] }],
    });
    const { main, reduced, place } = await find(file, 1);
    expect(await widthOf(main)).toBe(96);
    expect([reduced, place]).toEqual([[], { index: 0, subIfd: 0 }]);
    expect(await main.number(tags.orientation)).toBe(6);
    expect(await main.bytes(270)).toEqual(Uint8Array.of(104, 105, 0));
    expect(await countPages(file)).toBe(1);
  });

  it("passes on what storage says, and takes nothing for a directory without a size", async () => {
    const whole = memorySource(await makeTiff(images[0]));
    const chain = await readDirectoryChain(whole);
    const failing = { ...whole, read: () => Promise.reject(new ImageError("storage-failed", "no answer")) };
    expect(await codeOfAsync(findPage(failing, chain, 1))).toBe("storage-failed");
  });

  it("says how many images there are where it is asked for one more", async () => {
    const file = await makeTiff(images[0]);
    await expect(find(file, 2)).rejects.toMatchObject({ code: "not-found", message: expect.stringContaining("has 1") });
    expect(await codeOfAsync(find(file, 0))).toBe("not-found");
  });
});
