import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { openFile } from "../../../src/files/open.ts";
import { maxFilePixels, maxJpegHeaderBytes, maxSidePixels, maxTileBytes } from "../../../src/limits.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { segmentOf, writeJpeg } from "../../support/jpeg-writer.ts";
import { writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";

const size = { width: 60, height: 40 };
const raw = Uint8Array.from({ length: 60 * 40 * 4 }, (_, index) => (index * 7) & 255);
const image = () => sharp(raw, { raw: { ...size, channels: 4 } });

/** Opens a file whose first 32 KiB are read already, and counts the reads behind them. */
async function open(bytes: Uint8Array, prefixBytes = 32_768) {
  const counts = { reads: 0, bytes: 0 };
  const source = countReads(memorySource(bytes), counts);
  const opened = await openFile(source, bytes.subarray(0, prefixBytes));
  return { opened, counts };
}

describe("a file that is not a TIFF", () => {
  it.each(["jpeg", "png", "webp"] as const)(
    "is opened as %s by its first bytes, as one tile of one level",
    async (kind) => {
      const bytes = await image().toFormat(kind).toBuffer();
      const { opened } = await open(bytes);
      expect(opened?.kind).toBe(kind);
      expect(opened?.pyramid).toMatchObject({ ...size, orientation: 1 });
      expect(opened?.pyramid.levels).toHaveLength(1);
      expect(opened?.pyramid.levels[0]).toMatchObject({ ...size, tileWidth: 60, tileLength: 40, columns: 1, rows: 1 });
      expect(opened?.pyramid.levels[0].encoding.compression).toBe(kind);
      expect(opened?.pyramid.levels[0].byteCounts).toEqual(Float64Array.of(bytes.byteLength));
    },
  );

  it("is not opened when its first bytes are those of a TIFF, of another file, or missing", async () => {
    const tiff = await image().tiff().toBuffer();
    for (const bytes of [tiff, new TextEncoder().encode("<html>"), new Uint8Array(0), Uint8Array.of(0xff, 0xd8)]) {
      expect((await open(bytes)).opened).toBeUndefined();
    }
  });

  it.each(["jpeg", "png", "webp"] as const)("has the profile, orientation and density of its %s", async (kind) => {
    const turned = image().withMetadata({ orientation: 6, density: 300, icc: "p3" });
    const bytes = await turned.toFormat(kind).toBuffer();
    const { opened } = await open(bytes);
    expect(opened?.pyramid.orientation).toBe(6);
    expect(opened?.metadata.dotsPerInch).toBeCloseTo(300, 0);
    const { icc } = await sharp(bytes).metadata();
    expect(Buffer.compare(opened!.profile!, icc!)).toBe(0);
  });

  it.each(["jpeg", "png", "webp"] as const)("has the texts of its %s's XMP", async (kind) => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Credit="A museum"/></rdf:RDF></x:xmpmeta>`;
    const bytes = await image().withXmp(xmp).toFormat(kind).toBuffer();
    expect((await open(bytes)).opened?.metadata.credit).toBe("A museum");
  });

  it("is opened without any read when it is in its first bytes", async () => {
    for (const kind of ["jpeg", "png", "webp"] as const) {
      const bytes = await image().withMetadata({ orientation: 3, icc: "p3" }).toFormat(kind).toBuffer();
      expect(bytes.byteLength).toBeLessThan(32_768);
      expect((await open(bytes)).counts.reads).toBe(0);
    }
  });
});

describe("a file that is not a TIFF is refused", () => {
  it("above the limit of pixels or of bytes", async () => {
    const wide = { width: maxFilePixels / 1024 + 1, height: 1024 };
    const png = writePng({ ...wide, bitDepth: 1, colorType: 0, rows: [0] });
    expect(await codeOfAsync(open(png))).toBe("source-unsupported");
    const limit = writePng({ ...wide, width: maxFilePixels / 1024, bitDepth: 1, colorType: 0, rows: [0] });
    expect(await codeOfAsync(open(limit))).toBe("none");
    const long = { size: maxTileBytes + 1, version: "long", read: memorySource(limit).read };
    expect(await codeOfAsync(openFile(long, limit))).toBe("source-unsupported");
    expect(await codeOfAsync(openFile({ ...long, size: maxTileBytes }, limit))).toBe("none");
  });

  it("cut off or changed anywhere, in few reads, and never by anything but an ImageError", {
    tags: "slow",
  }, async () => {
    const random = openRandom(70);
    const turned = () => image().withMetadata({ orientation: 6, density: 300, icc: "p3" });
    const files = await Promise.all(
      (["jpeg", "png", "webp"] as const).map((kind) => turned().toFormat(kind).toBuffer()),
    );
    const component = { horizontal: 1, vertical: 1, sampleAt: () => 9 };
    const segment = segmentOf(
      0xe1,
      Array.from({ length: 500 }, (_, index) => index & 255),
    );
    files.push(Buffer.from(writeJpeg({ width: 9, height: 9, components: [component], segments: [segment, segment] })));
    const codes = new Set<string>();
    let mostReads = 0;
    for (let run = 0; run < 3000; run += 1) {
      let bytes = Uint8Array.from(random.pick(files));
      for (let left = random.integer(0, 5); left > 0; left -= 1) {
        const last = random.next() < 0.6 ? 200 : bytes.length - 1;
        bytes[random.integer(3, last)] = random.next() < 0.3 ? 255 : random.integer(0, 255);
      }
      if (random.next() < 0.3) bytes = bytes.subarray(0, random.integer(0, bytes.length));
      const counts = { reads: 0, bytes: 0 };
      const prefix = bytes.subarray(0, random.pick([64, 600, 32_768]));
      codes.add(await codeOfAsync(openFile(countReads(memorySource(bytes), counts), prefix)));
      mostReads = Math.max(mostReads, counts.reads);
    }
    expect([...codes].filter((code) => !["none", "source-malformed", "source-unsupported"].includes(code))).toEqual([]);
    expect(codes.size).toBe(3);
    expect(mostReads).toBeLessThanOrEqual(20);
  });

  it("above the limit of bytes before a JPEG's frame, in few reads", async () => {
    const component = { horizontal: 1, vertical: 1, sampleAt: () => 9 };
    const jpeg = writeJpeg({ width: 8, height: 8, components: [component] });
    const filler = Uint8Array.from(segmentOf(0xe5, new Array(65_000).fill(0)));
    const openBehind = async (fillers: number) => {
      const bytes = concatenate([
        jpeg.subarray(0, 2),
        ...new Array<Uint8Array>(fillers).fill(filler),
        jpeg.subarray(2),
      ]);
      const counts = { reads: 0, bytes: 0 };
      const source = countReads(memorySource(bytes), counts);
      const code = await codeOfAsync(openFile(source, bytes.subarray(0, 32_768)));
      expect(counts.reads).toBeLessThan(8);
      return code;
    };
    const most = Math.floor((maxJpegHeaderBytes - jpeg.byteLength) / filler.byteLength);
    expect(await openBehind(most)).toBe("none");
    expect(await openBehind(most + 2)).toBe("source-unsupported");
  });

  it("with a side past the limit", async () => {
    const line = (width: number) => writePng({ width, height: 1, bitDepth: 1, colorType: 0, rows: [0] });
    expect(await codeOfAsync(open(line(maxSidePixels)))).toBe("none");
    expect(await codeOfAsync(open(line(maxSidePixels + 1)))).toBe("source-unsupported");
  });
});
