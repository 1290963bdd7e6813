import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import { itemsOf, plant, plantCalls, putMaster, send, untilReported } from "../support/tasks.ts";

const size = { width: 120, height: 90 } as const;
const keys = Array.from({ length: 14 }, (_, index) => `beside/${String(index + 1).padStart(2, "0")}`);

beforeAll(async () => {
  const file = await makeTiff({ ...size, tile: 64, levels: 2, compression: "deflate" });
  for (const key of keys) await putMaster(key, file);
});

const away: (() => void)[] = [];
afterEach(() => {
  for (const take of away.splice(0)) take();
});

/** Watches which items end, in their order, and how many are worked on at once at the most. */
function watch() {
  const seen = { ended: [] as unknown[], most: 0 };
  const working = new Set<unknown>();
  away.push(
    plantCalls((call, [item]) => {
      if (call === "claim") working.add(item);
      if (call === "report" || call === "release") working.delete(item);
      if (call === "report") seen.ended.push(item);
      seen.most = Math.max(seen.most, working.size);
    }),
  );
  return seen;
}

describe("items of a task that are worked on at once", () => {
  it("end before one whose storage is slow", async () => {
    const seen = watch();
    away.push(
      plant(async (call, key) => {
        const isOthersTurn = () => call === "get" && key === keys[0] && seen.ended.length < keys.length - 1;
        while (isOthersTurn()) await new Promise((done) => setTimeout(done, 10));
      }),
    );
    const { id } = await send({ kind: "check", items: keys.map((key) => ({ key })) });
    const { counts, retries } = await untilReported(id);
    expect([counts.done, retries]).toEqual([keys.length, 0]);
    expect(seen.ended).toHaveLength(keys.length);
    expect(seen.ended.at(-1)).toBe(1);
  });

  it("are as many as ITEMS_AT_ONCE says, and no more", async () => {
    const seen = watch();
    const { id } = await send({ kind: "verify", items: keys.map((key) => ({ key })) });
    await untilReported(id);
    expect(env).toMatchObject({ ITEMS_AT_ONCE: "4" });
    expect(seen.most).toBe(4);
  });

  it("are not failed by one that fails", async () => {
    away.push(
      plant((call, key) => {
        if (call === "head" && key === keys[1]) throw new Error("we encountered an internal error (10001)");
      }),
    );
    const { id } = await send({ kind: "check", items: keys.map((key) => ({ key })) });
    const { counts } = await untilReported(id);
    expect(counts).toMatchObject({ done: keys.length - 1, failed: 1 });
    const tries = (await itemsOf(id)).map((item) => item.tries);
    expect(tries).toEqual(keys.map((_, index) => (index === 1 ? 3 : 1)));
  });

  it("make masters in memory that is lent to each", async () => {
    const strips = await makeTiff({ width: 700, height: 500, rowsPerStrip: 16, compression: "lzw" });
    const sources = keys.map((key) => `made/${key}`);
    for (const key of sources) await env.MASTERS.put(key, strips);
    const seen = watch();
    const { id } = await send({ kind: "convert", items: sources.map((key) => ({ key })) });
    const { counts, retries } = await untilReported(id);
    expect([counts.done, retries, seen.most]).toEqual([sources.length, 0, 4]);
  });
});
