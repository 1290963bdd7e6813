import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { openFile } from "../../../src/files/open.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

const random = openRandom(81);
const size = { width: 200, height: 150 };
const raw = Uint8Array.from({ length: 200 * 150 * 4 }, () => random.integer(0, 255));
const image = () => sharp(raw, { raw: { ...size, channels: 4 } });

async function open(bytes: Uint8Array) {
  const counts = { reads: 0, bytes: 0 };
  const opened = await openFile(countReads(memorySource(bytes), counts), bytes.subarray(0, 32_768));
  return { opened: opened!, encoding: opened!.pyramid.levels[0].encoding, counts };
}

describe("a WebP master", () => {
  it("is RGB, with alpha where it has some", async () => {
    const { encoding } = await open(await image().webp().toBuffer());
    expect(encoding).toMatchObject({ compression: "webp", model: "rgb" });
    expect(encoding.layout).toMatchObject({ samplesPerPixel: 4, bits: 8, alpha: { sample: 3, isAssociated: false } });
    const opaque = await open(await image().removeAlpha().webp().toBuffer());
    expect(opaque.encoding.layout).toMatchObject({ samplesPerPixel: 3, alpha: undefined });
  });

  it("has the metadata after its picture with one read", async () => {
    const bytes = await image().withMetadata({ orientation: 5 }).webp({ lossless: true }).toBuffer();
    expect(bytes.byteLength).toBeGreaterThan(100_000);
    const { opened, counts } = await open(bytes);
    expect(opened.pyramid.orientation).toBe(5);
    expect(counts.reads).toBe(1);
  });

  it("is opened in few reads, however many chunks it claims", async () => {
    const bytes = await image().withMetadata({ orientation: 5 }).webp().toBuffer();
    const filler = new Uint8Array(70_008);
    filler.set(new TextEncoder().encode("abcd"));
    new DataView(filler.buffer).setUint32(4, 70_000, true);
    const fillers = Array.from({ length: 60 }, () => filler);
    const { opened, counts } = await open(concatenate([bytes.subarray(0, 30), ...fillers, bytes.subarray(30)]));
    expect(opened.pyramid.orientation).toBe(1);
    expect(counts.reads).toBeLessThanOrEqual(16);
  });

  it("is refused when it is an animation or has no header", async () => {
    const frames = await sharp(raw, { raw: { ...size, channels: 4, pageHeight: 75 } })
      .webp({ loop: 0 })
      .toBuffer();
    expect(await codeOfAsync(open(frames))).toBe("source-unsupported");
    expect(await codeOfAsync(open(frames.subarray(0, 20)))).toBe("source-malformed");
  });
});
