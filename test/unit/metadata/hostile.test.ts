import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import { maxExifBytes, maxMetadataBlockBytes, maxMetadataCharacters } from "../../../src/limits.ts";
import { jpegSegments } from "../../../src/metadata/jpeg-segments.ts";
import { keepMetadata } from "../../../src/metadata/kept-metadata.ts";
import type { Metadata } from "../../../src/metadata/metadata.ts";
import { metadataOfBlocks, readMetadata } from "../../../src/metadata/read.ts";
import { wrapWebp } from "../../../src/metadata/webp-container.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { readDirectory } from "../../../src/tiff/directory.ts";
import { fieldsOf } from "../../../src/tiff/fields.ts";
import { readHeader } from "../../../src/tiff/header.ts";
import { ascii, block, makeExif, rational, short } from "../../support/make-exif.ts";
import { makeIptc, makeResources } from "../../support/make-iptc.ts";
import { makeXmp, utf8 } from "../../support/make-xmp.ts";
import { openRandom, type Random } from "../../support/random.ts";

const iptc = makeIptc([
  [2, 80, "A. Painter"],
  [2, 116, "The Museum"],
]);
const xmp = utf8(
  makeXmp(
    `<dc:creator><rdf:Seq><rdf:li>One &amp; two</rdf:li></rdf:Seq></dc:creator><tiff:Orientation>6</tiff:Orientation>`,
    `xmpRights:WebStatement="https://creativecommons.org/licenses/by/4.0/"`,
  ),
);

function makeMaster(byteOrder: "big" | "little", bigTiff: boolean): Uint8Array {
  const resources = makeResources([
    [0x03ed, "a name", new Uint8Array(16)],
    [0x0404, "", iptc],
  ]);
  return makeExif({
    byteOrder,
    bigTiff,
    image: [
      ...[ascii(271, "Maker"), short(274, 6), rational(282, 300, 1), rational(283, 300, 1), short(296, 2)],
      ...[ascii(315, "A. Painter"), ascii(33432, "The Museum"), block(700, xmp), block(34377, resources)],
    ],
    photo: [rational(33434, 1, 125), short(34855, 200), block(37510, new Uint8Array(40))],
    position: [ascii(1, "N"), rational(2, 48, 1, 12, 1, 0, 1)],
  });
}

const masters = (["little", "big"] as const).flatMap((order) => [makeMaster(order, false), makeMaster(order, true)]);

/** Reads in every way there is and writes what was read. Throws what is no ImageError, and for a limit that is passed. */
async function survive(bytes: Uint8Array): Promise<void> {
  const counts = { reads: 0, bytes: 0 };
  const source = countReads(memorySource(bytes), counts);
  try {
    const header = await readHeader(source);
    const fields = fieldsOf(source, header, await readDirectory(source, header, header.firstDirectory));
    check(await readMetadata(fields));
  } catch (error) {
    // The header and the first directory are the pyramid's, whose faults are told.
    if (!(error instanceof ImageError && error.code.startsWith("source-"))) throw error;
    expect(counts.reads).toBeLessThanOrEqual(3);
  }
  expect(counts.reads).toBeLessThanOrEqual(3 + 8 + 2 * (2 + 8));
  check(await metadataOfBlocks({ exif: bytes, xmp: bytes, iptc: bytes }));
}

function check(metadata: Metadata): void {
  const { exif, iptc: record, ...rest } = metadata;
  expect(exif?.length ?? 0).toBeLessThanOrEqual(maxExifBytes);
  expect(rest.xmp?.length ?? 0).toBeLessThanOrEqual(maxMetadataBlockBytes);
  expect(record?.length ?? 0).toBeLessThanOrEqual(maxMetadataBlockBytes);
  for (const text of [rest.artist, rest.copyright, rest.credit, rest.rights, rest.webStatement, rest.rightsUri]) {
    if (text === undefined) continue;
    expect(text.length).toBeLessThanOrEqual(maxMetadataCharacters);
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/\p{Cc}/u);
  }
  for (const policy of ["all", "copyright"] as const) {
    const kept = keepMetadata(metadata, policy, 0.5);
    expect(jpegSegments(kept).every((segment) => segment.length <= 65_537)).toBe(true);
  }
}

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutant = bytes.slice(0, random.next() < 0.2 ? random.integer(0, bytes.length) : bytes.length);
  const view = new DataView(mutant.buffer);
  for (let count = random.integer(1, 6); count > 0 && mutant.length >= 4; count--) {
    // Most of what can go wrong is in the first bytes: header, entries, signatures.
    const at = random.integer(0, Math.min(mutant.length, random.pick([200, mutant.length])) - 4);
    const value = random.pick([0, 1, 8, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, random.integer(0, mutant.length)]);
    random.pick([
      () => view.setUint8(at, value),
      () => view.setUint16(at, value, random.next() < 0.5),
      () => view.setUint32(at, value, random.next() < 0.5),
      () => mutant.copyWithin(at, random.integer(0, mutant.length), mutant.length),
    ])();
  }
  return mutant;
}

describe("metadata of hostile files", () => {
  it("is read from the files as they are, which shows that the cases below begin at something", async () => {
    for (const bytes of masters) {
      const header = await readHeader(memorySource(bytes));
      const directory = await readDirectory(memorySource(bytes), header, header.firstDirectory);
      const metadata = await readMetadata(fieldsOf(memorySource(bytes), header, directory));
      expect(metadata).toMatchObject({ artist: "A. Painter", copyright: "The Museum", dotsPerInch: 300, iptc });
      expect(metadata.rightsUri).toBe("http://creativecommons.org/licenses/by/4.0/");
    }
  });

  it("ends for files that are cut off at any byte", { tags: "slow" }, async () => {
    for (const bytes of [masters[0]!, masters[3]!]) {
      for (let end = 0; end < bytes.length; end++) await survive(bytes.subarray(0, end));
    }
  });

  it.each([0, 1, 2, 3])("ends for 1,500 mutations of master %i", async (index) => {
    const random = openRandom(index + 1);
    for (let count = 0; count < 1500; count++) await survive(mutate(masters[index]!, random));
  });

  it("ends for 1,500 mutations of XMP and of IPTC", async () => {
    const random = openRandom(9);
    for (let count = 0; count < 1500; count++) {
      check(await metadataOfBlocks({ xmp: mutate(xmp, random), iptc: mutate(iptc, random) }));
    }
  });

  it("ends for a directory of a thousand values that all claim the same bytes", async () => {
    const photo = Array.from({ length: 1000 }, (_, index) => block(50_000 + index, new Uint8Array(8)));
    const bytes = makeExif({ image: [ascii(315, "One")], photo });
    const view = new DataView(bytes.buffer);
    const photoAt = view.getUint32(10 + 12 + 8, true);
    for (let index = 0; index < 1000; index++) {
      view.setUint32(photoAt + 2 + index * 12 + 4, 8192, true);
      view.setUint32(photoAt + 2 + index * 12 + 8, 8, true);
    }
    await survive(bytes);
    const metadata = await metadataOfBlocks({ exif: bytes });
    expect(metadata.exif!.length).toBeLessThanOrEqual(maxExifBytes);
  });

  it("refuses mutated WebP with an ImageError only", () => {
    const random = openRandom(5);
    const webp = new Uint8Array(64);
    webp.set(utf8("RIFF\x38\0\0\0WEBPVP8 \x2c\0\0\0"));
    webp.set([0, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0], 20);
    let refused = 0;
    for (let count = 0; count < 3000; count++) {
      try {
        wrapWebp(mutate(webp, random), { xmp });
      } catch (error) {
        if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(3000);
  });
});
