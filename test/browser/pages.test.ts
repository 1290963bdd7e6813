import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seed } from "../../demo/seed.ts";
import { isFree } from "../../demo/server.ts";
import { type DemoSite, findBarriers, keepScreenshot, picturesDrawn, startDemoSite, windows } from "./demo-site.ts";
import { hostPages, type PageHost } from "./page-host.ts";
import { storeScroll } from "./scroll.ts";
import { fullyDrawn, visit, waitUntil } from "./visit.ts";

let site: DemoSite;
beforeAll(async () => {
  site = await startDemoSite();
  await storeScroll(site.stateFolder);
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

const pages = [
  ["front", "/"],
  ["collection", "/collections/paintings"],
  ["object", "/objects/blue-marble?q=sahara"],
  ["scroll", "/objects/scrolls%2Fone"],
  ["missing", "/objects/scrolls%2Fone?page=second"],
  ["search", "/search?q=ocean"],
] as const;

describe.each(pages)("the page %s", (name, path) => {
  test.each(Object.entries(windows))(
    "fits a window that is %s, in its colours, without barriers",
    async (window, options) => {
      const { page, faults } = await visit(site.browser, site.url + path, options);
      if (name !== "missing") await picturesDrawn(page);
      if (name === "object" || name === "scroll") await fullyDrawn(page);
      // The layout is that of the window, whatever the colours: these are looked at in two windows.
      for (const colorScheme of window === "phone" || window === "desk"
        ? (["light", "dark"] as const)
        : (["light"] as const)) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
        expect(await findBarriers(page)).toEqual([]);
        await keepScreenshot(page, `${name}-${window}-${colorScheme}`);
      }
      expect(faults).toEqual([]);
      await page.context().close();
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
    // South of the middle and in the east: where the sea is.
    await expect
      .poll(async () => {
        const mark = await page.locator("#highlights rect").boundingBox();
        const picture = await page.locator("#picture img").boundingBox();
        const [x, y] = [(mark!.x - picture!.x) / picture!.width, (mark!.y - picture!.y) / picture!.height];
        return x > 0.6 && y > 0.6;
      })
      .toBe(true);
    // Where there is more room than the picture takes, its marks take no more.
    await page.setViewportSize({ width: 1900, height: 1900 });
    await expect
      .poll(async () => {
        const [marks, shown] = [page.locator("#highlights"), page.locator("#picture img")];
        return JSON.stringify(await marks.boundingBox()) === JSON.stringify(await shown.boundingBox());
      })
      .toBe(true);
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

describe("the page of who administers", () => {
  test("is signed in to, read and left by keyboard, without a script", async () => {
    const { page } = await visit(site.browser, `${site.url}/admin/`, { javaScriptEnabled: false });
    await page.getByLabel("Secret").fill("not the secret");
    await page.keyboard.press("Enter");
    await page.getByText("That is not the secret of this service.").waitFor();
    await page.getByLabel("Secret").fill(site.server.adminSecret);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Administration" }).waitFor();
    await page.getByRole("radio", { name: "Images, by their identifiers" }).press("Tab");
    await page.keyboard.type("seurat-la-grande-jatte");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Purged.").waitFor();
    await page.getByRole("table").last().getByText("purge").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).press("Enter");
    await page.getByLabel("Secret").waitFor();
    await page.goto(`${site.url}/admin/`);
    await page.getByLabel("Secret").waitFor();
    await page.context().close();
  });

  test("fits a telephone and a desk, in light and dark, without barriers", async () => {
    for (const [window, colorScheme] of [
      ["narrow", "light"],
      ["desk", "dark"],
    ] as const) {
      const options = windows[window];
      const { page } = await visit(site.browser, `${site.url}/admin/`, { ...options, colorScheme });
      const look = async (name: string): Promise<void> => {
        // Until its fonts are there, it is laid out in wider ones.
        await page.evaluate("document.fonts.ready.then(() => true)");
        // On a telephone it is laid out more than once as it loads.
        const width = () => page.evaluate("document.documentElement.scrollWidth");
        await expect.poll(width, { timeout: 10_000 }).toBe(options.viewport.width);
        expect(await findBarriers(page)).toEqual([]);
        await keepScreenshot(page, `${name}-${window}-${colorScheme}`, { fullPage: true });
      };
      await look("sign-in");
      await page.getByLabel("Secret").fill(site.server.adminSecret);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("img", { name: /^Requests an hour: / }).waitFor();
      await look("admin");
      await page.context().close();
    }
  });
});

describe("the pages of tasks", () => {
  const administer = async (path: string, body: object): Promise<{ readonly id: string }> => {
    const headers = { Authorization: `Bearer ${site.server.adminSecret}`, "Content-Type": "application/json" };
    const answer = await fetch(`${site.url}/admin/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    return answer.json() as Promise<{ readonly id: string }>;
  };

  test("show how a task goes on, and stop it, by keyboard; they fit a telephone and a desk, without barriers", async () => {
    // More than are looked for until it is paused.
    const items = Array.from({ length: 400 }, (_, at) => ({ key: `missing/${at}` }));
    const { id } = await administer("tasks", { kind: "check", name: "Missing ones", items });
    await administer(`tasks/${id}/pause`, {});
    const { page, faults } = await visit(site.browser, `${site.url}/admin/`, {
      ...windows.narrow,
      colorScheme: "dark",
    });
    const look = async (name: string, window: "narrow" | "desk", colorScheme: "light" | "dark"): Promise<void> => {
      const { viewport } = windows[window];
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      // Before its style sheets are there, a page is wider.
      await page.waitForLoadState("load");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(viewport.width);
      expect(await findBarriers(page)).toEqual([]);
      await keepScreenshot(page, `${name}-${window}-${colorScheme}`, { fullPage: true });
    };
    await page.getByLabel("Secret").fill(site.server.adminSecret);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "All tasks" }).press("Enter");
    await page.getByRole("heading", { name: "Tasks", exact: true }).waitFor();
    await look("tasks", "narrow", "dark");
    await page.getByRole("link", { name: "Missing ones" }).press("Enter");
    await page.getByRole("status").getByText("Paused").waitFor();
    await page.getByRole("button", { name: "Go on" }).press("Enter");
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByRole("status").getByText("Paused").waitFor();
    await look("task", "narrow", "dark");
    // The script of the page shows it anew, and leaves who is on a button there.
    await page.getByRole("button", { name: "Cancel what is not begun" }).focus();
    await page.evaluate("document.querySelector('#live').firstChild.id = 'earlier'");
    await waitUntil(page, "document.querySelector('#earlier') === null");
    expect(await page.locator(":focus").textContent()).toBe("Cancel what is not begun");
    await administer(`tasks/${id}/cancel`, {});
    await page.getByRole("status").getByText("Cancelled").waitFor();
    await page.getByRole("link", { name: "Report", exact: true }).press("Enter");
    await page.getByRole("heading", { name: "Report: Missing ones" }).waitFor();
    await look("task-report", "narrow", "dark");
    await look("task-report", "desk", "light");
    // To be asked for the secret is no fault.
    expect(faults.filter((fault) => !fault.includes("401"))).toEqual([]);
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
