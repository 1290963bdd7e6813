import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { readExifTags } from "../support/exif-tags.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { ascii, makeExif, rational, short } from "../support/make-exif.ts";
import { makeIptc } from "../support/make-iptc.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { makeXmp } from "../support/make-xmp.ts";
import { describeBySharp, encodeBySharp, type ReadImage } from "../support/oracle.ts";
import { drawPicture, type Picture } from "../support/picture.ts";
import { ask } from "../support/service.ts";
import type { Field } from "../support/tiff-directory.ts";

const size = { width: 256, height: 192 } as const;
const licence = "http://creativecommons.org/licenses/by/4.0/";
const xmp = makeXmp(
  `<dc:creator><rdf:Seq><rdf:li>Ada Painter</rdf:li></rdf:Seq></dc:creator>
   <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">The Museum of Tests</rdf:li></rdf:Alt></dc:rights>
   <photoshop:Credit>The Archive of Tests</photoshop:Credit>
   <cc:license rdf:resource="https://creativecommons.org/licenses/by/4.0/"/>
   <exif:GPSLatitude>48,12.5N</exif:GPSLatitude>`,
  `tiff:Orientation="6"`,
);
const text = (tag: number, value: string): Field => ({
  ...{ tag, type: "ASCII" },
  values: [...new TextEncoder().encode(`${value}\0`)],
});
const fraction = (tag: number, value: number): Field => ({ tag, type: "RATIONAL", values: [value, 1] });
const resolution: readonly Field[] = [fraction(282, 300), fraction(283, 300), { tag: 296, type: "SHORT", values: [2] }];
const tiled = {
  ...{ ...size, tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] },
  encodeTile: encodeTestTile,
} as const satisfies TiffOptions;
const tagged: TiffOptions = {
  ...tiled,
  xmp,
  fields: [
    text(271, "Scanner of Tests"),
    text(315, "Ada Painter"),
    text(33_432, "The Museum of Tests"),
    ...resolution,
    {
      tag: 33_723,
      type: "UNDEFINED",
      values: [
        ...makeIptc([
          [2, 90, "Vienna"],
          [2, 116, "The Museum of Tests"],
        ]),
      ],
    },
  ],
  privateDirectories: [
    { tag: 34_665, fields: [text(36_867, "2024:01:01 12:00:00")] },
    { tag: 34_853, fields: [text(1, "N"), { tag: 2, type: "RATIONAL", values: [48, 1, 12, 1, 30, 1] }] },
  ],
};

/** Every way that a picture is made: the plan's strategy, and how much smaller it is. */
const ways = [
  ["copied as jpg", "64,64,64,64/64,/0/default.jpg", "copy", 1],
  ["drawn as jpg", "full/128,/0/default.jpg", "draw", 0.5],
  ["streamed as jpg", "full/^2560,/0/default.jpg", "stream", 10],
  ["drawn as png", "full/128,/0/default.png", "draw", 0.5],
  ["streamed as png", "full/^2560,/0/default.png", "stream", 10],
  ["turned as png", "full/128,/90/gray.png", "draw", 0.5],
  ["drawn as webp", "full/128,/0/default.webp", "draw", 0.5],
  ["copied as tif", "64,64,64,64/64,/0/default.tif", "copy", 1],
  ["drawn as tif", "full/128,/0/default.tif", "draw", 0.5],
  ["streamed as tif", "full/^2560,/0/bitonal.tif", "stream", 10],
] as const;

beforeAll(async () => {
  await env.MASTERS.put("tagged", await makeTiff(tagged));
  await env.MASTERS.put("bare", await makeTiff(tiled));
  await env.MASTERS.put("resolved", await makeTiff({ ...tiled, fields: resolution }));
});

async function get(path: string, policy: string): Promise<ReadImage & { readonly strategy: string | undefined }> {
  const answer = await ask(`/iiif/3/${path}`, { env: { KEEP_METADATA: policy } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const described = await describeBySharp(answer.bytes);
  // A TIFF has the directories of EXIF itself, which sharp does not tell of.
  const read = described.format === "tiff" ? { ...described, exif: exifOfTiff(answer.bytes) } : described;
  // Of a WebP sharp does not tell the resolution, which only its EXIF has.
  const density = read.format === "webp" && read.exif ? readExifTags(read.exif).image.get(282) : read.density;
  return { ...read, density: density as number, strategy: answer.timing.strategy };
}

/** Returns a TIFF as EXIF if it says anything but how it lies. */
function exifOfTiff(tiff: Uint8Array): Uint8Array | undefined {
  const { image, photo, position } = readExifTags(tiff);
  const isSaying = [271, 315, 33_432].some((tag) => image.has(tag)) || photo.size + position.size > 0;
  return isSaying ? tiff : undefined;
}

describe.each(ways)("a picture that is %s", (way, path, strategy, scale) => {
  it("says who made it and who has the rights, and nothing else, where `copyright` is kept", async () => {
    const read = await get(`tagged/${path}`, "copyright");
    expect(read.strategy).toBe(strategy);
    const { image, photo, position } = readExifTags(read.exif!);
    expect(image.get(315)).toBe("Ada Painter");
    expect(image.get(33_432)).toBe("The Museum of Tests");
    expect(image.get(274)).toBe(1);
    expect(image.has(271)).toBe(false);
    expect([photo.size, position.size]).toEqual([0, 0]);
    for (const words of ["Ada Painter", "The Museum of Tests", "The Archive of Tests", licence]) {
      expect(read.xmp).toContain(words);
    }
    expect(read.xmp).not.toMatch(/GPS|48,12/);
    expect(read.iptc).toBeUndefined();
  });

  it("says all that its master says, where `all` is kept, but lies upright", async () => {
    const read = await get(`tagged/${path}`, "all");
    const { image, photo, position } = readExifTags(read.exif!);
    expect([image.get(271), image.get(315), image.get(274)]).toEqual(["Scanner of Tests", "Ada Painter", 1]);
    expect(photo.get(36_867)).toBe("2024:01:01 12:00:00");
    expect([position.get(1), position.get(2)]).toEqual(["N", 48]);
    expect(read.xmp).toContain("48,12.5N");
    expect(read.xmp).toContain('tiff:Orientation="1"');
    expect(read.orientation ?? 1).toBe(1);
    // PNG and WebP have no place for IPTC.
    if (/jpg$|tif$/.test(path)) expect(new TextDecoder().decode(read.iptc)).toContain("Vienna");
  });

  it("says nothing where `none` is kept", async () => {
    const read = await get(`tagged/${path}`, "none");
    expect([read.exif, read.xmp, read.iptc]).toEqual([undefined, undefined, undefined]);
    // Without a unit a TIFF says that pixels are square; libvips takes it for a pixel a millimetre.
    expect([72, 25]).toContain(read.density ?? 72);
  });

  it("has the resolution of its master, as much smaller as it is itself", async () => {
    for (const name of ["tagged", "resolved"]) {
      for (const policy of ["copyright", "all"]) {
        expect((await get(`${name}/${path}`, policy)).density, `${way} ${name} ${policy}`).toBe(300 * scale);
      }
    }
  });

  it("of a master that says nothing says nothing", async () => {
    for (const policy of ["copyright", "all", "none"]) {
      const read = await get(`bare/${path}`, policy);
      expect([read.exif, read.xmp, read.iptc]).toEqual([undefined, undefined, undefined]);
    }
  });
});

describe("a copied tile of RGB, which has no JFIF header", () => {
  it("states its resolution in EXIF", async () => {
    const form = { ...tiled, photometric: "RGB", fields: resolution } as const;
    await env.MASTERS.put("rgb", await makeTiff({ ...form, encodeTile: encodeRgb }));
    const read = await get("rgb/64,64,64,64/64,/0/default.jpg", "copyright");
    expect(read).toMatchObject({ strategy: "copy", density: 300 });
    expect(readExifTags(read.exif!).image.get(282)).toBe(300);
  });
});

/** Encodes red, green and blue as they are. */
function encodeRgb({ width, height, samplesPerPixel, samples }: Picture): Uint8Array {
  const components = [0, 1, 2].map((sample) => ({
    ...{ horizontal: 1, vertical: 1 },
    sampleAt: (x: number, y: number) => samples[(y * width + x) * samplesPerPixel + sample]!,
  }));
  return writeJpeg({ width, height, components });
}

describe("a plain master that was taken somewhere", () => {
  beforeAll(async () => {
    const exif = makeExif({
      image: [ascii(315, "Ada Painter"), short(274, 6), rational(282, 300, 1), rational(283, 300, 1), short(296, 2)],
      photo: [ascii(36_867, "2024:01:01 12:00:00")],
      position: [ascii(1, "N"), rational(2, 48, 1, 12, 1, 0, 1)],
    });
    const picture = drawPicture({
      ...{ ...size, samplesPerPixel: 3, bitsPerSample: 8, sampleFormat: "unsigned" },
      pixel: (x, y) => [x, y, 90],
    });
    const jpeg = await encodeBySharp(picture, [["jpeg"]]);
    const segment = [0xff, 0xe1, (exif.length + 8) >> 8, (exif.length + 8) & 255];
    const signed = [...new TextEncoder().encode("Exif\0\0"), ...exif];
    await env.MASTERS.put("photo.jpg", Uint8Array.from([0xff, 0xd8, ...segment, ...signed, ...jpeg.subarray(2)]));
  });

  it.each(["jpg", "png", "webp", "tif"])(
    "says where only if all is kept, and is turned only once: %s",
    async (format) => {
      const path = `photo.jpg/full/96,/0/default.${format}`;
      const open = await get(path, "all");
      expect(open).toMatchObject({ width: 96, height: 128, density: 150 });
      expect(readExifTags(open.exif!).position.get(1)).toBe("N");
      expect(readExifTags(open.exif!).image.get(274)).toBe(1);
      const discreet = await get(path, "copyright");
      expect(discreet).toMatchObject({ width: 96, height: 128, density: 150 });
      expect(readExifTags(discreet.exif!).position.size).toBe(0);
      expect(readExifTags(discreet.exif!).photo.size).toBe(0);
      expect(readExifTags(discreet.exif!).image.get(315)).toBe("Ada Painter");
      const silent = await get(path, "none");
      expect(silent).toMatchObject({ width: 96, height: 128 });
      expect(silent.exif).toBeUndefined();
    },
  );
});

describe("the rights in info.json", () => {
  const info = async (name: string, version: number, policy = "copyright") =>
    JSON.parse((await ask(`/iiif/${version}/${name}/info.json`, { env: { KEEP_METADATA: policy } })).text);

  it("are the licence of the master, as each version calls it", async () => {
    expect(await info("tagged", 3)).toMatchObject({ rights: licence });
    expect(await info("tagged", 2)).toMatchObject({ license: licence });
    expect(await info("tagged", 3)).not.toHaveProperty("license");
    expect(await info("tagged", 2)).not.toHaveProperty("rights");
  });

  it("are those of the record of the image before those of the master", async () => {
    const rights = "http://rightsstatements.org/vocab/InC/1.0/";
    await env.MASTERS.put(
      "recorded",
      await makeTiff({ ...tiled, xmp: makeXmp("", `xmpRights:WebStatement="${licence}"`) }),
    );
    const record = { identifier: "recorded", rights, metadata: [], width: 1, height: 1 };
    await env.CATALOGUE.put("records/recorded.json", JSON.stringify(record));
    expect((await info("recorded", 3)).rights).toBe(rights);
    expect((await info("recorded", 2)).license).toBe(rights);
  });

  it("are the licence where its record has the address of the page of one, as earlier versions stored it", async () => {
    await env.MASTERS.put("paged", await makeTiff(tiled));
    const rights = "https://creativecommons.org/licenses/by/4.0/deed.en";
    const record = { identifier: "paged", rights, metadata: [], width: 1, height: 1 };
    await env.CATALOGUE.put("records/paged.json", JSON.stringify(record));
    expect((await info("paged", 3)).rights).toBe("http://creativecommons.org/licenses/by/4.0/");
  });

  it("do not hang on what pictures keep", async () => {
    for (const policy of ["all", "none"]) expect((await info("tagged", 3, policy)).rights).toBe(licence);
  });

  it("may be a statement of RightsStatements.org", async () => {
    const statement = "http://rightsstatements.org/vocab/NoC-NC/1.0/";
    const packet = makeXmp("", `xmpRights:WebStatement="${statement}"`);
    await env.MASTERS.put("stated", await makeTiff({ ...tiled, xmp: packet }));
    expect((await info("stated", 3)).rights).toBe(statement);
  });

  it("are left out where the master names no such licence", async () => {
    const packet = makeXmp("", `xmpRights:WebStatement="https://museum.example/terms"`);
    await env.MASTERS.put("unstated", await makeTiff({ ...tiled, xmp: packet }));
    for (const name of ["unstated", "bare"]) expect(await info(name, 3)).not.toHaveProperty("rights");
  });
});

describe("metadata that is broken", () => {
  it("costs a master its words and not its place", async () => {
    const broken = { ...tiled, xmp: "<x:xmpmeta><rdf:RDF", fields: [text(315, "Ada Painter")] };
    const overrides = [{ directory: 0, tag: 33_723, type: "UNDEFINED", values: [1], count: 60_000 }] as const;
    await env.MASTERS.put("broken", await makeTiff({ ...broken, overrides }));
    for (const policy of ["all", "copyright"]) {
      const read = await get("broken/full/128,/0/default.jpg", policy);
      expect(readExifTags(read.exif!).image.get(315)).toBe("Ada Painter");
    }
  });
});
