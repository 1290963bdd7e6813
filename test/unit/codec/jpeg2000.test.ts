import { beforeAll, describe, expect, it } from "vitest";
import { createJpeg2000Decoder } from "../../../src/codec/jpeg2000.ts";
import { readJpeg2000Header } from "../../../src/codec/jpeg2000-header.ts";
import { maxJpeg2000Tiles } from "../../../src/limits.ts";
import { codeOf } from "../../support/code-of.ts";
import { jpeg2000DecoderModule } from "../../support/codec-modules.ts";
import {
  findMarker,
  formatBox,
  type Jpeg2000Writer,
  joinComponents,
  openJpeg2000Writer,
  wrapJp2,
} from "../../support/jpeg2000-writer.ts";
import { openRandom } from "../../support/random.ts";

const module = jpeg2000DecoderModule();
const size = { width: 67, height: 45 };
const random = openRandom(50);

/** Smooth samples with a little noise, as pictures are. */
function draw(width: number, height: number, components: number): Uint8Array {
  return Uint8Array.from({ length: width * height * components }, (_, index) => {
    const [x, y] = [Math.floor(index / components) % width, Math.floor(index / components / width)];
    return (2 * x + 3 * y + 40 * (index % components) + random.integer(0, 6)) & 255;
  });
}

const rgb = draw(size.width, size.height, 3);
const gray = draw(size.width, size.height, 1);
let write: Jpeg2000Writer;
let rgbStream: Uint8Array;
let grayStream: Uint8Array;

beforeAll(async () => {
  write = await openJpeg2000Writer();
  rgbStream = write({ ...size, components: 3, samples: rgb });
  grayStream = write({ ...size, components: 1, samples: gray });
});

/** Returns a copy of the stream that `change` was applied to. */
function changed(stream: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = stream.slice();
  change(new DataView(copy.buffer));
  return copy;
}

function refusal(bytes: Uint8Array, told: { readonly width: number; readonly height: number } = size): string {
  return codeOf(() => createJpeg2000Decoder(module).decode(bytes, { size: told }));
}

describe("a JPEG 2000 codestream", () => {
  it("of RGB without loss comes out as it went in", () => {
    const picture = createJpeg2000Decoder(module).decode(rgbStream, { size });
    expect(picture).toMatchObject({ ...size, components: 3, isConvertedToRgb: false });
    expect(Buffer.compare(picture.samples, rgb)).toBe(0);
  });

  it("of one component comes out as it went in", () => {
    const picture = createJpeg2000Decoder(module).decode(grayStream, { size });
    expect(picture).toMatchObject({ ...size, components: 1, isConvertedToRgb: false });
    expect(Buffer.compare(picture.samples, gray)).toBe(0);
  });

  it.each([1, 4, 12, 16])("of %i bits a sample is scaled to 8", (depth) => {
    const most = 2 ** depth - 1;
    const values = Array.from({ length: 64 }, (_, index) => Math.round((index * most) / 63));
    const samples = depth > 8 ? Uint16Array.from(values) : Uint8Array.from(values);
    const stream = write({ width: 8, height: 8, components: 1, samples, depth, halvings: 1 });
    const picture = createJpeg2000Decoder(module).decode(stream, { size: { width: 8, height: 8 } });
    expect([...picture.samples]).toEqual(values.map((value) => Math.round((value * 255) / most)));
  });

  it("is decoded at half its size and less, up to what its header says", () => {
    expect(readJpeg2000Header(rgbStream).halvings).toBe(5);
    const decoder = createJpeg2000Decoder(module);
    for (const [halvings, width, height] of [
      [1, 34, 23],
      [3, 9, 6],
      [5, 3, 2],
    ] as const) {
      const picture = decoder.decode(rgbStream, { size, halvings });
      expect(picture).toMatchObject({ width, height });
      expect(picture.samples.length).toBe(width * height * 3);
    }
    expect(codeOf(() => decoder.decode(rgbStream, { size, halvings: 6 }))).toBe("source-malformed");
  });

  it("in a JP2 file is decoded, and its colour space read", () => {
    const file = wrapJp2(rgbStream, 16);
    expect(readJpeg2000Header(file)).toMatchObject({ ...size, colorSpace: 16, hasPalette: false, tiles: 1 });
    expect(Buffer.compare(createJpeg2000Decoder(module).decode(file, { size }).samples, rgb)).toBe(0);
  });

  it.each([
    { x: 1, y: 1 },
    { x: 2, y: 1 },
    { x: 2, y: 2 },
  ])("with chroma for $x by $y pixels comes out whole, as RGB where it was subsampled", ({ x, y }) => {
    const flat = (value: number, width: number, height: number) =>
      write({ width, height, components: 1, samples: new Uint8Array(width * height).fill(value), halvings: 0 });
    const chromaSize = [Math.ceil(size.width / x), Math.ceil(size.height / y)] as const;
    const luma = flat(120, size.width, size.height);
    const stream = joinComponents([luma, flat(100, ...chromaSize), flat(160, ...chromaSize)], { x, y });
    const picture = createJpeg2000Decoder(module).decode(stream, { size });
    const isSubsampled = x > 1;
    expect(picture.isConvertedToRgb).toBe(isSubsampled);
    const wanted = isSubsampled ? [120 + 1.402 * 32, 120 + 0.344 * 28 - 0.714 * 32, 120 - 1.772 * 28] : [120, 100, 160];
    picture.samples.forEach((sample, index) => {
      if (Math.abs(sample - wanted[index % 3]!) > 1.5) throw new Error(`sample ${index} is ${sample}`);
    });
  });

  it("of sYCC in a JP2 file comes out as RGB", () => {
    const picture = createJpeg2000Decoder(module).decode(wrapJp2(rgbStream, 18), { size });
    expect(picture.isConvertedToRgb).toBe(true);
  });

  it("is decoded the same after others that were refused", () => {
    const decoder = createJpeg2000Decoder(module);
    for (let run = 0; run < 20; run += 1) {
      const cut = rgbStream.subarray(0, random.integer(0, 400));
      expect(codeOf(() => decoder.decode(cut, { size }))).toBe("source-malformed");
    }
    expect(Buffer.compare(decoder.decode(rgbStream, { size }).samples, rgb)).toBe(0);
  });
});

describe("JPEG 2000 is refused", () => {
  it("when its dimensions differ from those expected", () => {
    expect(refusal(rgbStream, { width: 67, height: 46 })).toBe("source-malformed");
  });

  it.each([
    ["two components", 40, 2],
    ["four components", 40, 4],
  ])("with %s", (_, at, count) => {
    const bytes = new Uint8Array(rgbStream.length + 12);
    const codingAt = findMarker(rgbStream, 0x52);
    bytes.set(rgbStream.subarray(0, 42));
    for (let component = 0; component < count; component += 1) bytes.set([7, 1, 1], 42 + 3 * component);
    bytes.set(rgbStream.subarray(codingAt), 42 + 3 * count);
    const view = new DataView(bytes.buffer);
    view.setUint16(at, count);
    view.setUint16(4, 38 + 3 * count);
    expect(refusal(bytes)).toBe("source-unsupported");
  });

  it.each([
    ["samples of 9 bits in three components", 42, 8],
    ["signed samples", 42, 0x87],
    ["components of several depths", 45, 6],
    ["luma that is subsampled", 43, 2],
    ["chroma subsampled by three", 46, 3],
    ["chroma subsampled in two ways", 49, 2],
  ])("with %s", (_, at, value) => {
    const stream = changed(rgbStream, (view) => view.setUint8(at, value));
    if (at === 42) for (const other of [45, 48]) stream[other] = value;
    expect(refusal(stream)).toBe("source-unsupported");
  });

  it("when it does not start at the origin of its grid", () => {
    const moved = changed(rgbStream, (view) => {
      view.setUint32(8, size.width + 4);
      view.setUint32(16, 4);
    });
    expect(refusal(moved)).toBe("source-unsupported");
  });

  it("with a palette", () => {
    expect(refusal(wrapJp2(grayStream, 16, [formatBox("pclr", new Uint8Array(9))]))).toBe("source-unsupported");
  });

  it("in more tiles than are decoded, or larger than memory allows, before anything is decoded", () => {
    const huge = { width: 20_000, height: 20_000 };
    const withSize = (side: number, tileSide: number) =>
      changed(rgbStream, (view) => {
        for (const at of [8, 12]) view.setUint32(at, side);
        for (const at of [24, 28]) view.setUint32(at, tileSide);
      });
    expect(refusal(withSize(20_000, 20_000), huge)).toBe("render-too-costly");
    const tiled = { width: 650, height: 650 };
    expect(readJpeg2000Header(withSize(650, 10)).tiles).toBeGreaterThan(maxJpeg2000Tiles);
    expect(refusal(withSize(650, 10), tiled)).toBe("render-too-costly");
    expect(refusal(withSize(640, 10), { width: 640, height: 640 })).not.toBe("render-too-costly");
  });

  it("when precincts of 2 by 2 pixels would take more memory than it may", () => {
    const codingAt = findMarker(rgbStream, 0x52);
    const side = 700;
    const precincts = new Uint8Array(6).fill(0x11);
    const bytes = Uint8Array.from([
      ...rgbStream.subarray(0, codingAt + 14),
      ...precincts,
      ...rgbStream.subarray(codingAt + 14),
    ]);
    const view = new DataView(bytes.buffer);
    for (const at of [8, 12, 24, 28]) view.setUint32(at, side);
    view.setUint16(codingAt + 2, 18);
    view.setUint8(codingAt + 4, 1);
    expect(refusal(bytes, { width: side, height: side })).toBe("render-memory");
  });

  it.each([
    ["nothing", new Uint8Array(0)],
    ["neither codestream nor box", new Uint8Array(100).fill(1)],
    ["a box without a codestream", formatBox("jP  ", Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a))],
  ])("where there is %s", (_, bytes) => {
    expect(refusal(bytes)).toBe("source-malformed");
  });

  it("cut off in its header, or changed anywhere, and never by anything but an ImageError", { tags: "slow" }, () => {
    const headerBytes = findMarker(rgbStream, 0x93);
    for (let length = 0; length < headerBytes; length += 1) {
      expect(refusal(rgbStream.subarray(0, length))).toBe("source-malformed");
    }
    const decoder = createJpeg2000Decoder(module);
    const streams = [rgbStream, grayStream, wrapJp2(rgbStream, 18)];
    const codes = new Set<string>();
    for (let run = 0; run < 3000; run += 1) {
      const bytes = random.pick(streams).slice();
      for (let left = random.integer(1, 5); left > 0; left -= 1) {
        const last = random.next() < 0.7 ? 160 : bytes.length - 1;
        bytes[random.integer(2, last)] = random.next() < 0.3 ? random.pick([0, 1, 128, 255]) : random.integer(0, 255);
      }
      const halvings = random.pick([0, 0, 1, 3]);
      codes.add(codeOf(() => decoder.decode(bytes, { size, halvings })));
    }
    expect([...codes].filter((code) => !expectedCodes.includes(code))).toEqual([]);
    expect(codes.has("source-malformed")).toBe(true);
  });
});

const expectedCodes = ["none", "source-malformed", "source-unsupported", "render-too-costly", "render-memory"];
