import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import worker from "../../src/worker.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const width = 4096;
const height = 2048;
const path = "/iiif/3/wide/full/4000,2000/0/default.jpg";

beforeAll(async () => {
  const samples = Uint8Array.from({ length: 65_536 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24);
  const stored = encodeTestTile({ width: 256, height: 256, samplesPerPixel: 1, samples });
  const form = { compression: "jpeg", samplesPerPixel: 1, photometric: "MinIsBlack", tileBytes: () => stored } as const;
  await env.MASTERS.put("wide", await makeTiff({ width, height, tile: 256, ...form }));
});

/** Begins a picture that no test before has asked for, `outputWidth` pixels wide. */
async function begin(outputWidth: number, bucket: object): Promise<{ response: Response; ended: Promise<void> }> {
  const context = createExecutionContext();
  const request = new Request(`https://images.example/iiif/3/wide/full/${outputWidth},2000/0/default.jpg`);
  // Nothing is counted: what is put off would be waited for.
  const changed = { ...env, MASTERS: bucket, STATISTICS_SECONDS: "0" } as unknown as Env;
  const response = await worker.fetch(request as never, changed, context);
  return { response: response as unknown as Response, ended: waitOnExecutionContext(context) };
}

/** The real bucket, with a word to say before each read of tiles. */
function watched(onRead: (reads: number) => Promise<void> | void) {
  let reads = 0;
  return {
    head: (key: string) => env.MASTERS.head(key),
    async get(key: string, options: R2GetOptions) {
      await onRead(++reads);
      return env.MASTERS.get(key, options);
    },
    reads: () => reads,
  };
}

describe("a picture too large to hold", () => {
  it("is streamed whole: a JPEG from its first marker to its last", async () => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.timing).toMatchObject({ strategy: "stream" });
    expect([...answer.bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect([...answer.bytes.subarray(-2)]).toEqual([0xff, 0xd9]);
  });

  it("is kept when it has gone out whole", async () => {
    const again = await ask(path);
    expect(again.timing).toMatchObject({ strategy: "kept", cache: "edge" });
  });

  it("sends its first bytes before its last tiles are read", async () => {
    const bucket = watched(() => undefined);
    const { response, ended } = await begin(4001, bucket);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const readsAtFirstByte = bucket.reads();
    let done = false;
    while (!done) ({ done } = await reader.read());
    expect(readsAtFirstByte).toBeLessThan(bucket.reads());
    await ended;
  });

  it("breaks off, and says so in the log, when storage fails on the way: never a shorter picture that looks whole", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const { response, ended } = await begin(
      4002,
      watched((reads) => {
        if (reads > 3) throw new Error("R2 went away");
      }),
    );
    expect(response.status).toBe(200);
    await expect(response.bytes()).rejects.toThrow();
    await ended.catch(() => undefined);
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(lines.some((line) => line.includes("stream broken"))).toBe(true);
  });

  it("is read no further when the client has gone", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const bucket = watched(() => undefined);
    const { response, ended } = await begin(4003, bucket);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const readsBefore = bucket.reads();
    await reader.cancel("gone");
    await ended;
    log.mockRestore();
    // At most the one batch that was under way.
    expect(bucket.reads() - readsBefore).toBeLessThanOrEqual(1);
  });
});
