import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { seed } from "../../demo/seed.ts";
import { isFree } from "../../demo/server.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import type { StoredImage } from "../../src/catalogue/stored-image.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { makeWork } from "../support/works.ts";
import { type DemoSite, findBarriers, keepScreenshot, picturesDrawn, startDemoSite, windows } from "./demo-site.ts";
import { hostPages, type PageHost } from "./page-host.ts";
import { fullyDrawn, visit, waitUntil } from "./visit.ts";

let site: DemoSite;
beforeAll(async () => {
  site = await startDemoSite();
  await storeScroll();
});
afterAll(() => site?.stop());

const sheet = (name: string, width: number, height: number): StoredImage => {
  return { identifier: `blue-marble/${name}`, width, height, sizes: [] };
};

/** An object that is read from right to left, with a choice of two images and a page that is missing. */
async function storeScroll(): Promise<void> {
  const world = sheet("1-world", 1612, 922);
  const scroll = makeWork({
    key: "scrolls/one",
    label: { he: ["מגילה"], en: ["A scroll"] },
    viewingDirection: "right-to-left",
    pages: [
      { key: "first", width: 1612, height: 922, images: [world, sheet("6-asia", 1612, 1408)] },
      { key: "second", width: 1612, height: 922, label: { none: ["1v"] }, images: [] },
      { key: "third", width: 1612, height: 1662, images: [sheet("5-africa", 1612, 1662)] },
    ],
  });
  const buckets = localBuckets({ configFile: `${projectFolder}/wrangler.toml`, stateFolder: site.stateFolder });
  const headers = { contentType: "application/json", metadata: {} };
  await buckets.catalogue.put(workKey(scroll.key), checkedBytes(formatWork(scroll)), headers);
  await buckets.close();
}

/** How far things moved while the page was loading. Source: Layout Instability API. */
const layoutShift = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 200);
})`;

const pages = [
  ["front", "/"],
  ["collection", "/collections/paintings"],
  ["object", "/objects/blue-marble?q=sahara"],
  ["scroll", "/objects/scrolls%2Fone"],
  ["missing", "/objects/scrolls%2Fone?page=second"],
  ["search", "/search?q=ocean"],
] as const;

const isAt = (page: Page, path: string): Promise<void> =>
  page.waitForURL(({ pathname, search }) => pathname + search === path);

describe.each(pages)("the page %s", (name, path) => {
  test.each(Object.entries(windows))(
    "fits a window that is %s, in light and dark, without barriers",
    async (window, options) => {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, faults } = await visit(site.browser, site.url + path, { ...options, colorScheme });
        if (name !== "missing") await picturesDrawn(page);
        if (name === "object" || name === "scroll") await fullyDrawn(page);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
        expect(await findBarriers(page)).toEqual([]);
        expect(faults).toEqual([]);
        await keepScreenshot(page, `${name}-${window}-${colorScheme}`);
        await page.context().close();
      }
    },
  );

  test("moves nothing while it loads, and has one heading before all others", async () => {
    const { page } = await visit(site.browser, site.url + path, windows.desk);
    await page.waitForLoadState("networkidle");
    // With its faces, as all pages after the first have them.
    await page.reload({ waitUntil: "networkidle" });
    expect(await page.evaluate(layoutShift)).toBe(0);
    const levels = await page.getByRole("heading").evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    await page.context().close();
  });

  test("leads to its content first, by keyboard", async () => {
    const { page } = await visit(site.browser, site.url + path, windows.desk);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Skip to content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await page.context().close();
  });
});

describe("without scripts", () => {
  const plain = { javaScriptEnabled: false };

  test("the front page leads to collections and objects, and all pictures have a size", async () => {
    const { page } = await visit(site.browser, `${site.url}/`, plain);
    for (const [name, path] of [
      ["Paintings from Paris", "/collections/paintings"],
      ["The Blue Marble", "/objects/blue-marble"],
      ["Paris Street; Rainy Day", "/objects/caillebotte-paris-street"],
    ] as const) {
      expect(await page.getByRole("link", { name, exact: true }).getAttribute("href")).toBe(path);
    }
    expect(await page.locator("img:not([width][height])").count()).toBe(0);
    await page.getByRole("link", { name: "Paris Street; Rainy Day" }).click();
    await page.getByRole("navigation", { name: "In" }).getByRole("link", { name: "Paintings from Paris" }).click();
    await page.getByText("Three paintings of the time of the Impressionists.").waitFor();
    await page.context().close();
  });

  test("an object is read page by page, searched, and its hits are marked in the picture", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/objects/blue-marble`, plain);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByRole("img", { name: "The Blue Marble, I. The World" }).waitFor();
    await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "Africa", exact: true }).click();
    await page.getByRole("img", { name: "The Blue Marble, V. Africa" }).waitFor();
    await page.getByLabel("Search in the text of this object").fill("tasman");
    await page.keyboard.press("Enter");
    await page.getByText("1 found for “tasman”.").waitFor();
    await page.getByRole("img", { name: "The Blue Marble, VII. Australia and New Zealand" }).waitFor();
    const [mark, picture] = [
      await page.locator("#highlights rect").boundingBox(),
      await page.locator("#picture img").boundingBox(),
    ];
    // South of the middle and in the east: where the sea is.
    expect((mark!.x - picture!.x) / picture!.width).toBeGreaterThan(0.6);
    expect((mark!.y - picture!.y) / picture!.height).toBeGreaterThan(0.6);
    await page.locator("#tools").waitFor({ state: "hidden" });
    expect(await page.getByLabel("Manifest, IIIF Presentation 3.0").inputValue()).toContain(
      "/presentation/3/blue-marble/manifest",
    );
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("a choice is made by links", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/scrolls%2Fone`, plain);
    await page.getByRole("link", { name: "blue-marble/6-asia" }).click();
    expect(await page.locator("#picture img").getAttribute("src")).toContain("6-asia");
    await page.context().close();
  });
});

describe("the page of an object with scripts", () => {
  test("turns pages by keys in the picture, goes back, and opens the same by its address", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/objects/blue-marble`, windows.desk);
    await fullyDrawn(page);
    await page.locator("#stage .openseadragon-canvas").first().focus();
    await page.keyboard.press("PageDown");
    await isAt(page, "/objects/blue-marble?page=1-world");
    await fullyDrawn(page);
    expect(await page.title()).toBe("The Blue Marble, I. The World – Tessera");
    await page.keyboard.press("PageDown");
    await isAt(page, "/objects/blue-marble?page=2-north-america");
    await fullyDrawn(page);
    await page.keyboard.press("PageUp");
    await isAt(page, "/objects/blue-marble?page=1-world");
    await page.goBack();
    await isAt(page, "/objects/blue-marble?page=2-north-america");
    await page.getByText("3 of 8").waitFor();
    await fullyDrawn(page);
    const zoom = await page.evaluate("window.viewer.viewport.getZoom()");
    await page.getByRole("button", { name: "Zoom in" }).click();
    await fullyDrawn(page);
    expect(await page.evaluate("window.viewer.viewport.getZoom()")).toBeGreaterThan(zoom as number);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("is worked by keyboard alone: from the front page to a word in a picture", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/`, windows.desk);
    for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("search-all");
    await page.keyboard.type("himalaya");
    await page.keyboard.press("Enter");
    await page.getByText("1 object found for “himalaya”.").waitFor();
    await page.getByRole("link", { name: /Himalaya/ }).focus();
    await page.keyboard.press("Enter");
    await isAt(page, "/objects/blue-marble?page=6-asia&q=himalaya");
    await fullyDrawn(page);
    const mark = await page.locator("#stage .highlights rect").boundingBox();
    const stage = await page.locator("#stage").boundingBox();
    expect(mark!.x).toBeGreaterThan(stage!.x);
    expect(mark!.x + mark!.width).toBeLessThan(stage!.x + stage!.width);
    await keepScreenshot(page, "object-found");
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("keeps the focus on what turned the page", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/blue-marble`, windows.desk);
    await fullyDrawn(page);
    await page.getByRole("link", { name: "Next page" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("2 of 8").waitFor();
    await waitUntil(page, `document.activeElement.getAttribute("rel") === "next"`);
    await page.context().close();
  });

  test("is read from right to left: the next page is to the left", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/scrolls%2Fone`, windows.desk);
    await fullyDrawn(page);
    const place = async (name: string): Promise<number> => (await page.getByRole("link", { name }).boundingBox())!.x;
    const words = (await page.locator("#pager p").boundingBox())!.x;
    expect(await place("Next page")).toBeLessThan(words);
    const leaves = await page
      .locator("#pages li")
      .evaluateAll((all) => all.map((leaf) => leaf.getBoundingClientRect().x));
    expect(leaves.toSorted((a, b) => b - a)).toEqual(leaves);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByText("This page is missing.").waitFor();
    expect(await page.locator("#tools").isVisible()).toBe(false);
    await page.getByRole("link", { name: "Next page" }).click();
    await fullyDrawn(page);
    expect(await page.locator("#tools").isVisible()).toBe(true);
    await page.context().close();
  });

  test("shows another image of a choice", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/scrolls%2Fone`, windows.desk);
    await fullyDrawn(page);
    await page.getByRole("link", { name: "blue-marble/6-asia" }).click();
    await isAt(page, "/objects/scrolls%2Fone?page=first&image=2");
    await fullyDrawn(page);
    expect(
      await page.evaluate(
        "window.viewer.world.getItemAt(0).source['@id'] ?? window.viewer.world.getItemAt(0).source.id",
      ),
    ).toContain("6-asia");
    await page.context().close();
  });

  test("says so when tiles fail, and draws them when they are tried again", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/blue-marble?page=5-africa`, windows.desk);
    await fullyDrawn(page);
    let isFailing = true;
    await page.route("**/iiif/3/**/*,*,*,*/**", (route) =>
      isFailing ? route.fulfill({ status: 503 }) : route.continue(),
    );
    for (let zooms = 0; zooms < 2; zooms += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByText("Parts of the picture could not be loaded.").waitFor();
    isFailing = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await fullyDrawn(page);
    expect(await page.getByText("could not be loaded").isVisible()).toBe(false);
    await page.context().close();
  });

  test("says so when there is no picture under the name in the record, and keeps all else", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/blue-marble`, windows.desk);
    await page.route("**/info.json", (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByText("There is no picture under this name.").waitFor();
    expect(await page.getByRole("link", { name: "Next page" }).isVisible()).toBe(true);
    await page.context().close();
  });

  test("copies the address of the manifest", async () => {
    const { page } = await visit(site.browser, `${site.url}/objects/blue-marble`, windows.desk);
    await page.getByRole("button", { name: "Copy the address of the manifest" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const address = (await page.evaluate("navigator.clipboard.readText()")) as string;
    expect(((await (await fetch(address)).json()) as { type: string }).type).toBe("Manifest");
    await page.context().close();
  });

  test("asks for thumbnails that are stored, and for each once", async () => {
    const { page, responses } = await visit(site.browser, `${site.url}/objects/blue-marble`, windows.desk);
    await fullyDrawn(page);
    await page.getByRole("heading", { name: "Contents" }).scrollIntoViewIfNeeded();
    await page.waitForLoadState("networkidle");
    const manifest = await (await fetch(`${site.url}/presentation/3/blue-marble/manifest`)).text();
    const listed = responses.filter(({ url }) => /\/full\/\d+,\d+\//.test(url));
    const sizes = listed.map(({ url }) => /\/full\/(\d+),(\d+)\//.exec(url)!.slice(1).map(Number));
    expect(sizes.length).toBeGreaterThanOrEqual(8);
    expect(sizes.filter(([width, height]) => !manifest.includes(JSON.stringify({ width, height })))).toEqual([]);
    await page.context().close();
  });
});

test("the page of errors has no barriers", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await visit(site.browser, `${site.url}/errors`, { ...windows.narrow, colorScheme });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    expect(await findBarriers(page)).toEqual([]);
    await page.context().close();
  }
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
        body: `<img src="${site.url}${picture}">`,
      },
      "/frames": {
        body: `<object data="${site.url}${picture}"></object>${["/", "/health", picture, "/objects/blue-marble"]
          .map((path) => `<iframe src="${site.url}${path}"></iframe>`)
          .join("")}`,
      },
    });
  });
  afterAll(() => host?.stop());

  test("shows pictures and reads info.json, also where it is isolated", async () => {
    const { page, faults } = await visit(site.browser, `${host.url}/isolated`);
    await waitUntil(page, "document.images[0].naturalWidth === 200");
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    const info = `fetch("${site.url}/iiif/3/caillebotte-paris-street/info.json").then(({ status }) => status)`;
    expect(await page.evaluate(info)).toBe(200);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("frames pictures, and neither the pages nor what else the service says", async () => {
    const { page } = await visit(site.browser, `${host.url}/frames`);
    await page.waitForLoadState("networkidle");
    const [, ...frames] = page.frames();
    const shown = frames.map((frame) => frame.url()).toSorted();
    const refused = "chrome-error://chromewebdata/";
    expect(shown).toEqual([refused, refused, refused, `${site.url}${picture}`]);
    expect(await page.evaluate("document.querySelector('object').offsetWidth")).toBe(200);
    await page.context().close();
  });
});

describe("the server of the demonstration", () => {
  test("keeps what is already stored when it seeds again", async () => {
    expect(await seed({ stateFolder: site.stateFolder })).toBe("kept");
  });

  // Last of all: no other test has a server after it.
  test("frees its port when it is stopped", async () => {
    const port = Number(new URL(site.url).port);
    expect(await isFree(port)).toBe(false);
    await site.server.stop();
    expect(await isFree(port)).toBe(true);
  });
});
