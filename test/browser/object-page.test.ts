import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoSite, keepScreenshot, startDemoSite, windows } from "./demo-site.ts";
import { storeScroll } from "./scroll.ts";
import { fullyDrawn, visit, waitUntil } from "./visit.ts";

let site: DemoSite;
beforeAll(async () => {
  site = await startDemoSite();
  await storeScroll(site.stateFolder);
});
afterAll(() => site?.stop());

const isAt = (page: Page, path: string): Promise<void> =>
  page.waitForURL(({ pathname, search }) => pathname + search === path);

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
