import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { openRandom } from "../support/random.ts";
import { storeMasters } from "../support/store-masters.ts";
import { testPort } from "../support/test-port.ts";
import { hostFolders } from "./folder-host.ts";
import type { PageHost } from "./page-host.ts";
import { countFailedTiles, fullyDrawn, launchBrowser, type Visit, visit } from "./visit.ts";

const rules = [
  { prefix: "/loris/", id: { strip: ".jp2" } },
  { prefix: "/dzi/", protocol: "deepzoom" },
  { prefix: "/dzi/overlapping/", protocol: "deepzoom", tileSize: 100, overlap: 1 },
  { prefix: "/zoomify/", protocol: "zoomify", tileSize: 64 },
  { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip", id: { strip: ".tif" } },
];

/** Sides that are odd, and of whose half tiles of 64 leave less than a pixel. */
const size = { width: 257, height: 195 };

let stateFolder: string;
let server: DemoServer;
let host: PageHost;
let browser: Browser;

beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), "tessera-old-urls-"));
  const file = join(stateFolder, "map.tif");
  const form = { pyramid: true, tile: true, tileWidth: 64, tileHeight: 64, compression: "jpeg", quality: 90 } as const;
  await drawMap().tiff(form).toFile(file);
  await storeMasters([file], stateFolder);
  const variables = { GATEWAY: JSON.stringify(rules) };
  [browser, server, host] = await Promise.all([
    launchBrowser(),
    startServer({ port: await testPort(), stateFolder, variables }),
    hostFolders(
      { openseadragon: join(projectFolder, "node_modules/openseadragon/build/openseadragon") },
      { "/viewer": page },
    ),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await host?.stop();
  await server?.stop();
  await rm(stateFolder, { recursive: true, force: true });
});

const page = `<!DOCTYPE html><meta charset="utf-8"><title>Viewer</title><link rel="icon" href="data:,">
  <div id="viewer" style="width: 800px; height: 600px"></div><script src="/openseadragon/openseadragon.min.js"></script>`;

/** Patches of any lightness: a tile in the wrong place shows. */
function drawMap(): Sharp {
  const random = openRandom(7);
  const patches = { width: 16, height: 12, channels: 3 } as const;
  const samples = Array.from({ length: patches.width * patches.height }, () => random.integer(0, 255));
  const grey = Uint8Array.from(samples.flatMap((sample) => [sample, sample, sample]));
  return sharp(grey, { raw: patches }).resize({ ...size, fit: "fill", kernel: "nearest" });
}

/** What a viewer made of a level: how many tiles it asked for, and how far they are from the picture of IIIF, 0 to 255. */
interface AssembledLevel {
  readonly level: number;
  readonly tiles: number;
  readonly difference: number;
}

/**
 * Asks for all tiles of all levels as the viewer's source for them says, puts them where it says, and compares each level
 * with the picture of it. Runs in the page.
 */
const assemble = `async (picture, rounding) => {
  const source = window.viewer.world.getItemAt(0).source;
  const load = async (url) => createImageBitmap(await (await fetch(url)).blob());
  const levels = [];
  for (let level = source.minLevel; level <= source.maxLevel; level++) {
    const scale = source.getLevelScale(level);
    const round = (side) => Math.max(1, Math[rounding](side * scale));
    const [width, height] = [round(source.dimensions.x), round(source.dimensions.y)];
    const draw = async (paint) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      await paint(context);
      return context.getImageData(0, 0, width, height).data;
    };
    const { x: columns, y: rows } = source.getNumTiles(level);
    const seen = await draw(async (context) => {
      await Promise.all(Array.from({ length: columns * rows }, async (_, index) => {
        const [column, row] = [index % columns, Math.floor(index / columns)];
        const { x, y } = source.getTileBounds(level, column, row).times(source.dimensions.x * scale);
        const tile = await load(source.getTileUrl(level, column, row));
        context.drawImage(tile, Math.round(x), Math.round(y));
      }));
    });
    const whole = await load(picture + "/full/" + width + "," + height + "/0/default.png");
    const expected = await draw((context) => context.drawImage(whole, 0, 0));
    const sum = seen.reduce((total, value, at) => total + Math.abs(value - expected[at]), 0);
    levels.push({ level, tiles: columns * rows, difference: sum / seen.length });
  }
  return levels;
}`;

/** Opens an image in OpenSeadragon, looks at all of it and then at a part as large as it is. */
async function open(source: unknown): Promise<Visit> {
  const seen = await visit(browser, `${host.url}/viewer`);
  await seen.page.evaluate(`new Promise((resolve, reject) => {
    window.viewer = OpenSeadragon({ id: "viewer", tileSources: ${JSON.stringify(source)}, drawer: "canvas", showNavigationControl: false });
    window.viewer.addHandler("open", () => resolve());
    window.viewer.addHandler("open-failed", ({ message }) => reject(new Error(message)));
  })`);
  await countFailedTiles(seen.page);
  await fullyDrawn(seen.page);
  await seen.page.evaluate("window.viewer.viewport.zoomTo(window.viewer.viewport.imageToViewportZoom(1), null, true)");
  await fullyDrawn(seen.page);
  expect(await seen.page.evaluate("window.failedTiles")).toEqual([]);
  return seen;
}

describe("OpenSeadragon", () => {
  test.each([
    ["DeepZoom", () => `${server.url}/dzi/map.dzi`, "ceil", 10],
    ["DeepZoom whose tiles overlap", () => `${server.url}/dzi/overlapping/map.dzi`, "ceil", 10],
    ["IIP", () => ({ iipsrv: `${server.url}/fcgi-bin/iipsrv.fcgi`, image: "map.tif" }), "floor", 3],
    [
      "Zoomify",
      () => ({ type: "zoomifytileservice", ...size, tileSize: 64, tilesUrl: `${server.url}/zoomify/map/` }),
      "floor",
      3,
    ],
  ] as const)("shows an image by %s as it is, at every level", async (_, source, rounding, levelCount) => {
    const { page, faults } = await open(source());
    const picture = JSON.stringify(`${server.url}/iiif/3/map`);
    const levels = (await page.evaluate(`(${assemble})(${picture}, "${rounding}")`)) as readonly AssembledLevel[];
    expect(levels).toHaveLength(levelCount);
    // Of a few pixels it is what JPEG makes of them; one tile of twenty in the wrong place would be four.
    expect(levels.filter(({ tiles, difference }) => difference > (tiles === 1 ? 8 : 2))).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("goes on with the URLs of IIIF where it began with those of another server", async () => {
    const { page, faults, responses } = await open(`${server.url}/loris/map.jp2/info.json`);
    const asked = responses
      .filter(({ url }) => url.startsWith(server.url))
      .map(({ url }) => url.slice(server.url.length));
    expect(asked[0]).toBe("/loris/map.jp2/info.json");
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.slice(1).filter((path) => !path.startsWith("/iiif/2/map/"))).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
