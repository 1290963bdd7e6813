import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type OidcServer, startOidcServer } from "../support/oidc-server.ts";
import { storeMasters } from "../support/store-masters.ts";
import { testPort } from "../support/test-port.ts";
import { makeWork } from "../support/works.ts";
import { findBarriers, keepScreenshot, windows } from "./demo-site.ts";
import { viewerFolder } from "./viewer-packages.ts";
import { launchBrowser, visit, waitUntil } from "./visit.ts";

const mirador = viewerFolder("mirador");
const size = { width: 960, height: 1280 };

const rules = {
  roles: { staff: { label: { en: "Sign in as staff" }, claims: ["@museum.example"] } },
  clicks: {
    terms: {
      label: { en: "Terms of the reading room" },
      note: { en: "For your own study alone.", de: "Nur für Ihr eigenes Studium." },
    },
  },
};

const policies = {
  sheet: { access: "role:staff" },
  print: { access: "role:staff", publicSize: 300 },
  letter: { access: "click:terms" },
} as const;

let stateFolder: string;
let server: DemoServer;
let provider: OidcServer;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  provider = await startOidcServer();
  stateFolder = await mkdtemp(join(tmpdir(), "tessera-auth-"));
  await store();
  server = await startServer({
    port: await testPort(),
    stateFolder,
    variables: {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      MASTER_TTL_SECONDS: "0",
    },
  });
  provider.serve(`${server.url}/auth/callback`, {
    curator: { email: "curator@museum.example", email_verified: true },
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  provider?.stop();
  if (stateFolder !== undefined) await rm(stateFolder, { recursive: true, force: true });
});

async function store(): Promise<void> {
  const names = Object.keys(policies);
  const files = names.map((name) => join(stateFolder, `${name}.tif`));
  for (const file of files) await writeFile(file, await makeTiff({ ...size, tile: 256, levels: 4 }));
  await storeMasters(files, stateFolder);
  const buckets = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder });
  const put = (key: string, bytes: Uint8Array) =>
    buckets.catalogue.put(key, checkedBytes(bytes), { contentType: "application/json", metadata: {} });
  const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  await put("rules.json", encode(rules));
  for (const [identifier, policy] of Object.entries(policies)) {
    await put(`records/${identifier}.json`, encode({ identifier, metadata: [], ...size, policy }));
    const images = [{ identifier, ...size, sizes: [] }];
    const work = makeWork({ key: `object-${identifier}`, pages: [{ key: "one", ...size, images }] });
    await put(workKey(work.key), formatWork(work));
  }
  await buckets.close();
}

/** Opens Mirador on a page of the service's own host, as a museum has it that serves both. */
async function openMirador(identifier: string): Promise<{ readonly page: Page; readonly tiles: () => number }> {
  const context = await browser.newContext({ viewport: windows.desk.viewport, reducedMotion: "reduce" });
  const options = {
    id: "viewer",
    windows: [{ manifestId: `${server.url}/presentation/3/object-${identifier}/manifest` }],
    window: { sideBarOpen: false },
    workspaceControlPanel: { enabled: false },
  };
  const body = `<!DOCTYPE html><meta charset="utf-8"><title>Mirador</title><link rel="icon" href="data:,">
    <div id="viewer"></div><script src="/museum/mirador.min.js"></script>
    <script>window.mirador = Mirador.viewer(${JSON.stringify(options)});</script>`;
  const script = await readFile(join(mirador ?? "", "mirador.min.js"), "utf8");
  await context.route(`${server.url}/museum/page`, (route) => route.fulfill({ contentType: "text/html", body }));
  await context.route(`${server.url}/museum/mirador.min.js`, (route) =>
    route.fulfill({ contentType: "text/javascript", body: script }),
  );
  const page = await context.newPage();
  let tiles = 0;
  page.on("response", (response) => {
    const isTile = new RegExp(`/iiif/3/${identifier}/[\\d,]+/[^/]+/0/default.jpg$`).test(response.url());
    if (isTile && response.status() === 200) tiles += 1;
  });
  await page.goto(`${server.url}/museum/page`);
  return { page, tiles: () => tiles };
}

/** Signs in with the provider, in the window that a viewer opened. */
async function signIn(window: Page): Promise<void> {
  await window.getByPlaceholder("Enter any login").fill("curator");
  await window.getByPlaceholder("and password").fill("any");
  await window.getByRole("button", { name: "Sign-in" }).click();
  await window.getByRole("button", { name: "Continue" }).click();
  await window.getByText("You are signed in.").waitFor();
}

const closed = (window: Page) => vi.waitUntil(() => window.isClosed(), { timeout: 10_000 });

/** What a window of the service is, opened as a viewer on another site opens it. */
const pathOf = (path: string) => `${server.url}${path}?origin=${encodeURIComponent("https://viewer.example")}`;

describe("the pages by which people are let in", () => {
  it("fit windows, in light and dark, without barriers, and are used by keyboard without a script", async () => {
    for (const [name, options] of Object.entries(windows)) {
      const { page, faults } = await visit(browser, pathOf("/auth/click/terms"), {
        ...options,
        javaScriptEnabled: true,
      });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(options.viewport.width);
        expect(await findBarriers(page)).toEqual([]);
        await keepScreenshot(page, `notice-${name}-${colorScheme}`);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    }
    const { page } = await visit(browser, pathOf("/auth/click/terms"), { javaScriptEnabled: false, locale: "de-DE" });
    await page.getByText("Nur für Ihr eigenes Studium.").waitFor();
    await page.getByRole("button", { name: "Ich nehme an" }).press("Enter");
    await page.getByRole("heading", { name: "Sie haben Zugang" }).waitFor();
    expect((await page.goto(`${server.url}/iiif/3/letter/full/100,/0/default.jpg`))?.status()).toBe(200);
    await page.goto(`${server.url}/auth/logout`);
    await page.getByRole("heading", { name: "Sie sind abgemeldet" }).waitFor();
    expect((await page.goto(`${server.url}/iiif/3/letter/full/100,/0/default.jpg`))?.status()).toBe(401);
    await page.context().close();
  });
});

describe.skipIf(mirador === undefined)("Mirador", () => {
  /** The window that a click opens. */
  const opened = async (context: BrowserContext, click: () => Promise<void>): Promise<Page> => {
    const [window] = await Promise.all([context.waitForEvent("page"), click()]);
    return window;
  };

  it.each(["sheet", "print"])("lets staff sign in, and then shows the tiles: %s", async (identifier) => {
    const { page, tiles } = await openMirador(identifier);
    await page.getByText("Sign in as staff").waitFor();
    expect(tiles()).toBe(0);
    const window = await opened(page.context(), () => page.getByRole("button", { name: "Sign in" }).click());
    await signIn(window);
    expect(await findBarriers(window)).toEqual([]);
    await window.getByRole("button", { name: "Continue" }).click();
    await closed(window);
    await vi.waitUntil(() => tiles() > 0, { timeout: 30_000 });
    await waitUntil(page, "document.querySelector('canvas') !== null");
    await keepScreenshot(page, `mirador-signed-in-${identifier}`);
    await page.context().close();
  });

  it("shows a notice, and the tiles once it is accepted", async () => {
    const { page, tiles } = await openMirador("letter");
    await page.getByText("Terms of the reading room").click();
    const window = await opened(page.context(), () => page.getByRole("button", { name: "Log in" }).click());
    await window.getByRole("button", { name: "I accept" }).click();
    await closed(window);
    await vi.waitUntil(() => tiles() > 0, { timeout: 30_000 });
    await page.context().close();
  });
});

describe.skipIf(mirador !== undefined)("the viewers", () => {
  it.skip("are left out: npm run viewers has not fetched them", () => undefined);
});
