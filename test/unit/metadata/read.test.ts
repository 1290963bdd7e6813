import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import {
  maxExifBytes,
  maxExifValueBytes,
  maxMetadataBlockBytes,
  maxMetadataReadBytes,
  maxMetadataReads,
} from "../../../src/limits.ts";
import type { Metadata, MetadataPolicy } from "../../../src/metadata/metadata.ts";
import { metadataOfBlocks, readMetadata } from "../../../src/metadata/read.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectory } from "../../../src/tiff/directory.ts";
import { fieldsOf } from "../../../src/tiff/fields.ts";
import { readHeader } from "../../../src/tiff/header.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { ascii, block, type ExifOptions, long, makeExif, rational, short } from "../../support/make-exif.ts";
import { makeIptc, makeResources } from "../../support/make-iptc.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";

async function readFrom(source: ByteSource, policy?: MetadataPolicy): Promise<Metadata> {
  const header = await readHeader(source);
  return readMetadata(fieldsOf(source, header, await readDirectory(source, header, header.firstDirectory)), policy);
}

const read = (options: ExifOptions, policy?: MetadataPolicy): Promise<Metadata> =>
  readFrom(memorySource(makeExif(options)), policy);

/** What another reader finds in a directory of EXIF. */
async function fieldsIn(exif: Uint8Array | undefined, offset = 8): Promise<Record<string, unknown>> {
  const tiff = await fromArrayBuffer(exif!.slice().buffer as ArrayBuffer);
  await tiff.requestIFD(0);
  return (await tiff.parser.parseFileDirectoryAt(offset)).toObject();
}

const xmpOf = (text: string): Uint8Array => utf8(makeXmp(`<dc:rights>${text}</dc:rights>`));
const iptc = makeIptc([
  [2, 80, "IPTC artist"],
  [2, 110, "IPTC credit"],
  [2, 116, "IPTC notice"],
]);

describe("readMetadata", () => {
  it.each([
    ["little", false],
    ["big", false],
    ["little", true],
    ["big", true],
  ] as const)("reads a %s-endian file, BigTIFF %s", async (byteOrder, bigTiff) => {
    const metadata = await read({
      byteOrder,
      bigTiff,
      image: [
        ascii(315, "A. Painter"),
        ascii(33432, "© The Museum"),
        rational(282, 300, 1),
        rational(283, 300, 1),
        short(296, 2),
        block(700, xmpOf("Other notice"), 1),
        block(33723, iptc),
      ],
      photo: [rational(33434, 1, 125)],
      position: [rational(6, 1712, 10)],
    });
    expect(metadata).toMatchObject({ artist: "A. Painter", copyright: "© The Museum", credit: "IPTC credit" });
    expect(metadata).toMatchObject({ dotsPerInch: 300, iptc });
    const fields = await fieldsIn(metadata.exif);
    expect(fields).toMatchObject({ Artist: "A. Painter\0", Orientation: 1, ResolutionUnit: 2 });
    expect(await fieldsIn(metadata.exif, fields["Exif IFD"] as number)).toHaveProperty("ExposureTime");
    const position = await fieldsIn(metadata.exif, fields.Tag34853 as number);
    expect(position.Tag6).toEqual(Uint32Array.of(1712, 10));
  });

  it("asks EXIF first, then XMP, then IPTC", async () => {
    const image = [block(700, xmpOf("XMP notice")), block(33723, iptc)];
    expect(await read({ image })).toMatchObject({ copyright: "XMP notice", artist: "IPTC artist" });
    const withTag = [...image, ascii(33432, "Notice")];
    expect(await read({ image: withTag })).toMatchObject({ copyright: "Notice" });
  });

  it("finds IPTC in image resources where it has no tag of its own", async () => {
    const resources = makeResources([
      [0x03ed, "", new Uint8Array(16)],
      [0x0404, "", iptc],
    ]);
    expect(await read({ image: [block(34377, resources)] })).toMatchObject({ artist: "IPTC artist", iptc });
  });

  it("takes texts and resolution alone, in one read, unless all is asked for", async () => {
    const image = [ascii(271, "Scanner"), ascii(315, "A. Painter"), rational(282, 300, 1), block(700, xmpOf("Notice"))];
    const counts = { reads: 0, bytes: 0 };
    const source = countReads(memorySource(makeExif({ image, photo: [rational(33434, 1, 125)] })), counts);
    const metadata = await readFrom(source, "copyright");
    expect(metadata).toMatchObject({ artist: "A. Painter", copyright: "Notice", dotsPerInch: 300 });
    expect(metadata).not.toHaveProperty("exif");
    expect(metadata).not.toHaveProperty("xmp");
    // Three for the header and the directory.
    expect(counts.reads).toBe(4);
  });

  it("reads nothing of a file that has no metadata", async () => {
    const counts = { reads: 0, bytes: 0 };
    const metadata = await readFrom(countReads(memorySource(makeExif({ image: [long(256, 1)] })), counts));
    expect(Object.values(metadata).every((value) => value === undefined)).toBe(true);
    expect(counts.reads).toBe(3);
  });

  it("makes no more reads than the limit for values that are far apart, and leaves out the rest", async () => {
    const tags = [269, 270, 271, 272, 285, 305, 306, 315, 316, 33432];
    expect(tags.length).toBeGreaterThan(maxMetadataReads);
    const near = makeExif({ image: tags.map((tag) => ascii(tag, "x".repeat(99))) });
    const far = new Uint8Array(near.length + tags.length * 20_000).fill(0x78, near.length);
    far.set(near);
    const view = new DataView(far.buffer);
    for (let index = 0; index < tags.length; index++)
      view.setUint32(18 + index * 12, near.length + index * 20_000, true);
    const counts = { reads: 0, bytes: 0 };
    const metadata = await readFrom(countReads(memorySource(far), counts));
    expect(counts.reads).toBe(3 + maxMetadataReads);
    const { Make, Artist, HostComputer, Copyright } = await fieldsIn(metadata.exif);
    expect([Make, Artist]).toEqual([`${"x".repeat(100)}\0`, `${"x".repeat(100)}\0`]);
    expect([HostComputer, Copyright, metadata.copyright]).toEqual([undefined, undefined, undefined]);
  });

  it("passes on what storage throws", async () => {
    const inner = memorySource(makeExif({ image: [ascii(315, "A. Painter")] }));
    let reads = 0;
    const source: ByteSource = {
      ...inner,
      read: (offset, length) => {
        if (++reads > 3) throw new ImageError("storage-failed", "Storage did not answer.");
        return inner.read(offset, length);
      },
    };
    expect(await codeOfAsync(readFrom(source))).toBe("storage-failed");
  });

  it("keeps a block of the longest length, and of a longer one only what it says", async () => {
    const packetOf = (length: number): Uint8Array => {
      const empty = xmpOf("").length - 20 * 100;
      return xmpOf("x".repeat(length - empty));
    };
    const atLimit = await read({ image: [block(700, packetOf(maxMetadataBlockBytes))] });
    expect(atLimit.xmp).toHaveLength(maxMetadataBlockBytes);
    const longer = await read({ image: [block(700, packetOf(maxMetadataBlockBytes + 1))] });
    expect(longer.xmp).toBeUndefined();
    expect(longer.copyright).toMatch(/^x+$/);
    const record = (length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      bytes.set(iptc);
      return bytes;
    };
    expect((await read({ image: [block(33723, record(maxMetadataBlockBytes))] })).iptc).toHaveLength(
      maxMetadataBlockBytes,
    );
    const long = await read({ image: [block(33723, record(maxMetadataBlockBytes + 1))] });
    expect(long).toMatchObject({ artist: "IPTC artist", iptc: undefined });
  });

  it("looks into a block of the longest length and not into a longer one", async () => {
    const empty = xmpOf("").length;
    const packetOf = (length: number): Uint8Array => xmpOf("x".repeat(length - empty));
    const atLimit = await read({ image: [block(700, packetOf(maxMetadataReadBytes))] });
    expect(atLimit.copyright).toMatch(/^x+$/);
    const longer = await read({ image: [block(700, packetOf(maxMetadataReadBytes + 1))] });
    expect(longer.copyright).toBeUndefined();
  });

  it("leaves out XMP that is not UTF-8, has a document type, or is cut off", async () => {
    const packet = xmpOf("Notice");
    const latin = packet.slice();
    latin[latin.length - 1] = 0xe9;
    const withType = utf8(`<!DOCTYPE x [<!ENTITY e "">]>${makeXmp("<dc:rights>Notice</dc:rights>")}`);
    for (const broken of [latin, withType, packet.subarray(0, 500)]) {
      expect(await read({ image: [block(700, broken), ascii(315, "One")] })).toMatchObject({
        artist: "One",
        xmp: undefined,
      });
    }
    const padded = new Uint8Array(packet.length + 5);
    padded.set(packet);
    expect(await read({ image: [block(700, padded)] })).toMatchObject({ copyright: "Notice" });
  });
});

describe("the EXIF that is read", () => {
  it("keeps what describes the picture and drops what is said of the master's pixels", async () => {
    const { exif } = await read({
      image: [
        short(256, 4000),
        short(274, 6),
        ascii(270, "A picture"),
        ascii(271, "Maker"),
        ascii(305, "Software"),
        block(33723, iptc),
        rational(318, 1, 3, 1, 3),
      ],
      photo: [short(34855, 200), short(40962, 4000), short(40961, 2), block(37500, new Uint8Array(99)), long(40965, 8)],
      thumbnail: [long(513, 100), long(514, 100)],
    });
    const fields = await fieldsIn(exif);
    expect(Object.keys(fields).sort()).toEqual(["Exif IFD", "ImageDescription", "Make", "Orientation", "Software"]);
    expect(fields).toMatchObject({ Orientation: 1, ImageDescription: "A picture\0" });
    const again = await metadataOfBlocks({ exif: exif! });
    expect(again.exif).toEqual(exif);
    expect(again.orientation).toBe(1);
    expect(await fieldsIn(exif, fields["Exif IFD"] as number)).toEqual({ Tag34855: 200 });
  });

  it("ends texts with a NUL", async () => {
    const { exif } = await read({ image: [ascii(305, utf8("no NUL"))] });
    expect((await fieldsIn(exif)).Software).toBe("no NUL\0");
  });

  it("keeps a value of the longest length and leaves out a longer one", async () => {
    const atLimit = await read({ image: [ascii(270, "x".repeat(maxExifValueBytes - 1))] });
    expect(atLimit.exif?.length).toBeGreaterThan(maxExifValueBytes);
    expect((await read({ image: [ascii(270, "x".repeat(maxExifValueBytes))] })).exif).toBeUndefined();
  });

  it("is never longer than one JPEG segment holds", async () => {
    const photo = Array.from({ length: 12 }, (_, index) => block(50_000 + index, new Uint8Array(8000)));
    const { exif } = await read({ image: [ascii(315, "One")], photo });
    expect(exif!.length).toBeLessThanOrEqual(maxExifBytes);
    expect(exif!.length).toBeGreaterThan(maxExifBytes - 8100);
  });

  it("ends where directories point to themselves, to one another, or nowhere", async () => {
    for (const target of [8, 0, 7, 9, 0xffffffff]) {
      const image = [ascii(315, "One"), long(34665, target), long(34853, target)];
      expect(await read({ image })).toMatchObject({ artist: "One" });
    }
  });

  it("is left out where there is nothing in it", async () => {
    expect((await read({ image: [rational(282, 300, 1), short(274, 3)] })).exif).toBeUndefined();
  });
});

describe("metadataOfBlocks", () => {
  it("reads EXIF with and without its signature, and the orientation", async () => {
    const exif = makeExif({ image: [ascii(315, "A. Painter"), short(274, 6)], byteOrder: "big" });
    const signed = Uint8Array.of(...utf8("Exif\0\0"), ...exif);
    for (const bytes of [exif, signed]) {
      const metadata = await metadataOfBlocks({ exif: bytes });
      expect(metadata).toMatchObject({ artist: "A. Painter", orientation: 6 });
      expect(await fieldsIn(metadata.exif)).toMatchObject({ Orientation: 1 });
    }
  });

  it("reads XMP and IPTC next to it", async () => {
    const metadata = await metadataOfBlocks({ xmp: xmpOf("Notice"), iptc: makeResources([[0x0404, "", iptc]]) });
    expect(metadata).toMatchObject({ copyright: "Notice", artist: "IPTC artist", iptc, orientation: undefined });
    expect(new TextDecoder().decode(metadata.xmp)).toContain("Notice");
  });

  it("takes an orientation that is none for none", async () => {
    for (const value of [0, 9]) {
      expect((await metadataOfBlocks({ exif: makeExif({ image: [short(274, value)] }) })).orientation).toBeUndefined();
    }
  });

  it("returns nothing for empty blocks", async () => {
    const metadata = await metadataOfBlocks({
      exif: new Uint8Array(0),
      xmp: new Uint8Array(0),
      iptc: new Uint8Array(0),
    });
    expect(Object.values(metadata).every((value) => value === undefined)).toBe(true);
  });
});
