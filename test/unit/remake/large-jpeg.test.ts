import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { maxFilePixels, maxReadBytes, maxTileBytes } from "../../../src/limits.ts";
import { openRemake, runRemake } from "../../../src/remake/run.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openRandom } from "../../support/random.ts";
import { FreshKernels, MemorySpill, MemoryTarget, openPorts, usualSettings } from "../../support/remaking.ts";

const size = { width: 1700, height: 4300 } as const;

/** A JPEG of noise, which is longer than one read may be. */
async function makeNoise(): Promise<Uint8Array> {
  const random = openRandom(7);
  const samples = Uint8Array.from({ length: size.width * size.height * 3 }, () => random.next() * 256);
  return sharp(samples, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A source that counts the bytes that are read of it. */
function counted(file: Uint8Array): { readonly source: ByteSource; readonly read: () => number } {
  const whole = memorySource(file, "v1");
  let read = 0;
  const source: ByteSource = {
    ...whole,
    async read(offset, length) {
      const bytes = await whole.read(offset, length);
      read += bytes.byteLength;
      return bytes;
    },
  };
  return { source, read: () => read };
}

describe("a large JPEG file", () => {
  it("is decoded from the top down once, each block going on where the one above has come to", async () => {
    const file = await makeNoise();
    expect(file.byteLength).toBeGreaterThan(maxReadBytes);
    const { source, read } = counted(file);
    const settings = usualSettings;
    const whole = openPorts({});
    await runRemake({ source, settings }, whole);
    // Its head once a block, and once more to describe it; a read that a block does not use to its end is the next one's too.
    expect(read()).toBeLessThan(1.9 * file.byteLength);
    const { work } = await openRemake({ source, settings }, whole);
    expect(work.plan.blocks.length).toBe(3);
    for (const { bytes } of work.plan.blocks) expect(bytes).toBeLessThan(20 << 20);
    // A block that can't go on passes over what is above it, and makes the same.
    const alone = openPorts({
      spill: new ForgetfulSpill(),
      target: new MemoryTarget(),
      tools: { ...whole.tools, kernels: new FreshKernels() },
    });
    await runRemake({ source: memorySource(file, "v1"), settings }, alone);
    expect(Buffer.from(alone.target.file ?? []).equals(whole.target.file ?? new Uint8Array(0))).toBe(true);
    for (const { bytes, kernel } of alone.tools.kernels.taken)
      expect(kernel.bytes.byteLength).toBeLessThanOrEqual(bytes + (1 << 20));
  });

  it("is planned whatever its size", async () => {
    const header = await sharp({ create: { width: 16_000, height: 16_000, channels: 3, background: "#357" } })
      .jpeg()
      .toBuffer();
    expect(16_000 ** 2).toBeGreaterThan(maxFilePixels);
    const source: ByteSource = { ...memorySource(header, "v1"), size: 3 * maxTileBytes };
    const { work } = await openRemake({ source, settings: usualSettings }, openPorts({}));
    expect(work.plan.levels[0]).toEqual({ width: 16_000, height: 16_000 });
    for (const { bytes } of work.plan.blocks) expect(bytes).toBeLessThan(40 << 20);
  });
});

/** Keeps nothing of how far decoding has come. */
class ForgetfulSpill extends MemorySpill {
  override async put(name: string, bytes: Uint8Array): Promise<void> {
    if (!/rows-\d+\.json$/.test(name)) await super.put(name, bytes);
  }
}
