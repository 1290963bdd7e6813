import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { inject } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { testPort } from "../support/test-port.ts";
import { launchBrowser, waitUntil } from "./visit.ts";

const screenshots = join(projectFolder, "build", "screenshots");
/** The demonstration as it is served, with buckets of its own, and a browser to look at it. */
export interface DemoSite {
  readonly url: string;
  readonly server: DemoServer;
  readonly browser: Browser;
  readonly stateFolder: string;
  readonly stop: () => Promise<void>;
}

/** Starts the service over a copy of the demonstration, and a browser. */
export async function startDemoSite(): Promise<DemoSite> {
  const browser = await launchBrowser();
  await mkdir(screenshots, { recursive: true });
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-"));
  await cp(inject("seededDemo"), stateFolder, { recursive: true });
  const server = await startServer({ port: await testPort(), stateFolder });
  const stop = async (): Promise<void> => {
    await browser.close();
    await server.stop();
    await rm(stateFolder, { recursive: true, force: true });
  };
  return { url: server.url, server, browser, stateFolder, stop };
}

/** The windows that the page has to fit: a telephone enlarged as far as is asked for, a usual one, a desk. */
export const windows = {
  narrow: { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  // 1280 by 1024 pixels enlarged to 400 %. Source: WCAG 2.2, 1.4.10.
  enlarged: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
  desk: { viewport: { width: 1280, height: 800 } },
} as const;

/** Keeps what is seen in `build/screenshots`. */
export function keepScreenshot(page: Page, name: string, { fullPage = false } = {}): Promise<Buffer> {
  return page.screenshot({ path: join(screenshots, `${name}.png`), fullPage });
}

/** Waits until all pictures that are in the window are drawn, and there is one. */
export async function picturesDrawn(page: Page): Promise<void> {
  await waitUntil(
    page,
    `(() => {
    const isSeen = (image) => image.getBoundingClientRect().top < innerHeight;
    const images = [...document.images].filter(isSeen);
    return images.length > 0 && images.every((image) => image.complete && image.naturalWidth > 0);
  })()`,
  );
}

/** A rule of accessibility that the page breaks, and where. */
export interface Barrier {
  readonly rule: string;
  readonly impact: string;
  readonly places: readonly string[];
}

/** Returns what the axe engine finds on a page, serious and critical. */
export async function findBarriers(page: Page): Promise<readonly Barrier[]> {
  // Before its style sheets are there, links have the browser's own colours.
  await page.waitForLoadState("load");
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => ({ rule: id, impact, places: nodes.map(({ html }) => html) })))`);
}
