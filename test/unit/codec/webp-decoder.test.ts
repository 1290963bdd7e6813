import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { createWebpDecoder } from "../../../src/codec/webp-decoder.ts";
import { ImageError } from "../../../src/error.ts";
import { readWebpHeader } from "../../../src/webp/header.ts";
import { codeOf } from "../../support/code-of.ts";
import { webpDecoderModule } from "../../support/codec-modules.ts";
import { openRandom } from "../../support/random.ts";

const module = webpDecoderModule();
const size = { width: 61, height: 43 };
const random = openRandom(60);
const raw = Uint8Array.from({ length: size.width * size.height * 4 }, (_, index) => {
  const isAlpha = index % 4 === 3;
  return isAlpha ? random.pick([0, 128, 255]) : (index / 5 + random.integer(0, 9)) & 255;
});
const image = () => sharp(raw, { raw: { ...size, channels: 4 } });
let lossy: Uint8Array;
let lossless: Uint8Array;
let opaque: Uint8Array;
let extended: Uint8Array;

beforeAll(async () => {
  lossy = await image().webp({ quality: 70 }).toBuffer();
  lossless = await image().webp({ lossless: true, exact: true }).toBuffer();
  opaque = await image().removeAlpha().webp({ quality: 70 }).toBuffer();
  extended = await image().removeAlpha().withIccProfile("srgb").webp({ quality: 70 }).toBuffer();
});

function decode(bytes: Uint8Array, told = size): Uint8Array {
  let pixels: Uint8Array | undefined;
  createWebpDecoder(module).decode(bytes, told, (rgba) => {
    pixels = rgba.slice();
  });
  return pixels!;
}

const refusal = (bytes: Uint8Array, told = size): string => codeOf(() => decode(bytes, told));

describe("a WebP", () => {
  it("without loss comes out as it went in", () => {
    expect(Buffer.compare(decode(lossless), raw)).toBe(0);
  });

  it.each(["lossy", "opaque", "extended"] as const)("that is %s comes out as libwebp decodes it", async (kind) => {
    const bytes = { lossy, opaque, extended }[kind];
    const expected = await sharp(bytes).ensureAlpha().raw().toBuffer();
    expect(Buffer.compare(decode(bytes), expected)).toBe(0);
  });

  it("states its dimensions and its alpha in its header", () => {
    const simple = { ...size, isAnimated: false, isExtended: false };
    expect(readWebpHeader(lossless)).toEqual({ ...simple, hasAlpha: true });
    expect(readWebpHeader(opaque)).toEqual({ ...simple, hasAlpha: false });
    expect(readWebpHeader(lossy)).toEqual({ ...simple, hasAlpha: true, isExtended: true });
    expect(readWebpHeader(extended)).toEqual({ ...simple, hasAlpha: false, isExtended: true });
  });

  it("is decoded the same after others that were refused and after a caller that threw", () => {
    const decoder = createWebpDecoder(module);
    const thrown = new Error("the caller's");
    const take = (): void => {
      throw thrown;
    };
    expect(() => decoder.decode(lossless, size, take)).toThrow(thrown);
    for (let run = 0; run < 20; run += 1) {
      expect(codeOf(() => decoder.decode(lossless.subarray(0, 40 + run * 9), size, () => undefined))).toBe(
        "source-malformed",
      );
    }
    let pixels: Uint8Array | undefined;
    decoder.decode(lossless, size, (rgba) => {
      pixels = rgba.slice();
    });
    expect(Buffer.compare(pixels!, raw)).toBe(0);
  });
});

describe("a WebP is refused", () => {
  it("when its dimensions differ from those expected", () => {
    expect(refusal(lossy, { width: 61, height: 44 })).toBe("source-malformed");
  });

  it("when its extended header states other dimensions than its picture", () => {
    const changed = extended.slice();
    changed[24] = 99;
    expect(refusal(changed, { width: 100, height: 43 })).toBe("source-malformed");
  });

  it("when it is an animation", async () => {
    const frames = await sharp(raw.subarray(0, 61 * 42 * 4), {
      raw: { width: 61, height: 42, channels: 4, pageHeight: 21 },
    })
      .webp({ loop: 0 })
      .toBuffer();
    expect(readWebpHeader(frames).isAnimated).toBe(true);
    expect(refusal(frames, { width: 61, height: 21 })).toBe("source-unsupported");
  });

  it("above what memory allows, before it is decoded and while it is", async () => {
    const bomb = { width: 16_383, height: 16_383 };
    const claim = lossless.slice();
    new DataView(claim.buffer).setUint32(21, (16_382 | (16_382 << 14)) >>> 0, true);
    expect(refusal(claim, bomb)).toBe("render-too-costly");
    const large = { width: 3000, height: 3000 };
    // Of more colours than a palette holds: those would be packed.
    const stripe = Uint8Array.from({ length: 900 }, (_, index) => (index % 3 === 0 ? index / 3 : index / 9) & 255);
    const flat = await sharp(Buffer.alloc(27_000_000, stripe), { raw: { ...large, channels: 3 } })
      .webp({ lossless: true, effort: 0 })
      .toBuffer();
    expect(flat.byteLength).toBeLessThan(100_000);
    expect(refusal(flat, large)).toBe("render-memory");
  });

  it.each([0, 11, 12, 29])("of %i bytes", (length) => {
    expect(refusal(lossy.subarray(0, length))).toBe("source-malformed");
  });

  it("when it is some other file", () => {
    expect(refusal(new Uint8Array(100))).toBe("source-malformed");
    const other = lossy.slice();
    other.set(new TextEncoder().encode("VP9 "), 12);
    expect(refusal(other)).toBe("source-malformed");
  });

  it("cut off or changed anywhere, and never by anything but an ImageError", () => {
    const decoder = createWebpDecoder(module);
    const codeWith = (bytes: Uint8Array): string => {
      try {
        decoder.decode(bytes, size, () => undefined);
        return "none";
      } catch (error) {
        if (error instanceof ImageError) return error.code;
        throw error;
      }
    };
    for (let length = 30; length < lossless.length; length += 23) {
      expect(codeWith(lossless.subarray(0, length))).toBe("source-malformed");
    }
    const codes = new Set<string>();
    for (let run = 0; run < 4000; run += 1) {
      const bytes = random.pick([lossy, lossless, opaque, extended]).slice();
      for (let left = random.integer(1, 5); left > 0; left -= 1) {
        // The first 30 bytes are read before anything is decoded: most damage goes behind them.
        const at = random.next() < 0.1 ? random.integer(12, 29) : random.integer(30, bytes.length - 1);
        bytes[at] = random.integer(0, 255);
      }
      codes.add(codeWith(bytes));
    }
    const expected = ["none", "source-malformed", "source-unsupported", "render-too-costly", "render-memory"];
    expect([...codes].filter((code) => !expected.includes(code))).toEqual([]);
    expect(codes.has("source-malformed")).toBe(true);
  });
});
