import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { findRefusal } from "../../../src/check/refusal.ts";
import { largerRequests, thumbnailRequest, tileRequest } from "../../../src/check/viewer-requests.ts";
import { maxMetadataCharacters, maxProfileBytes, maxRecordHeadBytes, maxSidePixels } from "../../../src/limits.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { formatKeptMaster, type KeptMaster, keptBytes, parseKeptMaster } from "../../../src/masters/kept-index.ts";
import { formatExif, textValue } from "../../../src/metadata/exif-writer.ts";
import { keepMetadata } from "../../../src/metadata/kept-metadata.ts";
import { planRender } from "../../../src/render/plan.ts";
import { formatHead } from "../../../src/serial/head.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { mutateBytes } from "../../fuzz/mutation.ts";
import { codeOf } from "../../support/code-of.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { gammaTag, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import { openRandom, type Random } from "../../support/random.ts";

const iccProfile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
const plain: TiffOptions = { width: 100, height: 80, tile: 32, levels: 2 };
const full: TiffOptions = {
  ...{ ...plain, samplesPerPixel: 4, iccProfile, xmp: makeXmp("", 'photoshop:Credit="The Archive"') },
  fields: [{ tag: 315, type: "ASCII", values: [...new TextEncoder().encode("Ada Painter\0")] }],
};

async function keptOf(options: TiffOptions): Promise<KeptMaster> {
  return keptOfFile(await makeTiff(options));
}

async function keptOfFile(file: Uint8Array): Promise<KeptMaster> {
  const prefix = file.subarray(0, prefixBytes);
  const { pyramid, profile, metadata } = await openImage({ source: memorySource(file), prefix, policy: "all" });
  const image = { pyramid, profile, metadata };
  return { version: "etag-1", size: file.byteLength, checkedAt: 1_700_000_000, image };
}

/** What is undefined is left out of a record. */
const said = (kept: KeptMaster | undefined): unknown => kept && JSON.parse(JSON.stringify(kept));

/** The same master with places as a file of more than 4 GiB has them. */
function wide(kept: KeptMaster): KeptMaster {
  const levels = kept.image.pyramid.levels.map((level) => ({
    ...level,
    offsets: Float64Array.from(level.offsets),
    byteCounts: Float64Array.from(level.byteCounts),
  }));
  const pyramid = { ...kept.image.pyramid, levels: levels as unknown as KeptMaster["image"]["pyramid"]["levels"] };
  return { ...kept, image: { ...kept.image, pyramid } };
}

describe("the record of a master", () => {
  it.each([
    ["with a profile and blocks of metadata", full],
    ["with nothing but its pyramid", plain],
    ["of floats", { ...plain, bitsPerSample: 32, sampleFormat: "float", sampleRange: [-3, 7] } as const],
    ["of a palette", { ...plain, photometric: "Palette", colorMap: Array<number>(768).fill(300) } as const],
    ["of strips", { width: 100, height: 80, rowsPerStrip: 20 }],
  ])("is read as it was written: %s", async (_, options) => {
    const kept = await keptOf(options);
    const read = parseKeptMaster(formatKeptMaster(kept)!);
    expect(said(read)).toEqual(said(kept));
    expect(read?.image.profile).toEqual(kept.image.profile);
    expect(read?.image.metadata.xmp).toEqual(kept.image.metadata.xmp);
    expect(read?.image.pyramid.levels[0].offsets).toEqual(kept.image.pyramid.levels[0].offsets);
  });

  it("keeps what a master says and its blocks apart", async () => {
    const kept = await keptOf(full);
    const exif = formatExif(
      { isLittleEndian: true, image: [textValue(315, "Ada Painter")], photo: [], position: [] },
      300,
    );
    const iptc = Uint8Array.of(28, 2, 90, 0, 1, 65);
    const both = { ...kept, image: { ...kept.image, metadata: { ...kept.image.metadata, exif, iptc } } };
    const { metadata, profile } = parseKeptMaster(formatKeptMaster(both)!)!.image;
    expect([metadata.exif, metadata.iptc, profile]).toEqual([exif, iptc, iccProfile]);
    expect(metadata.artist).toBe("Ada Painter");
  });

  it("that is cut off, of another shape or noise is none", async () => {
    const record = formatKeptMaster(await keptOf(full))!;
    for (const length of [0, 3, 4, 20, 200]) expect(parseKeptMaster(record.subarray(0, length))).toBeUndefined();
    const other = record.slice();
    const place = new TextDecoder("latin1").decode(other).indexOf('"record":') + '"record":'.length;
    other[place] = "0".charCodeAt(0);
    expect(parseKeptMaster(other)).toBeUndefined();
    const random = openRandom(5);
    for (let round = 0; round < 200; round += 1) {
      const noise = Uint8Array.from({ length: random.integer(0, 300) }, () => random.integer(0, 255));
      expect(parseKeptMaster(noise)).toBeUndefined();
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

/** A record's head as JSON, and what follows it: first that of the master, then that of its pyramid. */
function headsOf(record: Uint8Array) {
  const read = (bytes: Uint8Array) => {
    const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return { head: JSON.parse(new TextDecoder().decode(bytes.subarray(4, end))), rest: bytes.subarray(end) };
  };
  const master = read(record);
  const blockBytes = Object.values<number>(master.head.blockBytes).reduce((sum, length) => sum + length, 0);
  const pyramid = read(master.rest.subarray(blockBytes));
  return {
    master: master.head,
    blocks: master.rest.subarray(0, blockBytes),
    pyramid: pyramid.head,
    body: pyramid.rest,
  };
}

type Heads = Pick<ReturnType<typeof headsOf>, "master" | "pyramid">;

/** Returns a record with other heads, their lengths right, and `body` in place of its arrays. */
function patch(record: Uint8Array, change: (heads: Heads) => void, body?: Uint8Array): Uint8Array {
  const heads = headsOf(record);
  change(heads);
  return concatenate([formatHead(heads.master), heads.blocks, formatHead(heads.pyramid), body ?? heads.body]);
}

describe("a record that says what no file does", () => {
  const palette: TiffOptions = { ...plain, photometric: "Palette", colorMap: Array<number>(768).fill(300) };

  it("is one for as long as nothing is changed", async () => {
    const record = formatKeptMaster(await keptOf(full))!;
    expect(patch(record, () => undefined)).toEqual(record);
  });

  const level = (change: Record<string, unknown>, index = 0) => ({
    change: ({ pyramid }: Heads) => Object.assign(pyramid.levels[index], change),
  });
  const encoding = (change: Record<string, unknown>) => ({
    change: ({ pyramid }: Heads) => Object.assign(pyramid.levels[0].encoding, change),
  });
  const layout = (change: Record<string, unknown>) => ({
    change: ({ pyramid }: Heads) => Object.assign(pyramid.levels[0].encoding.layout, change),
  });
  const master = (change: Record<string, unknown>) => ({
    change: ({ master: head }: Heads) => Object.assign(head, change),
  });
  const metadata = (change: Record<string, unknown>) => ({
    change: ({ master: head }: Heads) => Object.assign(head.metadata, change),
  });

  it.each<[string, { readonly change: (heads: Heads) => void }]>([
    ["a version that is no text", master({ version: 5 })],
    ["a version that is empty", master({ version: "" })],
    ["a size that is negative", master({ size: -1 })],
    ["a size that is no whole number", master({ size: 5e20 })],
    ["a file too small for its tiles", master({ size: 5000 })],
    ["a time that is none", master({ checkedAt: null })],
    ["a time before 1970", master({ checkedAt: -5 })],
    ["no metadata", master({ metadata: null })],
    ["blocks without lengths", master({ blockBytes: {} })],
    ["a text that is none", metadata({ artist: { toString: 1 } })],
    ["a text that is too long", metadata({ credit: "x".repeat(maxMetadataCharacters + 1) })],
    ["a text of several lines", metadata({ credit: "a\nb" })],
    ["an address that is none", metadata({ webStatement: "javascript:alert(1)" })],
    ["a licence that is none", metadata({ rightsUri: "https://example.org/" })],
    ["a resolution without sense", metadata({ dotsPerInch: 1e9 })],
    ["a profile above its limit", { change: ({ master: head }) => (head.blockBytes.profile = maxProfileBytes + 1) }],
    ["an orientation of 9", { change: ({ pyramid }) => (pyramid.orientation = 9) }],
    ["no level", { change: ({ pyramid }) => (pyramid.levels = []) }],
    ["levels that are no list", { change: ({ pyramid }) => (pyramid.levels = { length: 1 }) }],
    ["a level that is null", { change: ({ pyramid }) => (pyramid.levels[1] = null) }],
    ["levels the other way round", { change: ({ pyramid }) => pyramid.levels.reverse() }],
    ["the same level twice", { change: ({ pyramid }) => (pyramid.levels[1] = pyramid.levels[0]) }],
    ["a side of 0", level({ width: 0 })],
    ["a side past the limit", level({ width: maxSidePixels + 1 })],
    ["a side that is a fraction", level({ width: 99.5 })],
    ["a level of other proportions", level({ width: 40, tileWidth: 64 }, 1)],
    ["more tiles than the record has", level({ width: 1000, height: 1000 })],
    ["tiles past all limits", level({ width: maxSidePixels, height: maxSidePixels, tileWidth: 1, tileLength: 1 })],
    ["tiles of no pixels", level({ tileWidth: 0 })],
    ["tiles that are too large", level({ tileWidth: 4096, tileLength: 4096 })],
    ["strips narrower than the image", level({ isStripped: true })],
    ["tables that are not there", level({ tableBytes: 9 })],
    ["an unknown compression", encoding({ compression: "brotli" })],
    ["what only PNG files have", encoding({ compression: "png" })],
    ["an unknown colour model", encoding({ model: "toString" })],
    ["a palette that is missing", encoding({ model: "palette" })],
    ["a predictor that is not read", encoding({ predictor: "float" })],
    ["fax options of no fax", encoding({ ccitt: { isTwoDimensional: true, isByteAligned: true } })],
    ["subsampled RGB", encoding({ subsampling: { x: 2, y: 2 } })],
    ["chroma by thirds", encoding({ subsampling: { x: 3, y: 1 } })],
    ["a progressive Deflate", encoding({ isProgressive: true })],
    ["one scan of Deflate", encoding({ isOneScan: true })],
    ["a flag that is a number", encoding({ isInverted: 1 })],
    ["3 bits a sample", layout({ bits: 3 })],
    ["integers of 64 bits", layout({ bits: 64 })],
    ["2 samples of 3 colours", layout({ samplesPerPixel: 2 })],
    ["17 samples", layout({ samplesPerPixel: 17 })],
    ["opacity where a colour is", layout({ alpha: { sample: 0, isAssociated: true } })],
    ["opacity past all samples", layout({ alpha: { sample: 9, isAssociated: true } })],
    ["floating point from 1 to 1", layout({ format: "float", bits: 32, range: { least: 1, most: 1 } })],
  ])("is none: %s", async (_, { change }) => {
    expect(parseKeptMaster(patch(formatKeptMaster(await keptOf(full))!, change))).toBeUndefined();
  });

  it("is none where its palette is no palette, and where its head is endless", async () => {
    const record = formatKeptMaster(await keptOf(palette))!;
    expect(parseKeptMaster(record)).toBeDefined();
    const shorter = ({ pyramid }: Heads) => (pyramid.levels[0].paletteBytes -= 1);
    expect(parseKeptMaster(patch(record, shorter, headsOf(record).body.slice(1)))).toBeUndefined();
    const padded = ({ master: head }: Heads) => (head.more = "x".repeat(maxRecordHeadBytes));
    expect(parseKeptMaster(patch(record, padded))).toBeUndefined();
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e6])(
    "is none with a tile at %d",
    async (offset) => {
      const kept = wide(await keptOf(full));
      const good = formatKeptMaster(kept)!;
      expect(parseKeptMaster(good)).toBeDefined();
      kept.image.pyramid.levels[1]!.offsets[1] = offset;
      expect(formatKeptMaster(kept)).toBeUndefined();
      const body = headsOf(good).body.slice();
      // The last of the arrays: the byte counts of the smallest level.
      new DataView(body.buffer).setFloat64(body.byteLength - 8, offset, true);
      expect(parseKeptMaster(patch(good, () => undefined, body))).toBeUndefined();
    },
  );

  it.each([
    ["broken", 36, "acxp"],
    ["of another colour space", 16, "GRAY"],
  ])("is none with a profile that is %s", async (_, place, signature) => {
    const record = formatKeptMaster(await keptOf(full))!;
    const profileStart = new TextDecoder("latin1").decode(record).indexOf("acsp") - 36;
    expect(profileStart).toBeGreaterThan(0);
    record.set(new TextEncoder().encode(signature), profileStart + place);
    expect(parseKeptMaster(record)).toBeUndefined();
  });

  it("keeps nothing that it does not know", async () => {
    const kept = await keptOf(full);
    const more = ({ master: head, pyramid }: Heads) => {
      head.secret = head.metadata.secret = pyramid.secret = pyramid.levels[0].secret = 1;
      pyramid.levels[0].encoding.secret = pyramid.levels[0].encoding.layout.secret = 1;
    };
    expect(said(parseKeptMaster(patch(formatKeptMaster(kept)!, more)))).toEqual(said(kept));
  });
});

describe("a record that is damaged", () => {
  const style = { qualities: { jpeg: 85, webp: 80 }, colorProfile: "convert", keepMetadata: "none" } as const;
  const facts = ({ size, image }: KeptMaster) => ({ sourceSize: size, isProfiled: image.profile !== undefined });

  /** Plans what viewers ask for. Throws whatever is no refusal. */
  function planAll(kept: KeptMaster): void {
    const { pyramid } = kept.image;
    const tiles = pyramid.levels.map((level) => tileRequest(pyramid, level));
    for (const { request } of [...tiles, thumbnailRequest(pyramid), ...largerRequests(pyramid)]) {
      for (const format of ["jpg", "png"] as const)
        codeOf(() => planRender({ ...request, format }, pyramid, facts(kept)));
    }
    const source = { size: kept.size, version: kept.version, read: () => Promise.reject(new Error("nothing is read")) };
    findRefusal({ ...kept.image, source }, style);
    keepMetadata(kept.image.metadata, "all", 0.5);
    keepMetadata(kept.image.metadata, "copyright", 0.5);
  }

  it("is a miss, or a master that can be planned and takes no more than its bytes, in 20,000 rounds", {
    tags: "slow",
  }, async () => {
    const random = openRandom(11);
    const jpeg = {
      compression: "jpeg",
      photometric: "YCbCr",
      jpegTables: "shared",
      ycbcrSubsampling: [1, 1],
      encodeTile: encodeTestTile,
    } as const;
    const image = { image: [textValue(315, "Ada Painter")], photo: [], position: [] };
    const exif = formatExif({ isLittleEndian: true, ...image }, 300);
    const forms: readonly TiffOptions[] = [
      full,
      { ...plain, photometric: "Palette", colorMap: Array<number>(768).fill(300) },
      { ...plain, bitsPerSample: 32, sampleFormat: "float", sampleRange: [-3, 7], planarConfiguration: 2 },
      { width: 300, height: 280, tile: 64, levels: 3, ...jpeg },
      { width: 100, height: 80, rowsPerStrip: 20, compression: "lzw", orientation: 6 },
    ];
    const masters = await Promise.all(forms.map(keptOf));
    const records = masters.map((kept) => {
      const withExif = { ...kept.image, metadata: { ...kept.image.metadata, exif } };
      return formatKeptMaster({ ...kept, image: withExif })!;
    });
    const found = { misses: 0, masters: 0 };
    for (let round = 0; round < 20_000; round++) {
      const record = random.pick(records);
      const damaged = round % 2 === 0 ? mutateBytes(random, record, { others: records }) : changeDigits(random, record);
      const kept = parseKeptMaster(damaged);
      if (kept === undefined) {
        found.misses += 1;
        continue;
      }
      found.masters += 1;
      expect(keptBytes(kept)).toBeLessThan(damaged.byteLength + 4096);
      planAll(kept);
    }
    expect(found.misses).toBeGreaterThan(5000);
    expect(found.masters).toBeGreaterThan(1000);
  });
});

/** Changes digits of the heads, so that they stay JSON. */
function changeDigits(random: Random, record: Uint8Array): Uint8Array {
  const changed = record.slice();
  const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  for (let rest = random.integer(1, 3); rest > 0; rest--) {
    let at = random.integer(4, Math.min(3000, changed.length - 1));
    while (at < changed.length && !isDigit(changed[at])) at += 1;
    if (at < changed.length) changed[at] = random.integer(0x30, 0x39);
  }
  return changed;
}
