import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hugeIndex } from "../support/platform/huge-index.ts";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import { peakGrowth, tellsMemory, workerdPid } from "../support/platform/process-memory.ts";
import { expectAlive, hangPainting, pictures, stateOf, urlOf } from "../support/platform/traffic.ts";
import { type Idler, idle, visit, visitAll } from "../support/platform/visitors.ts";

let platform: Platform;
let pid: number;

async function start(variables: Readonly<Record<string, string>>): Promise<void> {
  platform = await startPlatform({ bundle: inject("bundle"), variables });
  await hangPainting(platform);
  pid = workerdPid();
  platform.behaviour.latency = () => 40;
}

/**
 * What the whole process may grow by, in bytes: an isolate's 128 MB, and as much for what the simulators of storage and
 * caches, which run in it too, have on its way.
 */
const growthBytes = 256e6;

describe.runIf(tellsMemory)("what an isolate takes", () => {
  describe("to open a master of as many tiles as there may be", () => {
    beforeAll(() => start({ RENDER_WAIT_SECONDS: "60" }));
    afterAll(() => platform.stop());

    const tileOf = (index: number): string => `${platform.url}/iiif/3/huge/${index * 16},0,16,16/max/0/default.jpg`;

    it("stays in its bounds for 40 who ask at once", async () => {
      await platform.putMaster("huge", hugeIndex());
      const urls = Array.from({ length: 40 }, (_, index) => tileOf(index));
      const grown = await peakGrowth(pid, async () => {
        expect((await visitAll(urls)).map(({ status }) => status)).toEqual(urls.map(() => 200));
      });
      expect(grown).toBeLessThan(growthBytes);
      await expectAlive(platform);
    });

    it("is kept: each further tile is one read and nothing else", async () => {
      const before = platform.calls.length;
      for (let index = 40; index < 50; index++) expect((await visit(tileOf(index))).status).toBe(200);
      const calls = platform.calls.slice(before).map(({ tier, call }) => `${tier}.${call}`);
      expect(calls).toEqual(Array(10).fill("masters.get"));
    });
  });

  describe("for bodies that nobody reads", () => {
    let idlers: Idler[] = [];

    beforeAll(() => start({ STORE_ABOVE_PIXELS: "0", STALL_SECONDS: "300" }));

    afterAll(async () => {
      for (const idler of idlers) idler.leave();
      await platform.stop();
    });

    it("is no more than its share, be they drawn or kept", async () => {
      const kept = urlOf(platform, "full/4200,/0/default.jpg");
      const bytes = (await visit(kept)).byteLength;
      expect(bytes).toBeGreaterThan(2e6);
      const drawn = Array.from({ length: 20 }, () => urlOf(platform, pictures.drawn()));
      const grown = await peakGrowth(pid, async () => {
        idlers = await Promise.all([...Array(20).fill(kept), ...drawn].map((url) => idle(url)));
        await new Promise((done) => setTimeout(done, 3000));
        const { memory } = await stateOf(platform);
        expect(memory.lentBytes).toBeLessThan(100e6);
        expect((await visit(urlOf(platform, pictures.thumbnail()))).status).toBe(200);
      });
      expect(grown).toBeLessThan(growthBytes);
      for (const idler of idlers) idler.leave();
      await expectAlive(platform);
    });
  });
});
