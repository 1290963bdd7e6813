import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoMasters } from "../../demo/masters.ts";
import { demoFiles, seed } from "../../demo/seed.ts";
import { isFree } from "../../demo/server.ts";
import { type DemoSite, findBarriers, keepScreenshot, startDemoSite, thumbnailsDrawn, windows } from "./demo-site.ts";
import { hostPages, type PageHost } from "./page-host.ts";
import { visit, waitUntil } from "./visit.ts";

let site: DemoSite;
beforeAll(async () => {
  site = await startDemoSite();
});
afterAll(() => site?.stop());

/** How far things moved while the page was loading. Source: Layout Instability API. */
const layoutShift = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 200);
})`;

describe("the gallery", () => {
  test("draws every thumbnail in its place and names the works", async () => {
    const { page, faults } = await visit(site.browser, `${site.url}/`);
    await thumbnailsDrawn(page);
    for (const { title, artist, description } of demoMasters) {
      const work = page.getByRole("link", { name: title });
      expect(await work.textContent()).toContain(artist);
      expect(await work.getByRole("img").getAttribute("alt")).toBe(description);
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("moves nothing when pictures come late", async () => {
    const { page } = await visit(site.browser, `${site.url}/`);
    await thumbnailsDrawn(page);
    await page.route("**/iiif/**", async (route) => {
      await new Promise((done) => setTimeout(done, 400));
      await route.continue();
    });
    await page.reload();
    await thumbnailsDrawn(page);
    expect(await page.evaluate(layoutShift)).toBe(0);
    await page.context().close();
  });

  test("shows all works without scripts", async () => {
    const { page } = await visit(site.browser, `${site.url}/`, { javaScriptEnabled: false });
    for (const { identifier, title } of demoMasters) {
      expect(await page.getByRole("link", { name: title }).getAttribute("href")).toBe(`/view/${identifier}`);
    }
    await page.context().close();
  });

  test("says at its place that a painting is missing, and shows the others", async () => {
    const { page } = await visit(site.browser, `${site.url}/`);
    await page.route("**/seurat-la-grande-jatte/**", (route) => route.fulfill({ status: 404 }));
    await page.reload();
    const work = page.locator(".work", { hasText: "A Sunday on La Grande Jatte" });
    await work.getByText("Not in the collection at the moment.").waitFor();
    expect(await work.getByRole("button").count()).toBe(0);
    await waitUntil(page, drawn([0, 2]));
    await page.context().close();
  });

  test("shows the others while one is slow, says so, and shows it when it comes", async () => {
    const { page } = await visit(site.browser, `${site.url}/`);
    let answer = (): void => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/seurat-la-grande-jatte/**", async (route) => {
      await late;
      await route.continue();
    });
    await page.clock.install();
    await page.reload({ waitUntil: "commit" });
    await waitUntil(page, drawn([0, 2]));
    await page.clock.runFor(10_000);
    const work = page.locator(".work", { hasText: "A Sunday on La Grande Jatte" });
    await work.getByText("Still loading…").waitFor();
    answer();
    await waitUntil(page, drawn([0, 1, 2]));
    await work.getByText("Still loading…").waitFor({ state: "hidden" });
    await page.context().close();
  });

  test("says why a painting failed, and draws it when it is tried again", async () => {
    const { page } = await visit(site.browser, `${site.url}/`);
    let isFailing = true;
    await page.route("**/seurat-la-grande-jatte/**", (route) =>
      isFailing ? route.fulfill({ status: 503 }) : route.continue(),
    );
    await page.reload();
    const work = page.locator(".work", { hasText: "A Sunday on La Grande Jatte" });
    await work.getByText("This picture can't be shown at the moment.").waitFor();
    isFailing = false;
    await work.getByRole("button", { name: "Try again" }).click();
    await waitUntil(page, drawn([0, 1, 2]));
    expect(await work.getByRole("button").count()).toBe(0);
    await page.context().close();
  });

  test.each(Object.entries(windows))("fits a window that is %s, in light and dark", async (name, options) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, faults } = await visit(site.browser, `${site.url}/`, { ...options, colorScheme });
      await thumbnailsDrawn(page);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
      expect(await findBarriers(page)).toEqual([]);
      expect(faults).toEqual([]);
      await keepScreenshot(page, `gallery-${name}-${colorScheme}`);
      await page.context().close();
    }
  });

  test("has a page of errors without barriers", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await visit(site.browser, `${site.url}/errors`, { ...windows.narrow, colorScheme });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
      expect(await findBarriers(page)).toEqual([]);
      await page.context().close();
    }
  });
});

/** Whether the pictures of the gallery with these numbers are drawn. */
function drawn(numbers: readonly number[]): string {
  return `(() => {
    const images = document.querySelectorAll("#gallery img");
    return ${JSON.stringify(numbers)}.every((number) => images[number]?.complete && images[number].naturalWidth > 0);
  })()`;
}

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
        body: `<object data="${site.url}${picture}"></object>${["/", "/health", picture, "/iiif/3/none/info.json"]
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

  test("frames pictures, and neither the gallery nor what else the service says", async () => {
    const { page } = await visit(site.browser, `${host.url}/frames`);
    await page.waitForLoadState("networkidle");
    const [, ...frames] = page.frames();
    const shown = frames.map((frame) => frame.url()).toSorted();
    const refused = "chrome-error://chromewebdata/";
    expect(shown).toEqual([refused, refused, refused, `${site.url}${picture}`]);
    expect(await page.evaluate("document.querySelector('object').offsetWidth")).toBe(200);
    await page.context().close();
  });

  test("may be that of the service itself, which frames its gallery", async () => {
    const { headers } = await fetch(`${site.url}/`);
    expect(headers.get("Content-Security-Policy")).toMatch(/frame-ancestors 'self'$/);
  });
});

describe("the server of the demonstration", () => {
  test("keeps what is already stored when it seeds again", async () => {
    expect((await seed(demoFiles, { stateFolder: site.stateFolder })).map(({ outcome }) => outcome)).toEqual([
      "kept",
      "kept",
      "kept",
    ]);
  });

  // Last of all: no other test has a server after it.
  test("frees its port when it is stopped", async () => {
    const port = Number(new URL(site.url).port);
    expect(await isFree(port)).toBe(false);
    await site.server.stop();
    expect(await isFree(port)).toBe(true);
  });
});
