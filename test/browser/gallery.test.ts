import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoMasters, projectFolder } from "../../demo/masters.ts";
import { demoFiles, seed } from "../../demo/seed.ts";
import { type DemoServer, freePort, isFree, startServer } from "../../demo/server.ts";
import { hostPages, type PageHost } from "./page-host.ts";
import { interiorTiles, type TileGrid } from "./tiles.ts";
import { countFailedTiles, fullyDrawn, launchBrowser, visit, waitUntil } from "./visit.ts";

const screenshots = join(projectFolder, "build", "screenshots");
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const firstPort = 18_787;

let stateFolder: string;
let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  await mkdir(screenshots, { recursive: true });
  stateFolder = await mkdtemp(join(tmpdir(), "tessera-"));
  await seed(demoFiles, { stateFolder });
  server = await startServer({ port: await freePort(firstPort), stateFolder });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  if (stateFolder !== undefined) await rm(stateFolder, { recursive: true, force: true });
});

function keepScreenshot(page: Page, name: string) {
  return page.screenshot({ path: join(screenshots, `${name}.png`) });
}

async function thumbnailsDrawn(page: Page): Promise<void> {
  const isDrawn = "image.complete && image.naturalWidth > 0";
  await waitUntil(
    page,
    `(() => {
    const images = [...document.querySelectorAll("#gallery img")];
    return images.length === ${demoMasters.length} && images.every((image) => ${isDrawn});
  })()`,
  );
}

describe("the gallery", () => {
  test("draws every thumbnail in its place and names the works", async () => {
    const { page, faults } = await visit(browser, `${server.url}/`);
    await thumbnailsDrawn(page);
    for (const { title, artist, description } of demoMasters) {
      const work = page.getByRole("link", { name: title });
      expect(await work.textContent()).toContain(artist);
      expect(await work.getByRole("img").getAttribute("alt")).toBe(description);
    }
    const shift = await page.evaluate(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) sum += value;
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 200);
    })`);
    expect(shift).toBe(0);
    expect(faults).toEqual([]);
    await keepScreenshot(page, "gallery-desktop");
    await page.context().close();
  });

  test("names a painting that is missing and shows the others", async () => {
    const { page } = await visit(browser, `${server.url}/`);
    await page.route("**/seurat-la-grande-jatte/info.json", (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await page.getByText("Not in the collection at the moment: A Sunday on La Grande Jatte.").waitFor();
    expect(await page.locator("#gallery img").count()).toBe(demoMasters.length - 1);
    await page.context().close();
  });

  test("fits a phone", async () => {
    const { page, faults } = await visit(browser, `${server.url}/`, phone);
    await thumbnailsDrawn(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.viewport.width);
    expect(faults).toEqual([]);
    await keepScreenshot(page, "gallery-phone");
    await page.context().close();
  });
});

describe("the viewer", () => {
  test("zooms to the deepest level and pans; every interior tile is copied as stored", async () => {
    const { page, faults, responses } = await visit(browser, `${server.url}/`);
    await page.getByRole("link", { name: "Paris Street; Rainy Day" }).click();
    await fullyDrawn(page);
    await countFailedTiles(page);
    await keepScreenshot(page, "viewer-desktop");
    const stage = await page.locator("#stage").boundingBox();
    const centre = { x: stage!.x + stage!.width / 2, y: stage!.y + stage!.height / 2 };
    for (let zooms = 0; zooms < 4; zooms += 1) {
      await page.getByRole("button", { name: "Zoom in" }).click();
      await fullyDrawn(page);
    }
    for (const [across, down] of [
      [400, 0],
      [0, 300],
      [-600, -200],
    ] as const) {
      await page.mouse.move(centre.x, centre.y);
      await page.mouse.down();
      await page.mouse.move(centre.x + across, centre.y + down, { steps: 5 });
      await page.mouse.up();
      await fullyDrawn(page);
    }
    await keepScreenshot(page, "viewer-desktop-close-up");

    const service = `${server.url}/iiif/3/caillebotte-paris-street`;
    const grid = (await (await fetch(`${service}/info.json`)).json()) as TileGrid;
    const tiles = interiorTiles(responses, service, grid);
    expect(tiles.length).toBeGreaterThan(40);
    expect(tiles.some(({ scaleFactor }) => scaleFactor === 1)).toBe(true);
    expect(tiles.filter(({ strategy }) => strategy !== "copy")).toEqual([]);
    expect(await page.locator("#tile-strategy").textContent()).toMatch(/^(copy|draw|kept)$/);
    expect(await page.evaluate("window.failedTiles")).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("copies a URL that the service answers with the view", async () => {
    const address = `${server.url}/#seurat-la-grande-jatte&xywh=800,600,2000,1000`;
    const { page, faults } = await visit(browser, address);
    await fullyDrawn(page);
    await page.getByRole("button", { name: "Copy URL" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const url = (await page.evaluate("navigator.clipboard.readText()")) as string;
    const stage = await page.locator("#stage").boundingBox();
    const size = /\/(\d+),(\d+)\/0\/default\.jpg$/.exec(url)?.slice(1).map(Number) as [number, number];
    expect(Math.abs(size[0] - stage!.width)).toBeLessThanOrEqual(1);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/jpeg");
    const { width, height } = await sharp(await response.arrayBuffer()).metadata();
    expect([width, height]).toEqual(size);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("comes back to the view that its address names", async () => {
    const { page, faults } = await visit(
      browser,
      `${server.url}/#morisot-woman-at-her-toilette&xywh=1200,700,1600,900`,
    );
    await fullyDrawn(page);
    const before = await page.locator("#view-url").inputValue();
    const [x, y, width, height] = /\/(\d+),(\d+),(\d+),(\d+)\//.exec(before)!.slice(1).map(Number) as number[];
    expect([x! <= 1200, y! <= 700, x! + width! >= 2800, y! + height! >= 1600]).toEqual([true, true, true, true]);
    expect(await page.title()).toBe("Woman at Her Toilette – Tessera");
    await page.reload();
    await fullyDrawn(page);
    expect(await page.locator("#view-url").inputValue()).toBe(before);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("opens and closes by keyboard and gives the focus back", async () => {
    const { page, faults } = await visit(browser, `${server.url}/`);
    await thumbnailsDrawn(page);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await fullyDrawn(page);
    const zoom = await page.evaluate("window.viewer.viewport.getZoom()");
    // The viewer moves frame by frame while a key is down.
    await page.keyboard.press("+", { delay: 200 });
    await fullyDrawn(page);
    expect(await page.evaluate("window.viewer.viewport.getZoom()")).toBeGreaterThan(zoom as number);
    await page.keyboard.press("Escape");
    await page.locator("#viewer").waitFor({ state: "hidden" });
    expect(new URL(page.url()).hash).toBe("");
    expect(await page.evaluate("document.activeElement.getAttribute('href')")).toBe(`#${demoMasters[0]!.identifier}`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("opens any picture of the service that its address names, also one stored this moment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tessera-"));
    await copyFile(demoFiles[0]!, join(folder, "plate 7 & 8.tif"));
    await seed([join(folder, "plate 7 & 8.tif")], { stateFolder });
    const { page, faults } = await visit(browser, `${server.url}/#plate%207%20%26%208`);
    await fullyDrawn(page);
    expect(await page.title()).toBe("plate 7 & 8 – Tessera");
    expect(await page.getByRole("heading", { name: "plate 7 & 8" }).isVisible()).toBe(true);
    await page.reload();
    await fullyDrawn(page);
    expect(faults).toEqual([]);
    await page.context().close();
    await rm(folder, { recursive: true });
  });

  test("says so when there is no picture under the identifier that its address names", async () => {
    const { page } = await visit(browser, `${server.url}/#no/such%picture`);
    await page.getByText("No picture could be opened under this identifier.").waitFor();
    expect(await page.getByRole("heading", { name: "no/such%picture" }).isVisible()).toBe(true);
    await page.context().close();
  });

  test("says so when a painting can't be opened", async () => {
    const { page } = await visit(browser, `${server.url}/`);
    await thumbnailsDrawn(page);
    await page.route("**/seurat-la-grande-jatte/info.json", (route) => route.fulfill({ status: 503 }));
    await page.getByRole("link", { name: "A Sunday on La Grande Jatte" }).click();
    await page.getByText("could not be opened").waitFor();
    await page.context().close();
  });

  test("fits a phone", async () => {
    const { page, faults } = await visit(browser, `${server.url}/`, phone);
    await page.getByRole("link", { name: "A Sunday on La Grande Jatte" }).tap();
    await fullyDrawn(page);
    expect(await page.evaluate("document.querySelector('#viewer').scrollWidth")).toBe(phone.viewport.width);
    const copy = await page.getByRole("button", { name: "Copy URL" }).boundingBox();
    expect(copy!.x + copy!.width).toBeLessThanOrEqual(phone.viewport.width);
    expect(faults).toEqual([]);
    await keepScreenshot(page, "viewer-phone");
    await page.context().close();
  });
});

describe("a page of another origin", () => {
  const picture = "/iiif/3/caillebotte-paris-street/full/200,/0/default.jpg";
  let host: PageHost;
  beforeAll(async () => {
    host = await hostPages({
      // Isolated: whatever it embeds has to say that it may be. Source: HTML Standard, Cross-Origin-Embedder-Policy.
      "/isolated": {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        body: `<img src="${server.url}${picture}">`,
      },
      "/frames": {
        body: `<object data="${server.url}${picture}"></object>${["/", "/health", picture, "/iiif/3/none/info.json"]
          .map((path) => `<iframe src="${server.url}${path}"></iframe>`)
          .join("")}`,
      },
    });
  });
  afterAll(() => host?.stop());

  test("shows pictures and reads info.json, also where it is isolated", async () => {
    const { page, faults } = await visit(browser, `${host.url}/isolated`);
    await waitUntil(page, "document.images[0].naturalWidth === 200");
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    const info = `fetch("${server.url}/iiif/3/caillebotte-paris-street/info.json").then(({ status }) => status)`;
    expect(await page.evaluate(info)).toBe(200);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("frames pictures, and neither the gallery nor what else the service says", async () => {
    const { page } = await visit(browser, `${host.url}/frames`);
    await page.waitForLoadState("networkidle");
    const [, ...frames] = page.frames();
    const shown = frames.map((frame) => frame.url()).toSorted();
    const refused = "chrome-error://chromewebdata/";
    expect(shown).toEqual([refused, refused, refused, `${server.url}${picture}`]);
    expect(await page.evaluate("document.querySelector('object').offsetWidth")).toBe(200);
    await page.context().close();
  });

  test("may be that of the service itself, which frames its gallery", async () => {
    const { headers } = await fetch(`${server.url}/`);
    expect(headers.get("Content-Security-Policy")).toMatch(/frame-ancestors 'self'$/);
  });
});

describe("the server of the demonstration", () => {
  test("keeps what is already stored when it seeds again", async () => {
    expect((await seed(demoFiles, { stateFolder })).map(({ outcome }) => outcome)).toEqual(["kept", "kept", "kept"]);
  });

  // Last of all: no other test has a server after it.
  test("frees its port when it is stopped", async () => {
    const port = Number(new URL(server.url).port);
    expect(await isFree(port)).toBe(false);
    await server.stop();
    expect(await isFree(port)).toBe(true);
  });
});
