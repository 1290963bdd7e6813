import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import { expectAlive, hangPainting, pictures, urlOf } from "../support/platform/traffic.ts";
import { type Visited, visit, visitAll } from "../support/platform/visitors.ts";

/** Nothing is found in a cache: every picture is drawn. */
const keepsNothing = { CACHE_ABOVE_PIXELS: "1000000000000", STORE_ABOVE_PIXELS: "1000000000000" };

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({
    bundle: inject("bundle"),
    variables: { ...keepsNothing, RENDER_WAIT_SECONDS: "60", STORAGE_TIMEOUT_SECONDS: "60" },
  });
  await hangPainting(platform);
});

afterAll(() => platform.stop());

const { rotated, thumbnail, drawn, stream } = pictures;

describe.each([0, 40, 150])("visitors at once, with storage that answers after %i ms", (latency) => {
  beforeAll(() => {
    platform.behaviour.latency = () => latency;
  });

  it.each([
    ["2 thumbnails", 2, [thumbnail]],
    ["100 thumbnails", 100, [thumbnail]],
    ["3 rotated pictures", 3, [rotated]],
    ["8 streamed pictures", 8, [stream]],
    ["16 of all kinds", 16, [thumbnail, rotated, thumbnail, stream]],
  ] as const)("are all answered: %s", async (_, count, kinds) => {
    const urls = Array.from({ length: count }, (_, index) => urlOf(platform, kinds[index % kinds.length]!()));
    const answers = await visitAll(urls);
    expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(urls.map(() => [200, true]));
    await expectAlive(platform);
  });
});

describe("stored tiles, with storage that is slow", () => {
  /** Of noise, whose tiles take much memory: fewer than a hundred are read at once. */
  const sideTiles = 16;

  beforeAll(async () => {
    platform.behaviour.latency = () => 0;
    const side = sideTiles * 256;
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const picture = sharp({ create: { width: side, height: side, channels: 3, background: "gray", noise } });
    const tiled = { compression: "jpeg", quality: 90, tile: true, tileWidth: 256, tileHeight: 256 } as const;
    await platform.putMaster("noise", await picture.tiff(tiled).toBuffer());
  });

  const tiles = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => {
      const [column, row] = [index % sideTiles, Math.floor(index / sideTiles) % sideTiles];
      return `${platform.url}/iiif/3/noise/${column * 256},${row * 256},256,256/256,/0/default.jpg`;
    });

  /** Asks for so many at once. Storage gives none of them before `isTime` says so, however long it takes until all have come. */
  async function askAtOnce(urls: readonly string[], isTime: () => boolean): Promise<Visited[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // It is the tiles that wait, and not the opening of their master.
    expect((await visit(`${platform.url}/iiif/3/noise/info.json`)).status).toBe(200);
    platform.behaviour.latency = ({ tier, call }) => (tier === "masters" && call === "get" ? promise : 0);
    const asked = visitAll(urls);
    while (!isTime()) await new Promise((done) => setTimeout(done, 50));
    resolve();
    return asked;
  }

  it("are all answered where a thousand are asked for at once, most of them after waiting in line", async () => {
    const before = platform.log.length;
    // Its record is looked up before anything waits: all others have come by then.
    const last = `${platform.url}/iiif/3/the-last/info.json`;
    const isAskedFor = (name: string) => platform.calls.some(({ key }) => key.includes(name));
    const answers = await askAtOnce([...tiles(1000), last], () => isAskedFor("the-last"));
    expect(answers.pop()?.status).toBe(404);
    expect(answers.filter(({ status, isWhole }) => status === 200 && isWhole)).toHaveLength(1000);
    const lines = platform.log.slice(before);
    expect(lines.filter(({ strategy }) => strategy === "copy")).toHaveLength(1000);
    expect(lines.filter(({ waited }) => Number(waited) > 0).length).toBeGreaterThan(800);
    await expectAlive(platform);
  });

  it("are 503 with Retry-After where more are asked for than may wait, and all others are answered", async () => {
    const before = platform.log.length;
    const refusals = () => platform.log.slice(before).filter(({ path, code }) => path && code === "render-busy");
    const answers = await askAtOnce(tiles(1300), () => refusals().length >= 100);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThanOrEqual(100);
    expect(refused.length).toBeLessThan(300);
    for (const { status, headers } of refused) {
      expect([status, headers.get("Cache-Control"), headers.get("Retry-After")]).toEqual([503, "no-store", "1"]);
    }
    expect(answers.every(({ status, isWhole }) => isWhole && (status === 200 || status === 503))).toBe(true);
    await expectAlive(platform);
  });
});

describe("more than an isolate can do in time", () => {
  let hurried: Platform;

  beforeAll(async () => {
    const variables = { ...keepsNothing, RENDER_WAIT_SECONDS: "1" };
    hurried = await startPlatform({ bundle: inject("bundle"), variables });
    await hangPainting(hurried);
    hurried.behaviour.latency = () => 40;
  });

  afterAll(() => hurried.stop());
  afterEach(() => expectAlive(hurried));

  it("is refused in order: 503 with Retry-After, a code in the log, and thumbnails are drawn all the same", async () => {
    const heavy = Array.from({ length: 24 }, () => urlOf(hurried, drawn()));
    const light = Array.from({ length: 24 }, () => urlOf(hurried, thumbnail()));
    const [heavies, lights] = await Promise.all([visitAll(heavy), visitAll(light)]);
    expect(lights.map(({ status }) => status)).toEqual(light.map(() => 200));
    const refused = heavies.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(heavies.length);
    for (const { status, headers, text } of refused) {
      expect([status, headers.get("Cache-Control")]).toEqual([503, "no-store"]);
      expect(headers.get("Retry-After")).toMatch(/^[1-9]\d*$/);
      expect(text).toContain("busy");
    }
    const lines = hurried.log.filter(({ path, code }) => path !== undefined && code === "render-busy");
    expect(lines).toHaveLength(refused.length);
    expect(lines.every(({ waited }) => Number(waited) >= 1000)).toBe(true);
  });
});
