import { beforeAll, describe, expect, it } from "vitest";
import { fetchJpegFrame, linkOf, origin, send, storeMaster } from "../support/image-client.ts";

beforeAll(async () => {
  await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 3 });
});

/** What both versions ask of level 2: feature, request behind the identifier, size of the answer. */
const common: readonly [feature: string, request: string, size: string][] = [
  ["regionByPx", "10,20,100,80/pct:100/0/default.jpg", "100x80"],
  ["regionByPct", "pct:10,10,50,50/pct:100/0/default.jpg", "150x100"],
  ["sizeByW", "full/150,/0/default.jpg", "150x100"],
  ["sizeByH", "full/,150/0/default.jpg", "225x150"],
  ["sizeByPct", "full/pct:10/0/default.jpg", "30x20"],
  ["sizeByConfinedWh", "full/!150,150/0/default.jpg", "150x100"],
  ["sizeByWh", "full/150,100/0/default.jpg", "150x100"],
  ["sizeByDistortedWh", "full/100,150/0/default.jpg", "100x150"],
  ["rotation 0", "full/150,/0/default.jpg", "150x100"],
  ["rotationBy90s: 90", "full/150,/90/default.jpg", "100x150"],
  ["rotationBy90s: 180", "full/150,/180/default.jpg", "150x100"],
  ["rotationBy90s: 270", "full/150,/270/default.jpg", "100x150"],
  ["quality color", "full/150,/0/color.jpg", "150x100"],
  ["quality gray", "full/150,/0/gray.jpg", "150x100"],
];

/** What is offered beyond level 2 and stated in info.json. */
const beyond: readonly [feature: string, request: string, size: string][] = [
  ["mirroring", "full/150,/!0/default.jpg", "150x100"],
  ["rotationArbitrary", "full/150,/45/default.jpg", "177x177"],
];

async function sizeOf(path: string): Promise<string> {
  const { width, height } = await fetchJpegFrame(path);
  return `${width}x${height}`;
}

describe("Image API 3.0 compliance, level 2", () => {
  it.each([
    ...common,
    ["region full", "full/max/0/default.jpg", "300x200"],
    ["regionSquare", "square/max/0/default.jpg", "200x200"],
    ["size max", "10,10,50,40/max/0/default.jpg", "50x40"],
    ...beyond,
    ["sizeUpscaling", "0,0,50,40/^100,/0/default.jpg", "100x80"],
    ["quality bitonal", "full/150,/0/bitonal.jpg", "150x100"],
  ])("serves %s: %s", async (_, request, size) => {
    expect(await sizeOf(`/iiif/3/wide/${request}`)).toBe(size);
  });
});

describe("Image API 2.1 compliance, level 2", () => {
  it.each([
    ...common,
    ["region full", "full/full/0/default.jpg", "300x200"],
    ["size full", "10,10,50,40/full/0/default.jpg", "50x40"],
    ["size max", "10,10,50,40/max/0/default.jpg", "50x40"],
    ["quality bitonal", "full/150,/0/bitonal.jpg", "150x100"],
    ...beyond,
    ["regionSquare", "square/full/0/default.jpg", "200x200"],
  ])("serves %s: %s", async (_, request, size) => {
    expect(await sizeOf(`/iiif/2/wide/${request}`)).toBe(size);
  });
});

describe.each([3, 2])("Image API %i compliance, level 2: formats and HTTP", (version) => {
  it.each([
    ["jpg", "image/jpeg"],
    ["png", "image/png"],
    ["webp", "image/webp"],
    ["tif", "image/tiff"],
    ["gif", "image/gif"],
    ["pdf", "application/pdf"],
  ])("serves %s", async (format, mediaType) => {
    const response = await send(`/iiif/${version}/wide/full/30,/0/default.${format}`);
    await response.arrayBuffer();
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, mediaType]);
  });

  it("keeps baseUriRedirect", async () => {
    const response = await send(`/iiif/${version}/wide`);
    expect(response.headers.get("Location")).toBe(`${origin}/iiif/${version}/wide/info.json`);
  });

  it("keeps cors", async () => {
    const response = await send(`/iiif/${version}/wide/info.json`);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("keeps jsonldMediaType", async () => {
    const response = await send(`/iiif/${version}/wide/info.json`, { headers: { Accept: "application/ld+json" } });
    expect(response.headers.get("Content-Type")).toMatch(/^application\/ld\+json/);
  });

  it("keeps profileLinkHeader and canonicalLinkHeader", async () => {
    const { headers } = await send(`/iiif/${version}/wide/full/30,/0/default.jpg`);
    expect(linkOf(headers, "profile")).toBe(`http://iiif.io/api/image/${version}/level2.json`);
    expect(linkOf(headers, "canonical")).toContain(`${origin}/iiif/${version}/wide/full/30,`);
  });
});
