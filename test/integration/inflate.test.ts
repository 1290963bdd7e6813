import { describe, expect, it } from "vitest";
import { inflate } from "../../src/codec/inflate.ts";

/** Bytes that compress to a third: several steps of the inflater. */
function sample(byteLength: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: byteLength }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 24) & 7);
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** What comes out before the stream ends, by itself or by its fault. */
async function inflated(stream: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly isBroken: boolean }> {
  const parts: Uint8Array[] = [];
  let isBroken = false;
  try {
    for await (const part of inflate(() => [stream])) parts.push(part);
  } catch {
    isBroken = true;
  }
  return { bytes: new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer()), isBroken };
}

describe("a zlib stream, inflated by the platform", () => {
  const sizes = [100, 5000, 20_000, 60_000];

  it.each(sizes)("of %i bytes comes out whole", async (size) => {
    const bytes = sample(size);
    expect(await inflated(await deflate(bytes))).toEqual({ bytes, isBroken: false });
  });

  it.each(sizes)("of %i bytes comes out whole before the fault: bytes after its end", async (size) => {
    const bytes = sample(size);
    const stream = await deflate(bytes);
    const followed = new Uint8Array(stream.byteLength + 10);
    followed.set(stream);
    expect(await inflated(followed)).toEqual({ bytes, isBroken: true });
  });

  it.each(sizes)("of %i bytes comes out whole before the fault: a checksum that differs", async (size) => {
    const bytes = sample(size);
    const stream = await deflate(bytes);
    stream[stream.byteLength - 1]! ^= 1;
    expect(await inflated(stream)).toEqual({ bytes, isBroken: true });
  });

  it("that is cut off is a fault, and returns only its own bytes", async () => {
    const bytes = sample(60_000);
    const stream = await deflate(bytes);
    const { bytes: some, isBroken } = await inflated(stream.subarray(0, stream.byteLength - 9));
    expect(isBroken).toBe(true);
    expect(some).toEqual(bytes.subarray(0, some.byteLength));
  });
});
