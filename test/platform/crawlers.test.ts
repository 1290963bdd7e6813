import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import { expectAlive, hangPainting, pictures, stateOf, untilQuiet, urlOf } from "../support/platform/traffic.ts";
import { idle, type Visited, visit, visitAll } from "../support/platform/visitors.ts";

/** Nothing is found in a cache: every picture is drawn. */
const keepsNothing = { CACHE_ABOVE_PIXELS: "1000000000000", STORE_ABOVE_PIXELS: "1000000000000" };

/** Storage answers late, or no line would form. */
const latencyMilliseconds = 40;

/** Stored tiles, which are copied, and tiles beside their grid, which are drawn: each another one. */
const tilePaths = Array.from({ length: 40 }, (_, index) => {
  const [column, row] = [index % 8, Math.floor(index / 8)];
  const shift = index % 2 === 0 ? 0 : 100;
  return `${column * 512 + shift},${row * 512 + shift},256,256/256,/0/default.jpg`;
});

async function start(options: Parameters<typeof startPlatform>[0]): Promise<Platform> {
  const platform = await startPlatform({ bundle: inject("bundle"), ...options });
  await hangPainting(platform);
  platform.behaviour.latency = () => latencyMilliseconds;
  return platform;
}

/** The lines of the log for requests of these paths, in the order in which they were answered. */
function linesOf(platform: Platform, paths: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return platform.log.filter(({ path }) => paths.some((asked) => String(path).endsWith(`/${asked}`)));
}

describe("a flood of full renderings", () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await start({ variables: { ...keepsNothing, RENDER_WAIT_SECONDS: "60" } });
  });

  afterAll(() => platform.stop());

  it("lets tiles that come last pass: none waits in line, none is refused, most renderings come after them", async () => {
    const readers = await Promise.all(Array.from({ length: 4 }, () => idle(urlOf(platform, pictures.large()))));
    const renderings = Array.from({ length: 8 }, () => pictures.drawn());
    const flood = visitAll(renderings.map((path) => urlOf(platform, path)));
    await new Promise((done) => setTimeout(done, 200));
    const tiles = await visitAll(tilePaths.map((path) => urlOf(platform, path)));
    expect(tiles.map(({ status, isWhole }) => [status, isWhole])).toEqual(tiles.map(() => [200, true]));
    const answers = await flood;
    for (const reader of readers) reader.leave();
    expect(answers.map(({ status }) => status)).toEqual(renderings.map(() => 200));
    expect(linesOf(platform, tilePaths).map(({ waited }) => waited)).toEqual(tilePaths.map(() => 0));
    const order = linesOf(platform, [...tilePaths, ...renderings]).map(({ path }) =>
      tilePaths.some((tile) => String(path).endsWith(`/${tile}`)) ? "tile" : "rendering",
    );
    const before = order.slice(0, order.lastIndexOf("tile")).filter((kind) => kind === "rendering");
    expect(before.length).toBeLessThan(renderings.length / 2);
    // Readers that took nothing may have lost what they held: others needed it.
    await untilQuiet(platform);
    expect((await stateOf(platform)).memory).toMatchObject({ lentBytes: 0, waiting: 0 });
  });
});

describe("more full renderings than are drawn in time", () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await start({ variables: { ...keepsNothing, RENDER_WAIT_SECONDS: "1" } });
  });

  afterAll(() => platform.stop());

  it("are told when to come again by what is before them, and tiles pass", async () => {
    const flood = visitAll(Array.from({ length: 24 }, () => urlOf(platform, pictures.drawn())));
    const tiles = await visitAll(tilePaths.map((path) => urlOf(platform, path)));
    expect(tiles.map(({ status }) => status)).toEqual(tiles.map(() => 200));
    const refused = (await flood).filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    const seconds = refused.map(({ headers }) => Number(headers.get("Retry-After")));
    expect(seconds.every((second) => Number.isInteger(second) && second >= 1 && second <= 120)).toBe(true);
    // Those that were refused first had the others before them, of some 0.2 seconds each.
    expect(Math.max(...seconds)).toBeGreaterThan(1);
    await expectAlive(platform);
  });
});

describe("a limit for each address", () => {
  let platform: Platform;
  const ask = (path: string, address: string) =>
    visit(urlOf(platform, path), { headers: { "CF-Connecting-IP": address } });

  /** Asks until it is refused. A minute may begin meanwhile, and with it another count, but not two. */
  const askOften = async (paths: readonly string[], address: string): Promise<readonly Visited[]> => {
    const answers: Visited[] = [];
    for (const path of paths) {
      answers.push(await ask(path, address));
      if (answers.at(-1)?.status === 429) break;
    }
    return answers;
  };
  const statusesOf = (answers: readonly Visited[]) => answers.map(({ status }) => status);

  beforeAll(async () => {
    platform = await start({
      variables: { CACHE_ABOVE_PIXELS: "4000000", STORE_ABOVE_PIXELS: "1000000000000", STATISTICS_SECONDS: "0" },
      rateLimits: { PICTURE_LIMIT: 5, RENDER_LIMIT: 2 },
    });
  });

  afterAll(() => platform.stop());

  it("counts full renderings that no cache has, each address for itself", async () => {
    const paths = Array.from({ length: 5 }, () => pictures.drawn());
    const answers = await askOften(paths, "192.0.2.1");
    expect(answers.length).toBeGreaterThan(2);
    expect(statusesOf(answers)).toEqual([...answers.slice(1).map(() => 200), 429]);
    const { headers, text } = answers.at(-1)!;
    expect([headers.get("Retry-After"), headers.get("Cache-Control")]).toEqual(["60", "no-store"]);
    expect(text).toContain("too-many-requests");
    // What is kept by now is sent all the same, as is what costs less, and what tells nobody pixels.
    expect((await ask(paths[0]!, "192.0.2.1")).status).toBe(200);
    expect((await ask(tilePaths[0]!, "192.0.2.1")).status).toBe(200);
    expect((await ask("info.json", "192.0.2.1")).status).toBe(200);
    expect((await ask(paths[answers.length - 1]!, "192.0.2.2")).status).toBe(200);
  });

  it("counts tiles, and never info.json or what the client has already", async () => {
    const address = "2001:db8::1";
    const answers = await askOften(tilePaths.slice(0, 11), address);
    expect(answers.length).toBeGreaterThan(5);
    expect(statusesOf(answers)).toEqual([...answers.slice(1).map(() => 200), 429]);
    for (let again = 0; again < 3; again++) expect((await ask("info.json", "2001:db8::2")).status).toBe(200);
    const known = { "If-None-Match": answers[0]!.headers.get("ETag") ?? "", "CF-Connecting-IP": address };
    expect((await visit(urlOf(platform, tilePaths[0]!), { headers: known })).status).toBe(304);
  });
});
