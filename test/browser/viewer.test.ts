import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mastersFolder } from "../../demo/masters.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { converter } from "../../src/cli/converter.ts";
import { storeMasters } from "../support/store-masters.ts";
import { recordTerminal } from "../support/terminal.ts";
import { type DemoSite, findBarriers, keepScreenshot, picturesDrawn, startDemoSite, windows } from "./demo-site.ts";
import { interiorTiles, type TileGrid } from "./tiles.ts";
import { countFailedTiles, fullyDrawn, visit, waitUntil } from "./visit.ts";

let site: DemoSite;
beforeAll(async () => {
  site = await startDemoSite();
});
afterAll(() => site?.stop());

/** The mean difference, 0 to 255, between what is seen in the stage and the picture that is said to be of this view. */
async function differenceOfView(page: Page): Promise<number> {
  const url = await page.locator("#view-url").inputValue();
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  const picture = sharp(Buffer.from(await answer.arrayBuffer()));
  const { width = 0, height = 0 } = await picture.metadata();
  const stage = await page.locator("#stage").boundingBox();
  const seen = sharp(await page.locator("#stage canvas").first().screenshot());
  // The picture stands in the middle of the stage.
  const inner = { width: Math.min(width, stage!.width) - 20, height: Math.min(height, stage!.height) - 20 };
  const cut = (from: Sharp, size: { readonly width: number; readonly height: number }): Promise<Buffer> =>
    from
      .removeAlpha()
      .extract({
        left: Math.round((size.width - inner.width) / 2),
        top: Math.round((size.height - inner.height) / 2),
        width: Math.round(inner.width),
        height: Math.round(inner.height),
      })
      .blur(3)
      .raw()
      .toBuffer();
  const [a, b] = [await cut(seen, stage!), await cut(picture, { width, height })];
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

/** Expects the view on the screen, which follows tiles that are there with one of the next frames. */
async function seesPictureOfView(page: Page): Promise<void> {
  await expect.poll(() => differenceOfView(page), { timeout: 30_000 }).toBeLessThan(6);
}

describe("the viewer", () => {
  test("zooms to the deepest level and pans; every interior tile is copied as stored", async () => {
    const { page, faults, responses } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, {
      reducedMotion: "no-preference",
    });
    await fullyDrawn(page);
    await countFailedTiles(page);
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
    await keepScreenshot(page, "viewer-close-up");

    const service = `${site.url}/iiif/3/caillebotte-paris-street`;
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
    const address = `${site.url}/view/seurat-la-grande-jatte?xywh=800,600,2000,1000`;
    const { page, faults } = await visit(site.browser, address);
    await fullyDrawn(page);
    await page.getByRole("button", { name: "About" }).click();
    await fullyDrawn(page);
    await page.getByRole("button", { name: "Copy URL of the picture" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const url = (await page.evaluate("navigator.clipboard.readText()")) as string;
    const stage = await page.locator("#stage").boundingBox();
    const size = /\/(\d+),(\d+)\/0\/default\.jpg$/.exec(url)?.slice(1).map(Number) as [number, number];
    expect(Math.abs(size[0] - stage!.width)).toBeLessThanOrEqual(1);
    const response = await fetch(url);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    const { width, height } = await sharp(await response.arrayBuffer()).metadata();
    expect([width, height]).toEqual(size);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("comes back to the view that its address names", async () => {
    const address = "/view/morisot-woman-at-her-toilette?xywh=1200,700,1600,900";
    const { page, faults } = await visit(site.browser, `${site.url}${address}`);
    await fullyDrawn(page);
    const before = await page.locator("#view-url").inputValue();
    const [x, y, width, height] = /\/(\d+),(\d+),(\d+),(\d+)\//.exec(before)!.slice(1).map(Number) as number[];
    expect([x! <= 1200, y! <= 700, x! + width! >= 2800, y! + height! >= 1600]).toEqual([true, true, true, true]);
    expect(await page.title()).toBe("Woman at Her Toilette – Tessera");
    expect(new URL(page.url()).pathname).toBe("/view/morisot-woman-at-her-toilette");
    await page.reload();
    await fullyDrawn(page);
    expect(await page.locator("#view-url").inputValue()).toBe(before);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("turns and mirrors by buttons and keys, says so in its address, and is upright again on demand", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, {
      ...windows.desk,
      reducedMotion: "no-preference",
    });
    await fullyDrawn(page);
    const rotation = (): string | null => new URL(page.url()).searchParams.get("rotation");
    const steps = [
      ["key", "r", "90"],
      ["key", "Shift+R", null],
      ["key", "f", "!0"],
      ["button", "Turn right", "!90"],
      ["button", "Zoom in", "!90"],
      ["button", "Mirror", "270"],
      ["key", "Control+f", "270"],
      ["button", "Mirror", "!90"],
    ] as const;
    for (const [kind, name, expected] of steps) {
      if (kind === "button") await page.getByRole("button", { name }).click();
      else await page.locator("#stage .openseadragon-canvas").first().press(name);
      await fullyDrawn(page);
      expect([name, rotation()]).toEqual([name, expected]);
      const mirror = page.getByRole("button", { name: "Mirror" });
      expect(await mirror.getAttribute("aria-pressed")).toBe(String(expected?.startsWith("!") ?? false));
      await seesPictureOfView(page);
    }
    const address = page.url();
    await page.reload();
    await fullyDrawn(page);
    expect(page.url()).toBe(address);
    await seesPictureOfView(page);
    await keepScreenshot(page, "viewer-turned");
    await page.getByRole("button", { name: "Upright" }).click();
    await fullyDrawn(page);
    expect(rotation()).toBeNull();
    expect(await page.getByRole("button", { name: "Upright" }).isVisible()).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("opens from the page of an object and closes to it, by keyboard", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/`);
    await picturesDrawn(page);
    await page.getByRole("link", { name: "Woman at Her Toilette" }).click();
    await fullyDrawn(page);
    await page.getByRole("link", { name: "Download and share" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/view/morisot-woman-at-her-toilette");
    await fullyDrawn(page);
    const zoom = await page.evaluate("window.viewer.viewport.getZoom()");
    // The viewer moves frame by frame while a key is down.
    await page.keyboard.press("+", { delay: 200 });
    await fullyDrawn(page);
    expect(await page.evaluate("window.viewer.viewport.getZoom()")).toBeGreaterThan(zoom as number);
    await page.keyboard.press("Escape");
    await page.waitForURL("**/objects/morisot-woman-at-her-toilette");
    // And no picture opens again when the reader goes back once more.
    await page.goBack();
    await page.waitForURL(`${site.url}/`);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("closes to the page of its object where a shared address led to it", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/blue-marble%2F5-africa`);
    await fullyDrawn(page);
    expect(await page.getByRole("heading", { name: "The Blue Marble, V. Africa" }).isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.waitForURL("**/objects/blue-marble?page=5-africa");
    await page.context().close();
  });

  test("leaves the panel first when Escape is pressed in it", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/morisot-woman-at-her-toilette`);
    await fullyDrawn(page);
    const about = page.getByRole("button", { name: "About" });
    await about.click();
    await page.locator("#download-format").focus();
    await page.keyboard.press("Escape");
    await page.locator("#panel").waitFor({ state: "hidden" });
    expect(await about.getAttribute("aria-expanded")).toBe("false");
    expect(await page.evaluate("document.activeElement.id")).toBe("panel-toggle");
    await page.keyboard.press("Escape");
    await page.waitForURL("**/objects/morisot-woman-at-her-toilette");
    await page.context().close();
  });

  test("opens any picture of the service that its address names, also one stored this moment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tessera-"));
    await copyFile(join(mastersFolder, "caillebotte-paris-street.tif"), join(folder, "plate 7 & 8.tif"));
    await storeMasters([join(folder, "plate 7 & 8.tif")], site.stateFolder);
    const { page, faults } = await visit(site.browser, `${site.url}/view/plate%207%20%26%208`);
    await fullyDrawn(page);
    expect(await page.title()).toBe("plate 7 & 8 – Tessera");
    expect(await page.getByRole("heading", { name: "plate 7 & 8" }).isVisible()).toBe(true);
    await page.reload();
    await fullyDrawn(page);
    expect(await page.title()).toBe("plate 7 & 8 – Tessera");
    expect(faults).toEqual([]);
    await page.context().close();
    await rm(folder, { recursive: true });
  });

  test("says so, where it is seen, when there is no picture under the name in its address", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/no/such%25picture`);
    const words = page.getByText("There is no picture under this name.");
    await words.waitFor();
    // On top of all else: at its middle there is nothing but itself.
    const top = await words.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2) === element;
    });
    expect(top).toBe(true);
    expect(await page.getByText("[object").filter({ visible: true }).count()).toBe(0);
    expect(await page.getByRole("heading", { name: "no/such%picture" }).isVisible()).toBe(true);
    await page.getByRole("button", { name: "To the collections" }).click();
    await page.waitForURL(`${site.url}/`);
    await page.context().close();
  });

  test("says so when the service is slow, when it fails and why, and opens the painting when it is tried again", async () => {
    const { page } = await visit(site.browser, `${site.url}/errors`);
    let fail = (): void => {};
    let isFailing = true;
    const late = new Promise<void>((resolve) => {
      fail = resolve;
    });
    await page.route("**/seurat-la-grande-jatte/info.json", async (route) => {
      await late;
      if (isFailing)
        await route.fulfill({ status: 503, contentType: "text/plain", body: "The buckets rest. (storage-failed)\n" });
      else await route.continue();
    });
    await page.goto(`${site.url}/view/seurat-la-grande-jatte`);
    await page.getByText("Waiting for the service…").waitFor();
    fail();
    await page.getByText("This picture can't be shown at the moment.").waitFor();
    expect(await page.getByText("The buckets rest. (storage-failed)").isVisible()).toBe(true);
    expect(await page.getByText("Waiting for the service…").isVisible()).toBe(false);
    isFailing = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await fullyDrawn(page);
    expect(await page.getByText("can't be shown").isVisible()).toBe(false);
    await page.context().close();
  });

  test("says so when tiles fail, and draws them when they are tried again", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/seurat-la-grande-jatte`);
    await fullyDrawn(page);
    let isFailing = true;
    await page.route("**/seurat-la-grande-jatte/**/default.jpg", (route) =>
      isFailing ? route.fulfill({ status: 503 }) : route.continue(),
    );
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByText("Parts of the picture could not be loaded.").waitFor();
    // The address follows once the painting stands still.
    let address = "";
    while (address !== page.url()) {
      address = page.url();
      await page.waitForTimeout(2000);
    }
    isFailing = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await fullyDrawn(page);
    expect(page.url()).toBe(address);
    expect(await page.getByText("could not be loaded").isVisible()).toBe(false);
    await seesPictureOfView(page);
    await page.context().close();
  });

  test("offers what info.json says: sizes, formats, rights; a citation and code to embed", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, windows.desk);
    await page.route("**/info.json", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), extraFormats: ["webp", "tif"] } });
    });
    await page.reload();
    await fullyDrawn(page);
    await page.getByRole("button", { name: "About" }).click();
    await fullyDrawn(page);
    expect(await page.getByLabel("Format").locator("option").allTextContents()).toEqual(["JPEG", "PNG", "WebP", "TIF"]);
    await page.getByLabel("Format").selectOption("png");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Small", exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^caillebotte-paris-street.*\.png$/);
    const { width, format } = await sharp(await download.path()).metadata();
    expect([width, format]).toEqual([624, "png"]);
    expect(await page.getByRole("link", { name: "CC0" }).last().getAttribute("href")).toContain("publicdomain/zero");
    expect(await page.getByLabel("Citation").inputValue()).toMatch(
      /^Paris Street; Rainy Day\. http:\S+\/view\/caillebotte-paris-street \(seen on /,
    );
    const code = await page.getByLabel("Embed code").inputValue();
    const [, source = "", imageWidth] = /<img src="([^"]+)" width="(\d+)"/.exec(code) ?? [];
    expect((await sharp(await (await fetch(source)).arrayBuffer()).metadata()).width).toBe(Number(imageWidth));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("shows where a detail lies, and nothing where all is seen", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, windows.desk);
    await fullyDrawn(page);
    const overview = page.locator("#navigator");
    expect(await overview.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Zoom in" }).click();
    await fullyDrawn(page);
    expect(await overview.isVisible()).toBe(true);
    const region = await overview.locator(".displayregion").boundingBox();
    const whole = await overview.boundingBox();
    expect(region!.width).toBeGreaterThan(whole!.width / 3);
    expect(region!.height).toBeLessThan(whole!.height);
    await page.context().close();
  });

  test("fills the screen and leaves it again", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, windows.desk);
    await fullyDrawn(page);
    const button = page.getByRole("button", { name: "Full screen" });
    await button.click();
    await waitUntil(page, `document.fullscreenElement?.id === "viewer-frame"`);
    // The button is told by an event that comes after it.
    await waitUntil(page, `document.getElementById("full-screen").getAttribute("aria-pressed") === "true"`);
    await button.click();
    await waitUntil(page, "document.fullscreenElement === null");
    await waitUntil(page, `document.getElementById("full-screen").getAttribute("aria-pressed") === "false"`);
    await page.context().close();
  });

  test("moves at once for those who want less motion", async () => {
    const { page } = await visit(site.browser, `${site.url}/view/caillebotte-paris-street`, {
      reducedMotion: "reduce",
    });
    await fullyDrawn(page);
    const [now, then] = (await page.evaluate(`new Promise((resolve) => {
      document.querySelector("#turn").click();
      document.querySelector("#zoom-in").click();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        const { viewport } = window.viewer;
        resolve([viewport.getZoom(true) + viewport.getRotation(true), viewport.getZoom() + viewport.getRotation()]);
      }));
    })`)) as [number, number];
    expect(now).toBeCloseTo(then, 6);
    await page.context().close();
  });

  test.each(Object.entries(windows))("fits a window that is %s, with and without the panel", async (name, options) => {
    const { page, faults } = await visit(site.browser, `${site.url}/view/seurat-la-grande-jatte`, options);
    await fullyDrawn(page);
    const overflow = `(() => {
      const right = [...document.querySelectorAll("#viewer *")].map((part) => part.getBoundingClientRect().right);
      return Math.max(0, ...right) - innerWidth;
    })()`;
    expect(await page.evaluate("document.querySelector('#viewer').scrollWidth")).toBe(options.viewport.width);
    const stage = await page.locator("#stage").boundingBox();
    expect(stage!.height).toBeGreaterThan(90);
    expect(await findBarriers(page)).toEqual([]);
    await keepScreenshot(page, `viewer-${name}`);
    await page.getByRole("button", { name: "Mirror" }).click();
    await page.getByRole("button", { name: "About" }).click();
    await fullyDrawn(page);
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    // What was seen whole fills the room that the panel leaves.
    const share = await page.evaluate(`(() => {
      const { viewport, world } = window.viewer;
      const { width, height } = viewport.getBounds();
      const bounds = world.getHomeBounds();
      return Math.max(bounds.width / width, bounds.height / height);
    })()`);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThanOrEqual(1);
    for (const button of await page.locator("#viewer button:visible").all()) {
      const { x, width } = (await button.boundingBox())!;
      expect(x + width).toBeLessThanOrEqual(options.viewport.width);
      expect(width).toBeGreaterThanOrEqual(24);
    }
    expect(await findBarriers(page)).toEqual([]);
    expect(faults).toEqual([]);
    await keepScreenshot(page, `viewer-${name}-about`);
    await page.context().close();
  });

  // The last, for the others look at the image under its name.
  test("goes on showing an image that gets another identifier meanwhile", async () => {
    const { page, faults, responses } = await visit(site.browser, `${site.url}/view/morisot-woman-at-her-toilette`);
    await fullyDrawn(page);
    await countFailedTiles(page);
    const { terminal, printed } = recordTerminal(site.stateFolder);
    const order = [
      "mv",
      "morisot-woman-at-her-toilette",
      "moved/morisot",
      "--to",
      "local",
      "--state",
      site.stateFolder,
    ];
    await runCommandLine(order, { terminal, converter });
    expect(printed()).toContain("morisot-woman-at-her-toilette moved to moved/morisot");
    const before = responses.length;
    for (let zooms = 0; zooms < 3; zooms += 1) {
      await page.getByRole("button", { name: "Zoom in" }).click();
      await fullyDrawn(page);
    }
    const later = responses.slice(before);
    const led = later.filter(({ status }) => status === 301).length;
    expect(led).toBeGreaterThan(4);
    const answered = later.filter(({ url, status }) => status === 200 && url.includes("/iiif/3/moved%2Fmorisot/"));
    expect(answered.length).toBe(led);
    expect(await page.evaluate("window.failedTiles")).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
