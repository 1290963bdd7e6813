import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { openFile } from "../../../src/files/open.ts";
import { maxPngChunks, maxPngHeaderBytes } from "../../../src/limits.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { makeExif, short } from "../../support/make-exif.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import { type PngParts, writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";

const gray: PngParts = { width: 3, height: 1, bitDepth: 8, colorType: 0, rows: [0, 1, 2, 3] };
const exif = formatChunk("eXIf", makeExif({ image: [short(274, 8)] }));
const text = (keyword: string, behind: Uint8Array) => concatenate([new TextEncoder().encode(`${keyword}\0`), behind]);
const packet = new TextEncoder().encode(makeXmp("", 'photoshop:Credit="A museum"'));
const xmpKeyword = "XML:com.adobe.xmp";

async function open(parts: Partial<PngParts>, prefixBytes = 32_768) {
  const bytes = writePng({ ...gray, ...parts });
  const counts = { reads: 0, bytes: 0 };
  const opened = await openFile(countReads(memorySource(bytes), counts), bytes.subarray(0, prefixBytes));
  return { opened: opened!, encoding: opened!.pyramid.levels[0].encoding, counts };
}

const refusal = (parts: Partial<PngParts>) => codeOfAsync(open(parts));

describe("a PNG master", () => {
  it.each([
    [0, "gray", 1, undefined],
    [2, "rgb", 3, undefined],
    [4, "gray", 2, 1],
    [6, "rgb", 4, 3],
  ])("of colour type %i is %s of %i samples", async (colorType, model, samplesPerPixel, alphaSample) => {
    for (const bitDepth of [8, 16]) {
      const { encoding } = await open({ colorType, bitDepth });
      expect(encoding).toMatchObject({ compression: "png", model, isInverted: false, palette: undefined });
      expect(encoding.layout).toMatchObject({
        samplesPerPixel,
        bits: bitDepth,
        isLittleEndian: false,
        isPlanar: false,
      });
      expect(encoding.layout.alpha?.sample).toBe(alphaSample);
    }
  });

  it("with a palette has reds, then greens, then blues", async () => {
    const palette = formatChunk("PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6));
    const { encoding } = await open({ colorType: 3, bitDepth: 4, chunks: [palette] });
    expect(encoding).toMatchObject({ model: "palette", palette: Uint8Array.of(1, 4, 2, 5, 3, 6) });
    expect(await refusal({ colorType: 3 })).toBe("source-malformed");
    const odd = formatChunk("PLTE", Uint8Array.of(1, 2, 3, 4));
    expect(await refusal({ colorType: 3, chunks: [odd] })).toBe("source-malformed");
  });

  it("with tRNS has alpha one sample past those stored, unless tRNS is none for its colours", async () => {
    const keyed = (data: number[]) => ({ chunks: [formatChunk("tRNS", Uint8Array.from(data))] });
    expect((await open(keyed([0, 3]))).encoding.layout.alpha).toEqual({ sample: 1, isAssociated: false });
    expect((await open(keyed([0]))).encoding.layout.alpha).toBeUndefined();
    expect((await open({ ...keyed([0, 3]), colorType: 4 })).encoding.layout.alpha?.sample).toBe(1);
  });

  it.each([
    ["in front of its image data", (chunk: Uint8Array) => ({ chunks: [chunk] })],
    ["behind it", (chunk: Uint8Array) => ({ chunksBehind: [chunk] })],
  ])("has EXIF and XMP %s", async (_, place) => {
    expect((await open(place(exif))).opened.pyramid.orientation).toBe(8);
    const chunk = formatChunk("iTXt", text(xmpKeyword, concatenate([Uint8Array.of(0, 0, 0, 0), packet])));
    expect((await open(place(chunk))).opened.metadata.credit).toBe("A museum");
  });

  it("has XMP that is compressed, in any of the chunks of text", async () => {
    const deflated = deflateSync(packet);
    for (const [type, behind] of [
      ["iTXt", concatenate([Uint8Array.of(1, 0, 101, 110, 0, 0), deflated])],
      ["zTXt", concatenate([Uint8Array.of(0), deflated])],
      ["tEXt", packet],
    ] as const) {
      const { opened } = await open({ chunks: [formatChunk(type, text(xmpKeyword, behind))] });
      expect(opened.metadata.credit).toBe("A museum");
    }
  });

  it("goes without a profile or XMP that is broken or inflates too far", async () => {
    const bomb = deflateSync(new Uint8Array(8 << 20));
    for (const chunk of [
      formatChunk("iCCP", text("name", concatenate([Uint8Array.of(0), bomb]))),
      formatChunk("iCCP", text("name", Uint8Array.of(0, 1, 2, 3))),
      formatChunk("iCCP", text("name", Uint8Array.of(7))),
      formatChunk("iCCP", new Uint8Array(0)),
      formatChunk("zTXt", text(xmpKeyword, concatenate([Uint8Array.of(0), bomb]))),
      formatChunk("iTXt", text(xmpKeyword, Uint8Array.of(0, 0, 1))),
    ]) {
      const { opened } = await open({ chunks: [chunk] });
      expect(opened.profile).toBeUndefined();
      expect(opened.metadata.credit).toBeUndefined();
    }
  });

  it("has the dots per inch of pHYs where these are known", async () => {
    const density = (unit: number) => formatChunk("pHYs", Uint8Array.of(0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, unit));
    expect((await open({ chunks: [density(1)] })).opened.metadata.dotsPerInch).toBe(300);
    expect((await open({ chunks: [density(0)] })).opened.metadata.dotsPerInch).toBeUndefined();
    const endless = formatChunk("pHYs", Uint8Array.of(0xff, 0, 0, 0, 0xff, 0, 0, 0, 1));
    expect((await open({ chunks: [endless] })).opened.metadata.dotsPerInch).toBeUndefined();
  });

  it("is opened with one read after its first bytes, for its end", async () => {
    const noise = openRandom(3);
    const rows = Uint8Array.from({ length: 301 * 400 }, (_, index) => (index % 301 === 0 ? 0 : noise.integer(0, 255)));
    const parts = { width: 300, height: 400, rows, chunksBehind: [exif] };
    const { opened, counts } = await open(parts);
    expect(opened.pyramid.orientation).toBe(8);
    expect(counts.reads).toBe(1);
  });
});

describe("a PNG master is refused", () => {
  it("above the limit of chunks before its image data", async () => {
    const chunks = (count: number) => ({ chunks: Array.from({ length: count }, () => formatChunk("tEXt")) });
    // IHDR is one of them.
    expect(await refusal(chunks(maxPngChunks - 1))).toBe("none");
    expect(await refusal(chunks(maxPngChunks))).toBe("source-unsupported");
  });

  it("above the limit of bytes before its image data", async () => {
    const bytes = writePng(gray);
    const withText = (end: number) => {
      const chunk = new Uint8Array(end - 33 + 4);
      new DataView(chunk.buffer).setUint32(0, chunk.length - 12);
      chunk.set(new TextEncoder().encode("tEXt"), 4);
      const whole = concatenate([bytes.subarray(0, 33), chunk, bytes.subarray(33)]);
      return codeOfAsync(openFile(memorySource(whole), whole.subarray(0, 32_768)));
    };
    expect(await withText(maxPngHeaderBytes)).toBe("none");
    expect(await withText(maxPngHeaderBytes + 1)).toBe("source-unsupported");
  });

  it("without image data", async () => {
    const bytes = writePng(gray);
    const cut = concatenate([bytes.subarray(0, 33), formatChunk("IEND")]);
    expect(await codeOfAsync(openFile(memorySource(cut), cut))).toBe("source-malformed");
  });
});
