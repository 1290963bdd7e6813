import { describe, expect, it } from "vitest";
import { keepMetadata, resolutionExif } from "../../../src/metadata/kept-metadata.ts";
import { metadataOfBlocks } from "../../../src/metadata/read.ts";
import { ascii, makeExif, rational } from "../../support/make-exif.ts";
import { makeIptc } from "../../support/make-iptc.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("latin1");

async function readMaster() {
  return metadataOfBlocks({
    exif: makeExif({
      image: [ascii(271, "Scanner"), ascii(315, "A. Painter"), ascii(33432, "The Museum"), rational(282, 300, 1)],
      photo: [ascii(36867, "2024:01:01 00:00:00")],
      position: [ascii(1, "N"), rational(2, 48, 1, 12, 1, 0, 1)],
    }),
    xmp: utf8(makeXmp("<exif:GPSLatitude>48,12N</exif:GPSLatitude>", `photoshop:Credit="The Archive"`)),
    iptc: makeIptc([[2, 90, "Vienna"]]),
  });
}

describe("keepMetadata", () => {
  it("keeps nothing under `none`, not even the resolution", async () => {
    expect(keepMetadata(await readMaster(), "none")).toEqual({});
  });

  it("keeps every block under `all`, with where the picture was taken", async () => {
    const metadata = await readMaster();
    const kept = keepMetadata(metadata, "all");
    expect(kept).toEqual({ exif: metadata.exif, xmp: metadata.xmp, iptc: metadata.iptc, dotsPerInch: 300 });
    expect(text(kept.xmp)).toContain("48,12N");
    const again = await metadataOfBlocks({ exif: kept.exif! });
    expect(again.exif).toEqual(metadata.exif);
  });

  it("writes who made the picture and who has the rights under `copyright`, and nothing else", async () => {
    const { exif, xmp, iptc, dotsPerInch } = keepMetadata(await readMaster(), "copyright");
    expect(text(exif)).toMatch(/A\. Painter\0.*The Museum\0/s);
    expect(text(exif)).not.toMatch(/Scanner|2024/);
    expect(text(xmp)).toContain("The Archive");
    expect(text(xmp)).not.toMatch(/GPS|48,12/);
    expect(iptc).toBeUndefined();
    expect(dotsPerInch).toBe(300);
    const again = await metadataOfBlocks({ exif, xmp });
    expect(again).toMatchObject({ artist: "A. Painter", copyright: "The Museum", credit: "The Archive" });
  });

  it("writes no block under `copyright` where nothing is known", () => {
    expect(keepMetadata({ dotsPerInch: 72 }, "copyright")).toEqual({
      exif: undefined,
      xmp: undefined,
      dotsPerInch: 72,
    });
    expect(keepMetadata({ credit: "The Archive" }, "copyright").exif).toBeUndefined();
  });

  it.each(["all", "copyright"] as const)(
    "scales the resolution with the picture under `%s`, in EXIF too",
    async (policy) => {
      const metadata = await readMaster();
      const kept = keepMetadata(metadata, policy, 0.25);
      expect(kept.dotsPerInch).toBe(75);
      expect((await metadataOfBlocks({ exif: kept.exif })).dotsPerInch).toBe(75);
      expect(metadata.dotsPerInch).toBe(300);
      expect((await metadataOfBlocks({ exif: metadata.exif })).dotsPerInch).toBe(300);
    },
  );

  it("states no resolution that JFIF has no place for", async () => {
    const metadata = await readMaster();
    expect(keepMetadata(metadata, "all", 1 / 400).dotsPerInch).toBeUndefined();
    expect(keepMetadata(metadata, "all", 300).dotsPerInch).toBeUndefined();
  });

  it("keeps the texts of IPTC as XMP, for the formats that have no place for it", async () => {
    const metadata = await metadataOfBlocks({ iptc: makeIptc([[2, 116, "The Museum"]]) });
    expect((await metadataOfBlocks({ xmp: keepMetadata(metadata, "all").xmp })).copyright).toBe("The Museum");
  });
});

describe("resolutionExif", () => {
  it("states the resolution and nothing else but that the picture is upright", async () => {
    const exif = resolutionExif(72.5);
    expect(await metadataOfBlocks({ exif })).toMatchObject({ dotsPerInch: 72.5, orientation: 1 });
  });
});
