import { beforeAll, describe, expect, it } from "vitest";
import { canonicalOf, linkOf, origin, send, storeMaster } from "../support/image-client.ts";

beforeAll(async () => {
  await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 2 });
  await storeMaster("rounded down", { width: 333, height: 219, tile: 64, levels: 3, levelRounding: "floor" });
  await storeMaster("a/b é", { width: 64, height: 64, tile: 64 });
});

/** Requests of the same picture in every row, and its canonical forms in 3.0 and 2.1. */
const cases: readonly [asked: string, inVersion3: string, inVersion2: string][] = [
  ["full/pct:100/0/default.jpg", "full/max/0/default.jpg", "full/full/0/default.jpg"],
  ["0,0,300,200/300,200/0/color.jpg", "full/max/0/default.jpg", "full/full/0/default.jpg"],
  ["0,0,999,999/!999,999/360/default.jpg", "full/max/0/default.jpg", "full/full/0/default.jpg"],
  ["pct:0,0,100,100/300,/0.0/default.jpg", "full/max/0/default.jpg", "full/full/0/default.jpg"],
  ["full/150,/0/default.jpg", "full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
  ["full/,100/0/default.jpg", "full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
  ["full/pct:50/0/default.jpg", "full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
  ["full/!150,150/0/default.jpg", "full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
  ["full/150,100/0/default.jpg", "full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
  ["full/150,150/0/default.jpg", "full/150,150/0/default.jpg", "full/150,150/0/default.jpg"],
  ["full/,67/0/default.jpg", "full/101,67/0/default.jpg", "full/101,/0/default.jpg"],
  ["square/max/0/default.jpg", "50,0,200,200/max/0/default.jpg", "50,0,200,200/full/0/default.jpg"],
  ["250,150,100,100/max/90/gray.png", "250,150,50,50/max/90/gray.png", "250,150,50,50/full/90/gray.png"],
  ["250,150,100,100/25,/90/gray.png", "250,150,50,50/25,25/90/gray.png", "250,150,50,50/25,/90/gray.png"],
  [
    "pct:50,50,25,25/max/!22.50/bitonal.webp",
    "150,100,75,50/max/!22.5/bitonal.webp",
    "150,100,75,50/full/!22.5/bitonal.webp",
  ],
];

describe("Image API 3.0 §4.8 canonical URI syntax", () => {
  it.each(cases)("writes %s as %s", async (asked, canonical) => {
    expect(await canonicalOf(`/iiif/3/wide/${asked}`)).toBe(canonical);
    expect(await canonicalOf(`/iiif/3/wide/${canonical}`)).toBe(canonical);
  });

  it.each([
    ["^max", "^max"],
    ["^150,", "150,100"],
    ["^400,", "^400,267"],
    ["^,300", "^450,300"],
    ["^pct:120", "^360,240"],
    ["^300,250", "^300,250"],
    ["^!300,300", "max"],
    ["^!600,600", "^600,400"],
  ])("writes the size %s as %s", async (asked, canonical) => {
    expect(await canonicalOf(`/iiif/3/wide/full/${asked}/0/default.jpg`)).toBe(`full/${canonical}/0/default.jpg`);
    expect(await canonicalOf(`/iiif/3/wide/full/${canonical}/0/default.jpg`)).toBe(`full/${canonical}/0/default.jpg`);
  });
});

describe("Image API 2.1 §4.7 canonical URI syntax", () => {
  it.each(cases.map(([asked, , canonical]) => [asked, canonical]))("writes %s as %s", async (asked, canonical) => {
    expect(await canonicalOf(`/iiif/2/wide/${asked}`)).toBe(canonical);
    expect(await canonicalOf(`/iiif/2/wide/${canonical}`)).toBe(canonical);
  });
});

describe("the picture of a stored level, 83 by 54 pixels of which the proportions make 54.59", () => {
  it("has one entity tag and one canonical address in each version, however it is asked for", async () => {
    const tags = new Set<string | null>();
    for (const [version, canonical] of [
      [3, "full/83,54/0/default.jpg"],
      [2, "full/83,/0/default.jpg"],
    ]) {
      for (const size of ["83,", ",54", "!83,100", "83,54", ...(version === 3 ? ["^83,", "^!83,54"] : [])]) {
        const path = `/iiif/${version}/rounded down/full/${size}/0/default.jpg`;
        expect(await canonicalOf(path), path).toBe(canonical);
        tags.add((await send(path, { method: "HEAD" })).headers.get("ETag"));
      }
    }
    expect([...tags]).toEqual([expect.stringMatching(/^"/)]);
  });

  it("is not the one that is asked for with a side that is a pixel larger", async () => {
    const path = "rounded down/full/83,55/0/default.jpg";
    expect(await canonicalOf(`/iiif/3/${path}`)).toBe("full/83,55/0/default.jpg");
    expect(await canonicalOf(`/iiif/2/${path}`)).toBe("full/83,55/0/default.jpg");
  });
});

describe.each([3, 2])("the canonical link of version %i", (version) => {
  it("is absolute, with the identifier encoded", async () => {
    const size = version === 3 ? "max" : "full";
    for (const identifier of ["a%2Fb%20%C3%A9", "a/b%20é"]) {
      const { headers } = await send(`/iiif/${version}/${identifier}/full/pct:100/0/default.jpg`);
      const base = `${origin}/iiif/${version}/a%2Fb%20%C3%A9`;
      expect(linkOf(headers, "canonical")).toBe(`${base}/full/${size}/0/default.jpg`);
    }
  });

  it("comes with the picture itself: what is not canonical is answered, not redirected", async () => {
    const response = await send(`/iiif/${version}/wide/pct:0,0,100,100/150,100/360/color.jpg`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("image/jpeg");
  });

  it("names one picture: all spellings have its entity tag and share what is kept", async () => {
    const spellings = ["full/,50/0/default.png", "full/75,50/0/color.png", "0,0,900,900/pct:25/360/default.png"];
    const responses = [];
    for (const spelling of spellings) responses.push(await send(`/iiif/${version}/wide/${spelling}`));
    const bodies = await Promise.all(responses.map((response) => response.arrayBuffer()));
    expect(new Set(responses.map(({ headers }) => headers.get("ETag"))).size).toBe(1);
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });
});
