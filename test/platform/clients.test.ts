import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import {
  expectAlive,
  hangPainting,
  painting,
  pictures,
  stateOf,
  untilQuiet,
  urlOf,
} from "../support/platform/traffic.ts";
import { type Idler, idle, visitAll } from "../support/platform/visitors.ts";

const keepsNothing = { CACHE_ABOVE_PIXELS: "1000000000000", STORE_ABOVE_PIXELS: "1000000000000" };
const { rotated, thumbnail, drawn, stream, large } = pictures;

let platform: Platform;
let idlers: Idler[] = [];

async function start(variables: Readonly<Record<string, string>>): Promise<void> {
  platform = await startPlatform({ bundle: inject("bundle"), variables: { ...keepsNothing, ...variables } });
  await hangPainting(platform);
  platform.behaviour.latency = () => 40;
}

afterEach(() => {
  for (const idler of idlers) idler.leave();
  idlers = [];
});

describe("clients that leave", () => {
  beforeAll(() => start({}));
  afterAll(() => platform.stop());

  /** Moments that are spread over the time that a request takes, the same in every run. */
  const momentOf = (index: number): number => (index * 37) % 400;

  it.each([
    ["120 thumbnails", 120, thumbnail],
    ["20 rotated pictures", 20, rotated],
    ["40 streamed pictures", 40, stream],
    ["20 large pictures", 20, large],
  ] as const)("take nothing along: %s", async (_, count, kind) => {
    const outcomes = await Promise.all(
      Array.from({ length: count }, (_, index) => platform.leave(`/iiif/3/${painting}/${kind()}`, momentOf(index))),
    );
    expect(outcomes.filter((outcome) => outcome.startsWith("left")).length).toBeGreaterThan(count / 4);
    await expectAlive(platform);
  });

  it("are not drawn for: what waited for memory or was being drawn ends with them", async () => {
    await untilQuiet(platform);
    const before = platform.log.length;
    await Promise.all(Array.from({ length: 12 }, () => platform.leave(`/iiif/3/${painting}/${drawn()}`, 150)));
    await untilQuiet(platform);
    const codes = platform.log
      .slice(before)
      .flatMap(({ path, code }) => (String(path).endsWith("/default.png") ? [code] : []));
    expect(codes).toHaveLength(12);
    // One or two may have been so far that nothing was left to be stopped.
    expect(codes.filter((code) => code === "client-gone").length).toBeGreaterThanOrEqual(10);
  });
});

describe("clients that do not read", () => {
  describe("beside those that do", () => {
    beforeAll(() => start({ STALL_SECONDS: "300", RENDER_WAIT_SECONDS: "60" }));
    afterAll(() => platform.stop());
    // Those who left before they were answered are noticed only once something is sent to them.
    beforeEach(() => untilQuiet(platform));

    it("keep nobody waiting: thumbnails and pictures are drawn while all of them still hold on", async () => {
      idlers = await Promise.all(Array.from({ length: 50 }, () => idle(urlOf(platform, large()))));
      await new Promise((done) => setTimeout(done, 500));
      const others = [...Array.from({ length: 100 }, thumbnail), ...Array.from({ length: 4 }, rotated)];
      const answers = await visitAll(others.map((path) => urlOf(platform, path)));
      expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(others.map(() => [200, true]));
    });

    it("make room for those that read: a stream that is not taken ends when another one needs its memory", async () => {
      idlers = await Promise.all(Array.from({ length: 4 }, () => idle(urlOf(platform, large()))));
      await new Promise((done) => setTimeout(done, 500));
      const answers = await visitAll(Array.from({ length: 3 }, () => urlOf(platform, stream())));
      expect(answers.map(({ status, isWhole }) => [status, isWhole])).toEqual(answers.map(() => [200, true]));
      expect((await stateOf(platform)).streams.stalled).toBeGreaterThan(0);
    });
  });

  describe("for longer than they may", () => {
    beforeAll(() => start({ STALL_SECONDS: "1", RENDER_WAIT_SECONDS: "3" }));
    afterAll(() => platform.stop());
    beforeEach(() => untilQuiet(platform));

    it("are broken off, with a line in the log, and give everything back", async () => {
      idlers = await Promise.all(Array.from({ length: 6 }, () => idle(urlOf(platform, large()))));
      await new Promise((done) => setTimeout(done, 1000));
      await untilQuiet(platform);
      const { memory, streams } = await stateOf(platform);
      expect(memory).toMatchObject({ lentBytes: 0, waiting: 0 });
      expect(streams.stalled).toBeGreaterThan(0);
      const lines = platform.log.filter(({ message }) => message === "stream stalled");
      expect(lines).toHaveLength(streams.stalled);
      await expectAlive(platform);
    });

    it("see that their picture is not whole", async () => {
      const [idler] = await Promise.all([idle(urlOf(platform, large()))]);
      idlers = [idler];
      const { stalled } = (await stateOf(platform)).streams;
      while ((await stateOf(platform)).streams.stalled === stalled) await new Promise((done) => setTimeout(done, 100));
      const rest = await idler.readRest();
      expect(rest.startsWith("HTTP/1.1 200")).toBe(true);
      // The last chunk of a chunked body has no bytes. Source: RFC 9112 §7.1.
      expect(rest.endsWith("0\r\n\r\n")).toBe(false);
      expect(idler.isBrokenOff).toBe(true);
    });
  });
});
