import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../src/worker.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";

const tiles = ["0,0,64,64", "64,0,64,64", "0,64,64,64", "64,64,64,64"];
const pathOf = (tile: string) => `/iiif/3/stored-tile/${tile}/max/0/default.jpg`;

beforeAll(async () => {
  const jpeg = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] } as const;
  const form = { width: 300, height: 200, tile: 64, levels: 2, ...jpeg, encodeTile: encodeTestTile } as const;
  const file = await makeTiff(form);
  await env.MASTERS.put("stored-tile", file);
});

/** The environment of an isolate, which counts how often each variable is read. */
function countedEnvironment(changed: Readonly<Record<string, string>>) {
  const reads = new Map<string, number>();
  const variables = { ...env, STATISTICS_SECONDS: "0", ...changed };
  const counted = new Proxy(variables, {
    get(target, name, receiver) {
      reads.set(String(name), (reads.get(String(name)) ?? 0) + 1);
      return Reflect.get(target, name, receiver);
    },
  });
  return { env: counted as unknown as Env, reads };
}

/** Asks, and has the answer looked at as soon as it is there. */
async function ask(counted: Env, path: string, onAnswered: () => void = () => undefined) {
  const context = createExecutionContext();
  const response = await worker.fetch(new Request(`https://images.example${path}`) as never, counted, context);
  await response.bytes();
  onAnswered();
  await waitOnExecutionContext(context);
  return response;
}

/** Asks, and counts the timers that were made for the answer: those that ring once, and those that go on. */
async function askForTimers(counted: Env, path: string) {
  const spies = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "setInterval")];
  for (const spy of spies) spy.mockClear();
  let [once, goingOn] = [0, 0];
  const answer = await ask(counted, path, () => {
    [once = 0, goingOn = 0] = spies.map((spy) => spy.mock.calls.length);
  });
  return { answer, timers: { once, goingOn } };
}

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

describe("a stored tile of an image that is held", () => {
  it("takes one read, its timer and no other, no digest, and nothing of the configuration", async () => {
    const { env: counted, reads } = countedEnvironment({ LOG_SAMPLE: "0" });
    await ask(counted, pathOf(tiles[0]!));
    const before = new Map(reads);
    const digests = vi.spyOn(crypto.subtle, "digest");
    const asked = [];
    for (const tile of tiles) asked.push(await askForTimers(counted, pathOf(tile)));
    const answers = asked.map(({ answer }) => answer);
    expect(digests).toHaveBeenCalledTimes(0);
    expect(asked.map(({ timers }) => timers)).toEqual(tiles.map(() => ({ once: 1, goingOn: 0 })));
    expect(reads).toEqual(before);
    expect(reads.get("JPEG_QUALITY")).toBe(1);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Server-Timing")).toMatch(/strategy;desc="copy".* reads;desc="1".* heads;desc="0"/);
    }
    expect(new Set(answers.map(({ headers }) => headers.get("ETag"))).size).toBe(tiles.length);
  });

  it("is the same bytes from an isolate that has kept nothing", async () => {
    const bytesOf = async (counted: Env) => {
      const context = createExecutionContext();
      const request = new Request(`https://images.example${pathOf(tiles[1]!)}`);
      const response = await worker.fetch(request as never, counted, context);
      const bytes = await response.bytes();
      await waitOnExecutionContext(context);
      return { bytes, etag: response.headers.get("ETag") };
    };
    const { env: counted } = countedEnvironment({});
    const first = await bytesOf(counted);
    expect(await bytesOf(counted)).toEqual(first);
    expect(await bytesOf(countedEnvironment({ JPEG_QUALITY: "70" }).env)).not.toEqual(first);
  });
});

describe("a small drawing of an image that is held", () => {
  it.each([
    ["a tile off the grid", "10,10,64,64/max"],
    ["a tile over the edge", "256,128,44,72/max"],
    ["a thumbnail", "full/50,"],
  ])("takes a timer for each read and no other: %s", async (_, picture) => {
    const { env: counted } = countedEnvironment({ LOG_SAMPLE: "0" });
    const path = `/iiif/3/stored-tile/${picture}/0/default.jpg`;
    await ask(counted, path);
    const { answer, timers } = await askForTimers(counted, path);
    const reads = Number(/reads;desc="(\d+)"/.exec(answer.headers.get("Server-Timing") ?? "")?.[1]);
    expect(answer.headers.get("Server-Timing")).toContain('strategy;desc="draw"');
    expect(reads).toBeGreaterThan(0);
    expect(timers).toEqual({ once: reads, goingOn: 0 });
  });
});

describe("the line of a request", () => {
  const linesOf = async (sample: string) => {
    const { env: counted } = countedEnvironment({ LOG_SAMPLE: sample });
    await ask(counted, pathOf(tiles[0]!));
    await ask(counted, "/iiif/3/stored-tile/0,0,64,64/max/0/default.bmp");
    await ask(counted, "/iiif/3/no-such-image/info.json");
    return lines
      .map((line) => JSON.parse(line) as { readonly method?: string; readonly code?: string })
      .filter(({ method }) => method !== undefined)
      .map(({ code }) => code);
  };

  it("is written of every error, and of nothing else where the sample is 0", async () => {
    expect(await linesOf("0")).toEqual(["format-unknown", "not-found"]);
  });

  it("is written of every request where it is 1", async () => {
    expect(await linesOf("1")).toEqual(["ok", "format-unknown", "not-found"]);
  });

  it("is written of the share that the sample is", async () => {
    const chance = vi.spyOn(Math, "random").mockReturnValue(0.2);
    expect(await linesOf("0.25")).toContain("ok");
    lines = [];
    chance.mockReturnValue(0.3);
    expect(await linesOf("0.25")).not.toContain("ok");
  });
});
