import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { isolateBytes } from "../../src/budget/isolate-memory.ts";
import { hugeIndex } from "../support/platform/huge-index.ts";
import { heldBytes, type IsolateInspector } from "../support/platform/isolate-inspector.ts";
import { type Platform, type PlatformOptions, startPlatform } from "../support/platform/platform.ts";
import { peakGrowth, tellsMemory, workerdPid } from "../support/platform/process-memory.ts";
import { expectAlive, hangPainting, pictures, stateOf, untilQuiet, urlOf } from "../support/platform/traffic.ts";
import { type Idler, idle, visit, visitAll } from "../support/platform/visitors.ts";

let platform: Platform;
let pid: number;

async function start(
  variables: Readonly<Record<string, string>>,
  options: Pick<PlatformOptions, "isInspected"> = {},
): Promise<void> {
  platform = await startPlatform({ bundle: inject("bundle"), variables, ...options });
  await hangPainting(platform);
  pid = workerdPid();
  platform.behaviour.latency = () => 40;
}

/**
 * What the whole process may grow by, in bytes: an isolate's 128 MB, and as much for what the simulators of storage and
 * caches, which run in it too, have on its way.
 */
const growthBytes = 256e6;

/** What an isolate may hold in bytes that nothing was lent for: idle kernels, what is remembered, objects of requests. */
const unlentBytes = 8e6;

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
    let inspector: IsolateInspector;

    beforeAll(async () => {
      // All are answered, however long that takes beside other tests.
      await start({ STORE_ABOVE_PIXELS: "0", STALL_SECONDS: "300", RENDER_WAIT_SECONDS: "100" }, { isInspected: true });
      inspector = await platform.inspect();
    });

    afterAll(async () => {
      for (const idler of idlers) idler.leave();
      inspector.close();
      await platform.stop();
    });

    /** What V8 holds is told, and not what the process does: that is mostly sockets, simulators, and what is not yet collected. */
    const held = (): Promise<number> => heldBytes(inspector, () => stateOf(platform));

    /** Returns with which codes pictures were answered since so many lines of the log. */
    const codesSince = (line: number): unknown[] =>
      platform.log.slice(line).flatMap(({ path, code }) => (String(path).startsWith("/iiif/3/") ? [code] : []));

    it("is what is lent for them, be they drawn or kept, and is given back", async () => {
      const kept = urlOf(platform, "full/4200,/0/default.jpg");
      expect((await visit(kept)).byteLength).toBeGreaterThan(2e6);
      await untilQuiet(platform);
      const before = await held();
      const line = platform.log.length;
      const drawn = Array.from({ length: 10 }, () => urlOf(platform, pictures.drawn()));
      idlers = await Promise.all([...Array(20).fill(kept), ...drawn].map((url) => idle(url)));
      while (codesSince(line).length < idlers.length) {
        expect(await held()).toBeLessThan(isolateBytes);
        await new Promise((done) => setTimeout(done, 1000));
      }
      expect(codesSince(line)).toEqual(idlers.map(() => "ok"));
      const taken = await held();
      const { lentBytes } = (await stateOf(platform)).memory;
      // Some drawn ones had to make room for those after them.
      expect(lentBytes).toBeGreaterThan(15e6);
      expect(taken - before).toBeLessThan(lentBytes + unlentBytes);
      expect((await visit(urlOf(platform, pictures.thumbnail()))).status).toBe(200);
      for (const idler of idlers) idler.leave();
      await untilQuiet(platform);
      expect((await stateOf(platform)).memory).toMatchObject({ lentBytes: 0, waiting: 0 });
      expect((await held()) - before).toBeLessThan(unlentBytes);
    });
  });
});
