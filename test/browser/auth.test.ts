import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { type DemoServer, startServer } from "../../demo/server.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes } from "../../src/bucket/upload.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { storeMasters } from "../support/store-masters.ts";
import { testPort } from "../support/test-port.ts";
import { findBarriers, keepScreenshot, windows } from "./demo-site.ts";
import { launchBrowser, visit } from "./visit.ts";

const size = { width: 960, height: 1280 };

const rules = {
  clicks: {
    terms: {
      label: { en: "Terms of the reading room" },
      note: { en: "For your own study alone.", de: "Nur für Ihr eigenes Studium." },
    },
  },
};

const policies = {
  letter: { access: "click:terms" },
} as const;

let stateFolder: string;
let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  stateFolder = await mkdtemp(join(tmpdir(), "tessera-auth-"));
  await store();
  server = await startServer({
    port: await testPort(),
    stateFolder,
    variables: {
      MASTER_TTL_SECONDS: "0",
    },
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
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
  }
  await buckets.close();
}

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
