import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import worker from "../../src/worker.ts";
import { linkOf } from "../support/image-client.ts";
import { makeTiff } from "../support/make-tiff.ts";

beforeAll(async () => {
  await env.MASTERS.put("shared", await makeTiff({ width: 60, height: 40, tile: 32 }));
});

async function askAt(origin: string, path: string, { baseUrl = "", headers = {} } = {}) {
  const context = createExecutionContext();
  const request = new Request(`${origin}${path}`, { headers });
  // Nothing is counted: what is put off would be waited for.
  const changed = { ...env, BASE_URL: baseUrl, STATISTICS_SECONDS: "0" } as unknown as Env;
  const response = await worker.fetch(request as never, changed, context);
  const text = new TextDecoder().decode(await response.bytes());
  await waitOnExecutionContext(context);
  return { status: response.status, headers: response.headers, text };
}

const versions = [
  { version: 3, id: "id", image: "full/max/0/default.png" },
  { version: 2, id: "@id", image: "full/full/0/default.png" },
] as const;

/** What one who asks at `origin` is told of scheme and host, and who may keep it. */
async function toldAt(origin: string, { version, id, image }: (typeof versions)[number], baseUrl = "") {
  const base = `/iiif/${version}/shared`;
  const info = await askAt(origin, `${base}/info.json`, { baseUrl });
  const headers = { "If-None-Match": info.headers.get("ETag") ?? "" };
  const unchanged = await askAt(origin, `${base}/info.json`, { baseUrl, headers });
  const redirect = await askAt(origin, base, { baseUrl });
  const picture = await askAt(origin, `${base}/${image}`, { baseUrl });
  const kept = (answer: { readonly headers: Headers }) => answer.headers.get("Cache-Control")?.split(", stale")[0];
  expect([info.status, unchanged.status, redirect.status, picture.status]).toEqual([200, 304, 303, 200]);
  return {
    id: JSON.parse(info.text)[id],
    etag: info.headers.get("ETag"),
    location: redirect.headers.get("Location"),
    canonical: linkOf(picture.headers, "canonical"),
    keptInfo: [kept(info), kept(unchanged), kept(redirect)],
    keptPicture: kept(picture),
  };
}

/** Runs `work` and returns the lines of its log that warn. */
async function warningsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await work();
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  return lines.filter((line) => line.includes("BASE_URL"));
}

describe.each(versions)("without a base URL, version $version", (api) => {
  const { version, image } = api;

  it("warns once an isolate, and not on the machine itself or where one is configured", async () => {
    const quiet = await warningsOf(async () => {
      await askAt("http://127.0.0.1:8787", "/iiif/3/shared/info.json");
      await askAt("http://images.example", "/iiif/3/shared/info.json", { baseUrl: "https://images.example" });
    });
    expect(quiet).toEqual([]);
    const warnings = await warningsOf(async () => {
      for (const host of ["one", "two"]) await askAt(`https://${host}.example`, "/iiif/3/shared/info.json");
    });
    // The isolate is that of all tests of this file.
    expect(warnings).toHaveLength(version === versions[0].version ? 1 : 0);
    for (const warning of warnings) expect(JSON.parse(warning).level).toBe("warn");
  });

  it("tells each asker a host of its own that no shared cache keeps, and https of it", async () => {
    const told = await toldAt("http://one.example", api);
    const base = `https://one.example/iiif/${version}/shared`;
    expect(told).toMatchObject({ id: base, location: `${base}/info.json` });
    const own = "private, max-age=3600";
    expect(told.keptInfo).toEqual([own, own, own]);
    const other = await toldAt("https://two.example", api);
    expect(other.id).toBe(`https://two.example/iiif/${version}/shared`);
    expect(other.etag).not.toBe(told.etag);
  });

  it("says nothing of its host on pictures, which shared caches keep", async () => {
    const asked = ["http://one.example", "https://two.example"].map((origin) => toldAt(origin, api));
    for (const { canonical, keptPicture } of await Promise.all(asked)) {
      expect(canonical).toBe(`/iiif/${version}/shared/${image}`);
      expect(keptPicture).toBe("public, max-age=86400");
    }
  });

  it.each([
    ["http://localhost:8787", "", "http://localhost:8787"],
    ["http://127.0.0.1:8787", "", "http://127.0.0.1:8787"],
    ["http://iiif.localhost", "", "http://iiif.localhost"],
    ["http://one.example", "http://iiif.example.org", "http://iiif.example.org"],
  ])("is unlike at %s with %j, where all are told the same", async (origin, baseUrl, told) => {
    const base = `${told}/iiif/${version}/shared`;
    const all = "public, max-age=3600";
    expect(await toldAt(origin, api, baseUrl)).toMatchObject({
      id: base,
      location: `${base}/info.json`,
      canonical: `${base}/${image}`,
      keptInfo: [all, all, all],
      keptPicture: "public, max-age=86400",
    });
  });
});
