import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { TaskReport } from "../../src/task/report.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { writePng } from "../support/png-writer.ts";
import { itemsOf, plant, plantCalls, send, untilReported } from "../support/tasks.ts";

const size = { width: 120, height: 90 } as const;

/** What is converted, in turn: strips, tiles without levels, a big-endian BigTIFF, a PNG, a bilevel page. */
const sources = [
  await makeTiff({ ...size, rowsPerStrip: 16, compression: "lzw" }),
  await makeTiff({ ...size, tile: 64, compression: "deflate" }),
  await makeTiff({ ...size, byteOrder: "big", bigTiff: true, compression: "packbits" }),
  writePng({ ...size, bitDepth: 8, colorType: 2, rows: new Uint8Array((3 * size.width + 1) * size.height) }),
  await makeTiff({ ...size, photometric: "MinIsBlack", bitsPerSample: 1 }),
] as const;
const [strips] = sources;
const damaged = strips.slice(0, 100);
// A file of JPEG 2000, which begins so.
const beyond = new Uint8Array([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10]);

let takeAway = (): void => undefined;
afterEach(() => {
  takeAway();
  vi.restoreAllMocks();
});

const keys = Array.from({ length: 200 }, (_, index) => `mixed/${String(index + 1).padStart(3, "0")}`);
const keyOf = (item: number): string => keys[item - 1] ?? "";

/** What is planted, by number. */
const plants = {
  damaged: 7,
  beyond: 33,
  missing: 60,
  replaced: 87,
  failing: 114,
  killed: 141,
  unheard: 168,
  twice: 195,
};

const planted: ReadonlyMap<number, Uint8Array> = new Map([
  [plants.damaged, damaged],
  [plants.beyond, beyond],
]);

describe("a task of two hundred images, some of which fail", () => {
  beforeAll(async () => {
    for (const [index, key] of keys.entries()) {
      const item = index + 1;
      if (item === plants.missing) continue;
      await env.MASTERS.put(key, planted.get(item) ?? sources[index % sources.length] ?? damaged);
    }
  });

  it("ends with each in its state, nothing lost and nothing done twice", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    let isReplaced = false;
    let failures = 1;
    const puts = new Map<string, number>();
    takeAway = plant(async (call, key) => {
      if (call === "put") puts.set(key, (puts.get(key) ?? 0) + 1);
      if (call === "get" && key === keyOf(plants.replaced) && !isReplaced) {
        isReplaced = true;
        await env.MASTERS.put(key, strips);
      }
      if (key === keyOf(plants.failing) && failures-- > 0) throw new Error("we encountered an internal error (10001)");
    });
    // A consumer dies when it has claimed its item, and another's report is written down, but it never hears so.
    const once = new Set([plants.killed, plants.unheard]);
    let reports = 0;
    const takeCallsAway = plantCalls((call, [item]) => {
      if (call === "report") reports += 1;
      if (call === "claim" && item === plants.killed && once.delete(plants.killed)) throw new Error("It died.");
      if (call === "report" && item === plants.unheard && once.delete(plants.unheard)) throw new Error("It died.");
    });
    const takeBucketsAway = takeAway;
    takeAway = () => {
      takeBucketsAway();
      takeCallsAway();
    };
    const { id } = await send({
      kind: "convert",
      name: "Mixed",
      items: keys.map((key) => ({ key })),
      settings: { tile: 256 },
    });
    for (let again = 0; again < 3; again++) await env.ITEMS.send({ task: id, item: plants.twice });
    const status = await untilReported(id);

    expect(status.state).toBe("done");
    expect(status.counts).toMatchObject({ done: 197, failed: 2, refused: 1, waiting: 0, queued: 0, running: 0 });
    const items = await itemsOf(id);
    expect(items.map(({ key }) => key)).toEqual(keys);
    const others = items.filter(({ state }) => state !== "done");
    expect(others.map(({ item, state, failure }) => [item, state, failure?.code])).toEqual([
      [plants.damaged, "failed", "source-malformed"],
      [plants.beyond, "refused", "remake-impossible"],
      [plants.missing, "failed", "not-found"],
    ]);
    const again = items.filter(({ tries }) => tries !== 1).map(({ item, tries }) => [item, tries]);
    expect(again).toEqual([plants.replaced, plants.failing, plants.killed].map((item) => [item, 2]));
    expect(status.retries).toBe(3);
    expect(reports).toBe(200);
    // Each master was written once, but for the one that somebody else has put, and says what it is.
    const written = keys.map((key) => puts.get(key) ?? 0);
    const isOther = (index: number): boolean => others.some(({ item }) => item === index + 1);
    expect(written).toEqual(keys.map((_, index) => (isOther(index) ? 0 : index + 1 === plants.replaced ? 2 : 1)));
    const marks = (await env.MASTERS.head(keyOf(plants.replaced)))?.customMetadata;
    expect(marks).toMatchObject({
      width: "120",
      height: "90",
      tile: "256",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });

    const stored = await env.CATALOGUE.get(status.report ?? "");
    const { task, failures: told, slowest, median }: TaskReport = JSON.parse((await stored?.text()) ?? "{}");
    expect(task).toMatchObject({ id, state: "done", counts: status.counts });
    expect(told.map(({ item }) => item)).toEqual([plants.damaged, plants.missing, plants.beyond]);
    expect(slowest.length).toBeLessThanOrEqual(20);
    expect(Object.keys(median).toSorted()).toEqual(["decode", "encode", "read", "resample", "verify", "write"]);
  });
});
