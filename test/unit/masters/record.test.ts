import { describe, expect, it } from "vitest";
import { openImage } from "../../../src/masters/describe.ts";
import { formatMasterRecord, type KeptMaster, keptBytes, parseMasterRecord } from "../../../src/masters/record.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { ascii, makeExif } from "../../support/make-exif.ts";
import { gammaTag, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import { openRandom } from "../../support/random.ts";

const iccProfile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
const plain: TiffOptions = { width: 100, height: 80, tile: 32, levels: 2 };
const full: TiffOptions = {
  ...{ ...plain, samplesPerPixel: 4, iccProfile, xmp: makeXmp("", 'photoshop:Credit="The Archive"') },
  fields: [{ tag: 315, type: "ASCII", values: [...new TextEncoder().encode("Ada Painter\0")] }],
};

async function keptOf(options: TiffOptions): Promise<KeptMaster> {
  const file = await makeTiff(options);
  const image = await openImage({
    ...{ source: memorySource(file), prefix: file.subarray(0, 32_768), page: 1, keepsBlocks: true },
    warn: () => undefined,
  });
  return { version: "etag-1", size: file.byteLength, checkedAt: 1_700_000_000, image };
}

/** What is undefined is left out of a record. */
const said = (kept: KeptMaster | undefined): unknown => kept && JSON.parse(JSON.stringify(kept));

describe("the record of a master", () => {
  it.each([
    ["with a profile and blocks of metadata", full],
    ["with nothing but its pyramid", plain],
    ["of floats", { ...plain, bitsPerSample: 32, sampleFormat: "float", sampleRange: [-3, 7] } as const],
    ["of a palette", { ...plain, photometric: "Palette", colorMap: Array<number>(768).fill(300) } as const],
    ["of strips", { width: 100, height: 80, rowsPerStrip: 20 }],
  ])("is read as it was written: %s", async (_, options) => {
    const kept = await keptOf(options);
    const read = parseMasterRecord(formatMasterRecord(kept));
    expect(said(read)).toEqual(said(kept));
    expect(read?.image.profile).toEqual(kept.image.profile);
    expect(read?.image.metadata.xmp).toEqual(kept.image.metadata.xmp);
    expect(read?.image.pyramid.levels[0].offsets).toEqual(kept.image.pyramid.levels[0].offsets);
  });

  it("keeps what a master says and its blocks apart", async () => {
    const kept = await keptOf(full);
    const exif = makeExif({ image: [ascii(315, "Ada Painter")] });
    const iptc = Uint8Array.of(28, 2, 90, 0, 1, 65);
    const both = { ...kept, image: { ...kept.image, metadata: { ...kept.image.metadata, exif, iptc } } };
    const { metadata, profile } = parseMasterRecord(formatMasterRecord(both))!.image;
    expect([metadata.exif, metadata.iptc, profile]).toEqual([exif, iptc, iccProfile]);
    expect(metadata.artist).toBe("Ada Painter");
  });

  it("that is cut off, of another shape or noise is none", async () => {
    const record = formatMasterRecord(await keptOf(full));
    for (const length of [0, 3, 4, 20, 200]) expect(parseMasterRecord(record.subarray(0, length))).toBeUndefined();
    const other = record.slice();
    const place = new TextDecoder("latin1").decode(other).indexOf('"record":') + '"record":'.length;
    other[place] = "0".charCodeAt(0);
    expect(parseMasterRecord(other)).toBeUndefined();
    const random = openRandom(5);
    for (let round = 0; round < 200; round += 1) {
      const noise = Uint8Array.from({ length: random.integer(0, 300) }, () => random.integer(0, 255));
      expect(parseMasterRecord(noise)).toBeUndefined();
    }
  });

  it("is said to take at least what its blocks and tile index do", async () => {
    const kept = await keptOf(full);
    const { profile, metadata } = kept.image;
    const index = kept.image.pyramid.levels.reduce((sum, { offsets }) => sum + 16 * offsets.length, 0);
    const blocks = (profile?.byteLength ?? 0) + (metadata.xmp?.byteLength ?? 0);
    expect(keptBytes(kept)).toBeGreaterThanOrEqual(index + blocks);
  });
});
