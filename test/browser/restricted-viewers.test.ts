import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { projectFolder } from "../../demo/masters.ts";
import { signImage } from "../../src/access/signature.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { identifierOf } from "../../src/identity/identifier.ts";
import { tellingConverter } from "../support/ingest.ts";
import { recordTerminal } from "../support/terminal.ts";
import { hostFolders } from "./folder-host.ts";
import type { PageHost } from "./page-host.ts";
import { type RestrictedSite, startRestrictedSite } from "./restricted-site.ts";
import { viewerFolder } from "./viewer-packages.ts";
import { launchBrowser, waitUntil } from "./visit.ts";

const uv = viewerFolder("universalviewer");
const label = { en: "Terms of the reading room" };

let site: RestrictedSite;
let host: PageHost;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startRestrictedSite({
    rules: { clicks: { terms: { label, note: { en: "For your own study alone." } } } },
    policies: {
      letter: { access: "click:terms" },
      proof: { access: "click:terms", publicSize: 300 },
      loan: { access: "signed" },
    },
  });
  const pages = { "/page": openSeadragonPage };
  host = await hostFolders({ osd: join(projectFolder, "node_modules/openseadragon/build/openseadragon") }, pages);
});

afterAll(async () => {
  await browser?.close();
  await host?.stop();
  await site?.stop();
});

/** Opens nothing by itself: what it opens is told by the test. */
const openSeadragonPage = `<!DOCTYPE html><meta charset="utf-8"><title>OpenSeadragon</title><link rel="icon" href="data:,">
  <div id="viewer" style="width: 1200px; height: 850px"></div><script src="/osd/openseadragon.min.js"></script>
  <script>
    window.viewer = OpenSeadragon({ id: "viewer", showNavigationControl: false, immediateRender: true });
    window.told = [];
    for (const name of ["open", "open-failed", "tile-load-failed"]) viewer.addHandler(name, () => told.push(name));
  </script>`;

/** The statuses of what a page is answered about an image: its info.json, and the tiles of it. */
function watch(page: Page, start: string): { readonly infos: number[]; readonly tiles: number[] } {
  const seen = { infos: [] as number[], tiles: [] as number[] };
  page.on("response", (response) => {
    const url = decodeURIComponent(response.url());
    if (!url.startsWith(`${start}/`)) return;
    const rest = url.slice(start.length + 1);
    if (rest === "info.json") seen.infos.push(response.status());
    if (/^\d+,\d+,\d+,\d+\//.test(rest)) seen.tiles.push(response.status());
  });
  return seen;
}

describe("OpenSeadragon, on another site", () => {
  const openIn = async (base: string) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    const seen = watch(page, decodeURIComponent(base));
    await page.goto(`${host.url}/page`);
    await page.evaluate(`viewer.open(${JSON.stringify(`${base}/info.json`)})`);
    await waitUntil(page, "told.includes('open') || told.includes('open-failed')");
    return { page, ...seen };
  };
  const closeUp = "viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(1), undefined, true)";

  it("shows an image at the address that `tessera sign` prints, and no longer once it has expired", async () => {
    const { terminal, printed } = recordTerminal(site.stateFolder, {
      environment: { ACCESS_SECRET: site.server.accessSecret },
    });
    const args = ["sign", "loan", "--for", "8h", "--url", site.server.url];
    expect(await runCommandLine(args, { terminal, converter: tellingConverter([]) })).toBe(0);
    const { page, infos, tiles } = await openIn(printed().trim());
    await page.evaluate(closeUp);
    await waitUntil(page, "viewer.world.getItemAt(0).getFullyLoaded()");
    expect(await page.evaluate("told")).toEqual(["open"]);
    expect([infos, new Set(tiles), tiles.length > 4]).toEqual([[200], new Set([200]), true]);
    await page.context().close();

    const [id = "", secret = ""] = site.server.accessSecret.split(":");
    const expires = Math.floor(Date.now() / 1000) - 1;
    const signed = await signImage({ identifier: identifierOf("loan"), expires }, { id, secret });
    for (const name of [signed, "loan"]) {
      const refused = await openIn(`${site.server.url}/iiif/3/${name}`);
      expect([refused.infos, await refused.page.evaluate("told")]).toEqual([[403], ["open-failed"]]);
      await refused.page.context().close();
    }
  });

  it("shows a signed image no larger than it was signed for", async () => {
    const { terminal, printed } = recordTerminal(site.stateFolder, {
      environment: { ACCESS_SECRET: site.server.accessSecret },
    });
    const args = ["sign", "loan", "--for", "8h", "--max", "400", "--url", site.server.url];
    expect(await runCommandLine(args, { terminal, converter: tellingConverter([]) })).toBe(0);
    const { page } = await openIn(printed().trim());
    await waitUntil(page, "viewer.world.getItemAt(0).getFullyLoaded()");
    const size = "(({ x, y }) => [x, y])(viewer.world.getItemAt(0).getContentSize())";
    expect([await page.evaluate(size), await page.evaluate("told")]).toEqual([[300, 400], ["open"]]);
    await page.context().close();
  });
});

describe.skipIf(uv === undefined)("Universal Viewer, on the host of the service", () => {
  /** As a museum has it that serves both from one host: there browsers send cookies along with tiles. */
  const openIn = async (page: Page, identifier: string) => {
    const { url } = site.server;
    const manifest = `${url}/presentation/3/object-${identifier}/manifest`;
    const body = `<!DOCTYPE html><meta charset="utf-8"><title>Universal Viewer</title><link rel="icon" href="data:,">
      <link rel="stylesheet" href="/museum/uv/uv.css"><div id="uv" class="uv" style="width: 1200px; height: 850px"></div>
      <script src="/museum/uv/umd/UV.js"></script>
      <script>window.uv = UV.init("uv", { manifest: ${JSON.stringify(manifest)}, embedded: false });</script>`;
    await page.route(`${url}/museum/**`, (route) => {
      const path = new URL(route.request().url()).pathname.slice("/museum/".length);
      return path === "page"
        ? route.fulfill({ contentType: "text/html", body })
        : route.fulfill({ path: join(uv ?? "", path.replace(/^uv\//, "")) });
    });
    const seen = watch(page, `${url}/iiif/3/${identifier}`);
    await page.goto(`${url}/museum/page`);
    return seen;
  };

  /** Presses what opens a window, accepts the notice in it, and waits until it has closed itself. */
  const accept = async (page: Page, press: () => Promise<void>) => {
    const [window] = await Promise.all([page.context().waitForEvent("page"), press()]);
    await window.getByRole("button", { name: "I accept" }).click();
    await vi.waitUntil(() => window.isClosed(), { timeout: 30_000 });
  };
  const arrived = async (statuses: readonly number[]) => {
    await vi.waitUntil(() => statuses.length > 2, { timeout: 30_000 });
    expect(new Set(statuses)).toEqual(new Set([200]));
  };

  it("shows the tiles to who has accepted the notice, and after another start of the viewer", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    const { infos, tiles } = await openIn(page, "letter");
    await page.getByText("For your own study alone.").waitFor();
    expect([infos, tiles]).toEqual([[401], []]);
    await accept(page, () => page.getByRole("link", { name: "Continue" }).click());
    await arrived(tiles);
    expect(infos.at(-1)).toBe(200);
    const again = await openIn(page, "letter");
    await arrived(again.tiles);
    expect(again.infos).toEqual([200]);
    await page.context().close();
  });

  it("shows the reduced image, and the tiles of the whole to who then accepts the notice", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    const reduced = watch(page, `${site.server.url}/iiif/3/proof;max=300`);
    const { infos, tiles } = await openIn(page, "proof");
    await page.getByText(label.en).waitFor();
    await vi.waitUntil(() => reduced.tiles.includes(200), { timeout: 30_000 });
    expect([infos, tiles]).toEqual([[302], []]);
    await accept(page, () => page.getByText("Login").or(page.getByText("Continue")).click());
    await arrived(tiles);
    await page.context().close();
  });
});
