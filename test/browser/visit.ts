import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** A response as the browser saw it. */
export interface SeenResponse {
  readonly url: string;
  readonly status: number;
  readonly serverTiming: string;
}

/** A page being visited, with all that went wrong on it and all that it was answered. */
export interface Visit {
  readonly page: Page;
  /** Console errors, uncaught errors, failed requests and answers from 400 on; empty when all is well. */
  readonly faults: readonly string[];
  readonly responses: readonly SeenResponse[];
}

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Without a graphics card WebGL is emulated, several times slower than the two-dimensional canvas used instead.
  "--disable-3d-apis",
];

/** Starts Chromium without a window. Throws, saying how to install it, when there is none. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    const remedy = "Install it with `apt-get install chromium`, or set CHROMIUM_PATH to where it is.";
    throw new Error(`The browser tests need Chromium, and ${executablePath} does not exist. ${remedy}`);
  }
  return chromium.launch({ executablePath, args: flags });
}

/**
 * Opens an address in a browser profile of its own and starts noting faults. Nothing moves unless the options ask for it:
 * a second of a viewer that glides is a second of computing.
 */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1024, height: 640 },
    reducedMotion: "reduce",
    ...options,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const faults: string[] = [];
  const responses: SeenResponse[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A picture given up for one of a better size is no fault.
    if (reason !== "net::ERR_ABORTED") faults.push(`request: ${request.url()} ${reason}`);
  });
  page.on("response", (response) => {
    const serverTiming = response.headers()["server-timing"] ?? "";
    responses.push({ url: response.url(), status: response.status(), serverTiming });
    if (response.status() >= 400) faults.push(`answer: ${response.url()} ${response.status()}`);
  });
  await page.goto(url);
  return { page, faults, responses };
}

/**
 * Waits until an expression is true in the page. Throws after half a minute. The page forbids evaluating text, so
 * Playwright's own waiting can't be used.
 */
export async function waitUntil(page: Page, expression: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await wait(50)) {
    if (await page.evaluate(expression)) return;
  }
  throw new Error(`Not true within 30 seconds: ${expression}`);
}

/** Waits until the painting in the viewer stands still and every tile in view is drawn. */
export async function fullyDrawn(page: Page): Promise<void> {
  await waitUntil(
    page,
    `(() => {
    const item = window.viewer?.world?.getItemAt(0);
    if (!item?.getFullyLoaded()) return false;
    const { viewport } = window.viewer;
    const [now, then] = [viewport.getBounds(true), viewport.getBounds(false)];
    return ["x", "y", "width", "height"].every((side) => Math.abs(now[side] - then[side]) < 1e-6);
  })()`,
  );
}

/** Counts tiles that the viewer could not load, from now on, as `window.failedTiles`. */
export async function countFailedTiles(page: Page): Promise<void> {
  await page.evaluate(`
    window.failedTiles = [];
    window.viewer.addHandler("tile-load-failed", ({ tile, message }) => window.failedTiles.push(tile.getUrl() + " " + message));
  `);
}
