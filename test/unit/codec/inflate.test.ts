import { deflateSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { inflate } from "../../../src/codec/inflate.ts";

const raw = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 9);
const stream = new Uint8Array(deflateSync(raw));

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Has the lengths recorded of what the platform's inflater is given. */
function recordWrites(): readonly number[] {
  const Inflater = DecompressionStream;
  const lengths: number[] = [];
  vi.stubGlobal("DecompressionStream", function open(format: "deflate") {
    const { readable, writable } = new Inflater(format);
    const recorder = new TransformStream<Uint8Array, Uint8Array>({
      transform(part, controller) {
        lengths.push(part.byteLength);
        controller.enqueue(part);
      },
    });
    recorder.readable.pipeTo(writable as WritableStream<Uint8Array>).catch(() => undefined);
    return { readable, writable: recorder.writable };
  });
  return lengths;
}

describe("inflate", () => {
  it("returns what was deflated, however it is split", { tags: "slow" }, async () => {
    for (const partBytes of [1, 7, 8192, stream.length]) {
      const parts: Uint8Array[] = [];
      const count = partBytes === 1 ? 200 : Math.ceil(stream.length / partBytes);
      for (let index = 0; index < count; index += 1) {
        parts.push(stream.subarray(index * partBytes, (index + 1) * partBytes));
      }
      const rest = stream.subarray(count * partBytes);
      const inflated: Uint8Array[] = [];
      for await (const part of inflate(() => [...parts, rest])) inflated.push(part);
      expect(Buffer.compare(concatenate(inflated), raw)).toBe(0);
    }
  });

  it("passes on little at once, because a platform may hold all the output", async () => {
    const lengths = recordWrites();
    let total = 0;
    for await (const part of inflate(() => [stream])) total += part.byteLength;
    expect(total).toBe(raw.length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8192);
  });

  it("asks for no more than its caller does", async () => {
    const lengths = recordWrites();
    let asked = 0;
    function* parts(): Generator<Uint8Array> {
      for (let at = 0; at < stream.length; at += 1000, asked += 1) yield stream.subarray(at, at + 1000);
    }
    for await (const _ of inflate(parts)) break;
    expect(asked).toBeLessThan(stream.length / 1000 / 2);
    expect(lengths.length).toBeLessThan(stream.length / 1000 / 2);
  });

  it("rejects for a stream that is broken or cut off", async () => {
    for (const bytes of [stream.subarray(0, 500), stream.with(0, 0x55), new Uint8Array(0)]) {
      const all = async (): Promise<void> => {
        for await (const _ of inflate(() => [bytes]));
      };
      await expect(all()).rejects.toThrow();
    }
  });
});
