import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import type { Picture } from "../support/picture.ts";
import { readPng } from "../support/png-reader.ts";
import { ask } from "../support/service.ts";

const red = () => [200, 10, 20];
const green = () => [10, 190, 30];
const blue = () => [20, 30, 180];
const loud = () => [255, 0, 255];
const size = { width: 400, height: 300 } as const;
const tiled = { tile: 64, compression: "deflate" } as const;

async function store(name: string, options: TiffOptions): Promise<void> {
  await env.MASTERS.put(name, await makeTiff(options));
}

interface Info {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly { readonly width: number }[];
}

async function info(identifier: string): Promise<Info> {
  const { status, text } = await ask(`/iiif/3/${identifier}/info.json`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return JSON.parse(text) as Info;
}

async function png(identifier: string, path: string): Promise<Picture> {
  const { status, bytes, text } = await ask(`/iiif/3/${identifier}/${path}/0/default.png`);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return readPng(bytes);
}

/** The colour of every pixel, and how many tiles that took: one for a level of its own. */
async function colorOf(identifier: string, path: string): Promise<readonly number[]> {
  const { samples } = await png(identifier, path);
  const first = [...samples.subarray(0, 3)];
  expect(samples.every((sample: number, at: number) => Math.abs(sample - first[at % 3]!) <= 1)).toBe(true);
  return first;
}

async function tilesOf(identifier: string, path: string): Promise<number> {
  return Number((await ask(`/iiif/3/${identifier}/${path}/0/default.png`)).timing.tiles);
}

describe("a file of several images", () => {
  const layouts = [
    ["levels flagged as reduced", {}],
    ["levels without a flag", { levelSubfileType: 0 }],
    ["levels as SubIFDs", { levelLayout: "sub-ifds" }],
    ["levels as SubIFDs without a flag", { levelLayout: "sub-ifds", levelSubfileType: 0 }],
  ] as const;

  describe.each(layouts)("with %s", (name, layout) => {
    const key = `book-${layouts.findIndex(([other]) => other === name)}`;

    beforeAll(async () => {
      await store(key, {
        ...{ ...size, ...tiled, ...layout, levels: 3, pixel: red },
        pages: [
          { ...size, ...tiled, ...layout, levels: 3, pixel: green },
          { width: 250, height: 310, ...tiled, ...layout, levels: 2, pixel: blue },
        ],
      });
    });

    it("shows the first where none is chosen", async () => {
      expect(await info(key)).toMatchObject(size);
      expect(await colorOf(key, "full/max")).toEqual(red());
    });

    it("shows each by its number, at its own size", async () => {
      expect(await info(`${key};page=1`)).toMatchObject(size);
      expect(await info(`${key};page=2`)).toMatchObject(size);
      expect(await info(`${key};page=3`)).toMatchObject({ width: 250, height: 310 });
      expect(await colorOf(`${key};page=1`, "70,70,50,50/max")).toEqual(red());
      expect(await colorOf(`${key};page=2`, "70,70,50,50/max")).toEqual(green());
      expect(await colorOf(`${key};page=3`, "70,70,50,50/max")).toEqual(blue());
    });

    it("draws each from its own levels", async () => {
      expect(await colorOf(key, "full/100,")).toEqual(red());
      expect(await colorOf(`${key};page=2`, "full/100,")).toEqual(green());
      expect(await colorOf(`${key};page=3`, "full/125,")).toEqual(blue());
      expect(await tilesOf(key, "full/99,")).toBe(4);
      expect(await tilesOf(`${key};page=2`, "full/99,")).toBe(4);
      expect(await tilesOf(`${key};page=3`, "full/124,")).toBe(6);
    });

    it("has no page behind its last", async () => {
      const { status, text } = await ask(`/iiif/3/${key};page=4/info.json`);
      expect(status).toBe(404);
      expect(text).toContain("There is no page 4: the stored file has 3.");
    });
  });

  it("does not take the levels of the second for those of the first", async () => {
    for (const [key, layout] of [
      ["own-levels", {}],
      ["own-unflagged-levels", { levelSubfileType: 0 }],
    ] as const) {
      const pages = [{ ...size, ...tiled, ...layout, levels: 3, pixel: green }];
      await store(key, { ...size, ...tiled, pixel: red, pages });
      expect(await colorOf(key, "full/100,")).toEqual(red());
      expect(await tilesOf(key, "full/99,")).toBe(35);
      expect(await colorOf(`${key};page=2`, "full/100,")).toEqual(green());
    }
  });

  it("draws each from its own levels where all pages stand first, and from no level in doubt", async () => {
    const page = { ...size, ...tiled, levels: 2 };
    const chainOf = (...order: readonly number[]) =>
      order.map((of, index) => {
        const next = order[index + 1];
        return { of, to: next === undefined ? { offset: 0 } : { directory: next } };
      });
    const book = { ...page, pixel: red, pages: [{ ...page, pixel: green }] };
    await store("pages-first", { ...book, links: chainOf(0, 2, 1, 3) });
    for (const [name, color] of [
      ["pages-first", red()],
      ["pages-first;page=2", green()],
    ] as const) {
      expect(await colorOf(name, "full/200,")).toEqual(color);
      expect(await tilesOf(name, "full/199,")).toBe(12);
    }
    // Only the second page has a level, or only the first: nothing says so.
    await store("in-doubt", { ...book, levels: 1, links: chainOf(0, 1, 2) });
    expect(await colorOf("in-doubt", "full/200,")).toEqual(red());
    expect(await colorOf("in-doubt;page=2", "full/200,")).toEqual(green());
    expect(await tilesOf("in-doubt", "full/199,")).toBe(35);
    expect(await tilesOf("in-doubt;page=2", "full/199,")).toBe(35);
  });

  it("that ImageMagick 6 wrote as a pyramid is one image with levels", async () => {
    const overrides = [0, 1, 2].map((directory) => ({
      ...{ directory, tag: 297, type: "SHORT" as const },
      values: [0, 3],
    }));
    const form = { ...size, ...tiled, levels: 3, pixel: red, subfileType: 2, levelSubfileType: 2 };
    await store("magick", { ...form, overrides });
    expect((await ask("/iiif/3/magick;page=2/info.json")).status).toBe(404);
    expect(await colorOf("magick", "full/100,")).toEqual(red());
    expect(await tilesOf("magick", "full/99,")).toBe(4);
  });

  it("shows the picture in the SubIFD of a thumbnail, turned as the thumbnail is", async () => {
    await store("nested", {
      ...{ width: 24, height: 16, subfileType: 1, levelSubfileType: 0, levelLayout: "sub-ifds", orientation: 6 },
      levels: [{ width: 96, height: 64 }],
      tileBytes: ({ level }) => new Uint8Array((level === 0 ? 24 * 16 : 96 * 64) * 3).fill(level === 0 ? 9 : 200),
      overrides: [{ directory: 1, tag: 274, remove: true }],
    });
    expect(await info("nested")).toMatchObject({ width: 64, height: 96 });
    expect(await colorOf("nested", "full/max")).toEqual([200, 200, 200]);
    expect(await colorOf("nested", "full/16,")).toEqual([200, 200, 200]);
  });

  it("is drawn without a level whose tiles are past the end of the file", async () => {
    const outside = (directory: number) => ({
      ...{ directory, tag: 324 },
      values: (all: readonly number[]) => all.map(() => 0x7000_0000),
    });
    await store("cut-level", { ...size, ...tiled, levels: 3, pixel: red, overrides: [outside(1)] });
    expect(await colorOf("cut-level", "full/200,")).toEqual(red());
    expect(await tilesOf("cut-level", "full/199,")).toBe(35);
    expect(await colorOf("cut-level", "full/100,")).toEqual(red());
  });

  it("tells pages that are nearly of one size apart", async () => {
    for (const [key, layout] of [
      ["scans-in-tiles", tiled],
      ["scans-in-strips", { rowsPerStrip: 40 }],
    ] as const) {
      const pages = [
        { width: 398, height: 298, ...layout, pixel: green },
        { width: 380, height: 285, ...layout, pixel: blue },
      ];
      await store(key, { ...size, ...layout, pixel: red, pages });
      expect(await info(`${key};page=2`)).toMatchObject({ width: 398, height: 298 });
      expect(await info(`${key};page=3`)).toMatchObject({ width: 380, height: 285 });
      expect(await colorOf(key, "full/390,")).toEqual(red());
      expect(await colorOf(`${key};page=2`, "full/max")).toEqual(green());
    }
  });

  it("in which pages are flagged as such shows small ones too", async () => {
    const pages = [{ width: 200, height: 150, ...tiled, subfileType: 2, pixel: green }];
    await store("flagged", { ...size, ...tiled, subfileType: 2, pixel: red, pages });
    expect(await info("flagged;page=2")).toMatchObject({ width: 200, height: 150 });
    expect(await colorOf("flagged", "full/200,")).toEqual(red());
  });

  it("counts no masks and thumbnails", async () => {
    await store("masked", {
      ...{ ...size, ...tiled, pixel: red },
      extraPages: [
        { kind: "mask", ...size, position: "second" },
        { kind: "thumbnail", width: 90, height: 90, pixel: loud },
      ],
      pages: [{ ...size, ...tiled, pixel: green }],
    });
    expect(await colorOf("masked;page=2", "full/max")).toEqual(green());
    expect((await ask("/iiif/3/masked;page=3/info.json")).status).toBe(404);
  });

  it("of bilevel strips shows each page", async () => {
    const fax = { compression: "ccitt-g4", photometric: "MinIsWhite", bitsPerSample: 1, rowsPerStrip: 100 } as const;
    const ruled = (step: number) => (_: number, y: number) => [y % step === 0 ? 0 : 1];
    await store("fax", {
      ...{ ...size, ...fax, subfileType: 2, pixel: ruled(7) },
      pages: [{ ...size, ...fax, subfileType: 2, pixel: ruled(5) }],
    });
    const rows = async (identifier: string): Promise<number[]> => {
      const { samples } = await png(identifier, "0,0,1,12/max");
      return Array.from(samples, (sample, row) => (sample === 0 ? row : -1)).filter((row) => row >= 0);
    };
    expect(await rows("fax")).toEqual([0, 7]);
    expect(await rows("fax;page=2")).toEqual([0, 5, 10]);
  });
});

describe("a slide as scanners write it", () => {
  const slide: TiffOptions = {
    ...{ width: 800, height: 600, ...tiled, levelSubfileType: 0, pixel: red },
    levels: [
      { width: 200, height: 150 },
      { width: 50, height: 37 },
    ],
  };
  const label = { kind: "thumbnail", width: 80, height: 90, pixel: loud } as const;
  const macro = { kind: "macro", width: 256, height: 80, pixel: loud } as const;

  it.each([
    ["of its proportions", { width: 102, height: 77 }],
    ["of other proportions", { width: 102, height: 102 }],
  ])("has the levels in its chain, and neither label nor macro, behind a thumbnail %s", async (name, thumbnail) => {
    const key = `slide ${name}`.replaceAll(" ", "-");
    await store(key, {
      ...slide,
      extraPages: [{ kind: "unrelated", ...thumbnail, position: "second", pixel: loud }, label, macro],
    });
    expect(await info(key)).toMatchObject({ width: 800, height: 600 });
    const { sizes } = await info(key);
    expect(sizes.map(({ width }) => width)).toEqual([50, 100, 200, 400, 800]);
    // Of the level, whose height was rounded down, and not reckoned.
    expect(sizes[0]).toEqual({ width: 50, height: 37 });
    for (const width of [200, 150, 50, 40]) expect(await colorOf(key, `full/${width},`)).toEqual(red());
    expect(await tilesOf(key, "full/49,")).toBe(1);
  });

  it("is not drawn from a thumbnail that happens to have its proportions", async () => {
    await store("square-slide", {
      ...{ width: 512, height: 512, ...tiled, levels: [{ width: 128, height: 128 }], levelSubfileType: 0, pixel: red },
      extraPages: [
        { kind: "unrelated", width: 100, height: 100, position: "second", pixel: loud },
        { ...macro, width: 256, height: 80 },
      ],
    });
    expect(await colorOf("square-slide", "full/100,")).toEqual(red());
  });
});

describe("a suffix of the identifier", () => {
  beforeAll(async () => {
    const pages = [{ ...size, ...tiled, levels: 2, pixel: green }];
    const options = { ...size, ...tiled, levels: 2, pixel: red, pages };
    await store("suffixed", options);
    await store("masters/suffixed.tif", options);
  });

  it("stands in id and canonical link, and makes pages other pictures", async () => {
    expect((await info("suffixed;page=2")).id).toBe("https://images.example/iiif/3/suffixed;page=2");
    const [one, two] = [
      await ask("/iiif/3/suffixed/full/100,/0/default.png"),
      await ask("/iiif/3/suffixed;page=2/full/100,/0/default.png"),
    ];
    expect(two.headers.get("Link")).toContain("/iiif/3/suffixed;page=2/");
    expect(two.bytes).not.toEqual(one.bytes);
  });

  it("may be escaped", async () => {
    expect(await info("suffixed%3Bpage%3D2")).toMatchObject(size);
    expect(await colorOf("suffixed%3Bpage=2", "full/50,")).toEqual(green());
  });

  it("is not part of the key", async () => {
    const answer = await ask("/iiif/3/suffixed;page=2/full/60,/0/default.png", {
      env: { KEY_TEMPLATE: "masters/{identifier}.tif" },
    });
    expect([...(await readPng(answer.bytes)).samples.subarray(0, 3)]).toEqual(green());
  });

  it.each(["0", "01", "-1", "2.5", "two", "", "123456"])(
    "that is no number is part of the name: %s",
    async (number) => {
      expect((await ask(`/iiif/3/suffixed;page=${number}/info.json`)).status).toBe(404);
    },
  );

  it("with nothing in front of it is a name, as any other", async () => {
    expect((await ask("/iiif/3/;page=2/info.json")).status).toBe(404);
  });

  it("may be another one", async () => {
    const asking = { env: { PAGE_SUFFIX: ":p" } };
    const answer = await ask("/iiif/3/suffixed:p2/full/70,/0/default.png", asking);
    expect([...(await readPng(answer.bytes)).samples.subarray(0, 3)]).toEqual(green());
    expect((await ask("/iiif/3/suffixed;page=2/info.json", asking)).status).toBe(404);
  });

  it("that is empty chooses no page: the whole identifier names a master", async () => {
    const asking = { env: { PAGE_SUFFIX: "" } };
    expect((await ask("/iiif/3/suffixed;page=2/info.json", asking)).status).toBe(404);
    await store("odd;page=2", { ...size, ...tiled, pixel: blue });
    const answer = await ask("/iiif/3/odd;page=2/full/80,/0/default.png", asking);
    expect([...(await readPng(answer.bytes)).samples.subarray(0, 3)]).toEqual(blue());
  });

  it("works in version 2.1 too", async () => {
    const { text } = await ask("/iiif/2/suffixed;page=2/info.json");
    expect(JSON.parse(text)).toMatchObject({ "@id": "https://images.example/iiif/2/suffixed;page=2", ...size });
  });
});
