import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatComparison } from "../../src/cli/compare-page.ts";
import { findBarriers, keepScreenshot, windows } from "./demo-site.ts";
import { launchBrowser, visit, waitUntil } from "./visit.ts";

let folder: string;
let url: string;
let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), "tessera-compare-page-"));
  const fills = ["red", "green", "blue"];
  const shown = await Promise.all(
    fills.map(async (background, index) => ({
      name: `JPEG quality ${60 + index}, 4:2:0`,
      options: `--quality ${60 + index}`,
      fileBytes: 1e6 * (index + 1),
      picture: await sharp({ create: { width: 400, height: 300, channels: 3, background } })
        .webp()
        .toBuffer(),
    })),
  );
  const place = { left: 10, top: 20, width: 400, height: 300 };
  const crops = [
    { place, variants: shown },
    { place, variants: shown.toReversed() },
  ];
  const page = formatComparison("a plate.tif", {
    width: 4000,
    height: 3000,
    sourceBytes: 9e6,
    variants: shown.toReversed(),
    crops,
  });
  url = pathToFileURL(join(folder, "compare.html")).href;
  await writeFile(join(folder, "compare.html"), page);
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The letters of the pictures that are seen, a crop each. */
async function seen(page: Page): Promise<readonly string[]> {
  const pictures = await page.locator(".pictures img").filter({ visible: true }).all();
  return Promise.all(pictures.map(async (picture) => (await picture.getAttribute("alt"))?.slice(-1) ?? ""));
}

describe("the page of compare", () => {
  test("shows one variant at a time at the same spot, chosen by letter, key or the letter before", async () => {
    // Two crops are seen at once: nothing is scrolled.
    const { page, faults } = await visit(browser, url, { viewport: { width: 1440, height: 900 } });
    expect(await seen(page)).toEqual(["A", "A"]);
    const spot = await page.locator(".stage").first().boundingBox();
    await page.getByLabel("B", { exact: true }).first().check({ force: true });
    expect(await seen(page)).toEqual(["B", "A"]);
    await page.keyboard.press("c");
    expect(await seen(page)).toEqual(["C", "A"]);
    await page.keyboard.press("x");
    expect(await seen(page)).toEqual(["B", "A"]);
    await page.getByRole("button", { name: "Swap" }).first().click();
    expect(await seen(page)).toEqual(["C", "A"]);
    // The crop under the pointer is the one that keys mean.
    await page.locator(".stage").nth(1).hover();
    await page.keyboard.press("b");
    expect(await seen(page)).toEqual(["C", "B"]);
    expect(await page.locator(".stage").first().boundingBox()).toEqual(spot);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test("flickers between two until it is stopped", async () => {
    const { page } = await visit(browser, url);
    const flicker = page.getByRole("button", { name: "Flicker" }).first();
    await flicker.click();
    expect(await flicker.getAttribute("aria-pressed")).toBe("true");
    for (const letter of ["B", "A", "B"]) {
      await waitUntil(
        page,
        `getComputedStyle(document.querySelector('img[alt$="1, variant ${letter}"]')).visibility === "visible"`,
      );
    }
    await page.locator(".stage").first().press(" ");
    expect(await flicker.getAttribute("aria-pressed")).toBe("false");
    await page.context().close();
  });

  test("flips without its script too", async () => {
    const { page } = await visit(browser, url, { javaScriptEnabled: false });
    await page.getByLabel("C", { exact: true }).first().check({ force: true });
    expect(await seen(page)).toEqual(["C", "A"]);
    await page.context().close();
  });

  test("says what the letters are when it is asked, and what each file takes", async () => {
    const { page } = await visit(browser, url);
    expect(await page.getByText("JPEG quality 60, 4:2:0").filter({ visible: true }).count()).toBe(1);
    await page.getByRole("button", { name: "Reveal all" }).click();
    expect(await page.getByText("JPEG quality 60, 4:2:0").filter({ visible: true }).count()).toBe(3);
    expect(await page.getByRole("row", { name: /quality 62.*--quality 62.*3\.0 MB/ }).isVisible()).toBe(true);
    await page.context().close();
  });

  test.each(Object.entries(windows))("fits a window that is %s, in light and dark", async (name, options) => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await visit(browser, url, { ...options, colorScheme });
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(await findBarriers(page)).toEqual([]);
      await keepScreenshot(page, `compare-${name}-${colorScheme}`);
      await page.context().close();
    }
  });
});
