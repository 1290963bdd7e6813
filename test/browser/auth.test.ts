import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBarriers, keepScreenshot, windows } from "./demo-site.ts";
import { type RestrictedSite, startRestrictedSite } from "./restricted-site.ts";
import { launchBrowser, visit } from "./visit.ts";

let site: RestrictedSite;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startRestrictedSite({
    rules: {
      clicks: {
        terms: {
          label: { en: "Terms of the reading room", ar: "شروط قاعة المطالعة" },
          note: { en: "For your own study alone.", de: "Nur für Ihr eigenes Studium.", ar: "لدراستك الخاصة فقط." },
          confirm: { en: "I accept", de: "Ich nehme an", ar: "أوافق" },
        },
      },
      roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
    },
    policies: { letter: { access: "click:terms" } },
    // Nobody answers there, and nobody is sent there.
    variables: { OIDC_ISSUER: "http://127.0.0.1:9", OIDC_CLIENT_ID: "tessera" },
  });
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

/** What a window of the service is, opened as a viewer on another site opens it. */
const pathOf = (path: string) => `${site.server.url}${path}?origin=${encodeURIComponent("https://viewer.example")}`;

async function openPage(url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Reaches something as who has no mouse does. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if (await element.evaluate((one) => one === one.ownerDocument.activeElement)) return;
  }
  throw new Error("Twenty presses of the tabulator do not reach it.");
}

describe("the pages by which people are let in", () => {
  it.each([
    ["the notice", "/auth/click/terms", "Terms of the reading room"],
    ["that of who has not the role", "/auth/continue", "You are not let in"],
    ["the failed login", "/auth/callback", "Login refused"],
    ["the logout", "/auth/logout", "You are signed out"],
  ])("fit windows, in light and dark, without barriers: %s", async (name, path, heading) => {
    for (const [window, options] of Object.entries(windows)) {
      const page = await openPage(`${pathOf(path)}&role=staff`, options);
      await page.getByRole("heading", { name: heading }).waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
        expect(await findBarriers(page)).toEqual([]);
        await keepScreenshot(page, `auth ${name} ${window} ${colorScheme}`.replaceAll(" ", "-"));
      }
      await page.context().close();
    }
  });

  it("are written from right to left in such a language, as far as they are in it", async () => {
    const page = await openPage(pathOf("/auth/click/terms"), { ...windows.desk, locale: "ar" });
    const button = page.getByRole("button", { name: "أوافق" });
    const directionOf = (element: Locator) =>
      element.evaluate((one) => one.ownerDocument.defaultView?.getComputedStyle(one).direction);
    const heading = page.getByRole("heading", { name: "شروط قاعة المطالعة" });
    const note = page.getByText("لدراستك الخاصة فقط.");
    for (const element of [heading, note, button])
      expect([await directionOf(element), await element.getAttribute("lang")]).toEqual(["rtl", "ar"]);
    for (const text of ["What you may see is then", "https://viewer.example"])
      expect(await directionOf(page.getByText(text))).toBe("ltr");
    const boxes = await Promise.all([heading, note, button].map((element) => element.boundingBox()));
    const edges = boxes.map((box) => Math.round((box?.x ?? 0) + (box?.width ?? 0)));
    expect(new Set(edges).size).toBe(1);
    expect(await findBarriers(page)).toEqual([]);
    await keepScreenshot(page, "auth-right-to-left");
    await page.context().close();
  });

  it("are used by keyboard without a script, in German", async () => {
    const { page } = await visit(browser, pathOf("/auth/click/terms"), { javaScriptEnabled: false, locale: "de-DE" });
    await page.getByText("Nur für Ihr eigenes Studium.").waitFor();
    const button = page.getByRole("button", { name: "Ich nehme an" });
    await tabTo(page, button);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sie haben Zugang" }).waitFor();
    expect((await page.goto(`${site.server.url}/iiif/3/letter/full/100,/0/default.jpg`))?.status()).toBe(200);
    await page.goto(`${site.server.url}/auth/logout`);
    await page.getByRole("heading", { name: "Sie sind abgemeldet" }).waitFor();
    expect((await page.goto(`${site.server.url}/iiif/3/letter/full/100,/0/default.jpg`))?.status()).toBe(401);
    await page.context().close();
  });
});
